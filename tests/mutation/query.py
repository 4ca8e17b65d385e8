"""Spark SQL as a tree: parsed, its tables renamed, written out again."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from sqlglot import exp, parse_one
from sqlglot.generators.spark import SparkGenerator

from ml.tables import LAYER as ML


class _Generator(SparkGenerator):
    """Writes Spark SQL; a CTE inside a CTE stays where it is."""

    EXPRESSIONS_WITHOUT_NESTED_CTES: ClassVar[set[type[exp.Expr]]] = set()


def parse(sql: str) -> exp.Expr:
    """The tree of a query, as Spark reads it.

    Raises:
        sqlglot.errors.ParseError: it is no SQL.
    """
    return parse_one(sql, dialect="spark")


def render(node: exp.Expr) -> str:
    """The Spark SQL of a tree or of a part of it, in one line, without comments."""
    return _Generator(dialect="spark", comments=False).generate(node)


def with_tables(query: exp.Expr, name_of: Callable[[str], str]) -> exp.Expr:
    """A copy of a query that reads `name_of(table)` wherever it reads `schema.table`."""
    renamed = query.copy()
    for table in list(renamed.find_all(exp.Table)):
        if table.db:
            alias = table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(table.name))
            table.replace(exp.Table(this=exp.to_identifier(name_of(_called(table))), alias=alias))
    return renamed


def relations(query: exp.Expr) -> dict[str, str]:
    """The tables that a query reads by a qualified name: name -> `schema.table`.

    A table of predictions may be called as a seed or a snapshot is: its schema is in its name.
    """
    return {_called(t): f"{t.db}.{t.name}" for t in query.find_all(exp.Table) if t.db}


def _called(table: exp.Table) -> str:
    return f"{table.db}__{table.name}" if table.db.endswith(ML) else table.name
