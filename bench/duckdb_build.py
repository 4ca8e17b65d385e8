"""Gold by DuckDB over the Delta files of bronze: the same SELECTs, translated by sqlglot.

    python -m bench.duckdb_build LAKE MANIFEST

A model that sqlglot or DuckDB does not take is left out, with all that read it, and counted: no
query is written twice here. What Spark does without being asked, and DuckDB must be told, is said
in `in_duckdb`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
import sqlglot
from deltalake import write_deltalake
from sqlglot import exp

from bench.plain_build import Query, read_queries
from lakehouse.lake import Lake
from lakehouse.reading import open_dataset

_ONE = exp.Literal.number(1)


@dataclass
class Outcome:
    """What DuckDB computed.

    Attributes:
        tables: name -> rows of the gold tables.
        left_out: name -> why, of the models that could not be computed.
    """

    tables: dict[str, pa.Table] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)


def build(lake: Lake, manifest: Path) -> Outcome:
    """Computes every model that DuckDB understands, in memory.

    Args:
        lake: whose bronze and seeds are read.
        manifest: of dbt, with the compiled SELECTs.
    """
    outcome = Outcome()
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    for layer in ("bronze", "silver", "gold"):
        connection.execute(f"create schema {layer}")
    queries = read_queries(manifest)
    for layer in ("bronze", "silver"):
        for table in lake.tables(layer):
            if table not in queries:
                connection.register(f"_{layer}_{table}", open_dataset(lake, layer, table))
                connection.execute(f"create view {layer}.{table} as from _{layer}_{table}")
    for query in queries.values():
        missing = sorted(query.parents & outcome.left_out.keys())
        if missing:
            outcome.left_out[query.name] = f"reads {missing[0]}"
            continue
        try:
            select = in_duckdb(typed(query))
            connection.execute(f"create table {query.layer}.{query.name} as {select}")
            if query.layer == "gold":
                outcome.tables[query.name] = connection.table(f"gold.{query.name}").to_arrow_table()
        except (duckdb.Error, sqlglot.ParseError) as error:
            outcome.left_out[query.name] = str(error).partition("\n")[0]
    return outcome


def typed(query: Query) -> str:
    """The SELECT of a model by the types of its contract, if it has one: Spark's may be others."""
    if not query.types:
        return query.select
    columns = ", ".join(f"cast({name} as {type_}) as {name}" for name, type_ in query.types.items())
    return f"select {columns} from ({query.select}\n) as untyped"


def in_duckdb(select: str) -> str:
    """A SELECT of Spark in DuckDB's dialect.

    Raises:
        sqlglot.ParseError: sqlglot cannot read it.
    """
    return sqlglot.parse_one(select, read="spark").transform(_spelled).sql("duckdb")


def _spelled(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Trim):
        # Spark trims numbers as text.
        node.set("this", exp.cast(node.this, "text"))
    elif isinstance(node, exp.Anonymous) and node.name.lower() == "xxhash64":
        # Another hash of 64 bits; only fingerprints, which no gold table shows, are made of it.
        halved = exp.BitwiseRightShift(this=exp.func("hash", *node.expressions), expression=_ONE)
        return exp.cast(halved, "bigint")
    elif isinstance(node, exp.Anonymous) and node.name.lower() == "make_ym_interval":
        years, months = node.expressions
        return exp.func("to_months", exp.Add(this=exp.paren(years) * 12, expression=months))
    elif isinstance(node, exp.Anonymous) and node.name.lower() == "weekday":
        return exp.paren(exp.Sub(this=exp.func("isodow", *node.expressions), expression=_ONE))
    elif isinstance(node, exp.Lambda):
        return _renamed(node)
    elif isinstance(node, exp.Aliases) and isinstance(node.this, exp.Stack | exp.Inline):
        return _unnested(_rows(node))
    elif isinstance(node, exp.Reduce) and node.args.get("finish"):
        finish = node.args["finish"].copy()
        (name,) = (parameter.name for parameter in finish.expressions)
        node.set("finish", None)
        return _replaced(finish.this, name, exp.paren(node))
    return node


def _replaced(tree: exp.Expr, name: str, value: exp.Expr) -> exp.Expr:
    return tree.transform(
        lambda part: value if isinstance(part, exp.Identifier) and part.name == name else part
    )


def _renamed(function: exp.Lambda) -> exp.Expr:
    """With parameters that are no table's name: DuckDB would take `row.value` for its column."""
    names = {parameter.name for parameter in function.expressions}
    for part in function.find_all(exp.Identifier):
        is_field = isinstance(part.parent, exp.Dot) and part.arg_key == "expression"
        if part.name in names and not is_field:
            part.set("this", f"{part.name}_of_list")
    return function


def _rows(node: exp.Aliases) -> exp.Expr:
    """The rows of `stack(n, …) as (…)`, as a list of structs; `inline` has such a list."""
    table: exp.Expr = node.this
    if isinstance(table, exp.Inline):
        rows: exp.Expr = table.this
        return rows
    names, values = node.expressions, table.expressions
    return exp.Array(
        expressions=[
            exp.Struct(
                expressions=[
                    exp.PropertyEQ(this=name.copy(), expression=value)
                    for name, value in zip(names, values[at : at + len(names)], strict=True)
                ]
            )
            for at in range(0, len(values), len(names))
        ]
    )


def _unnested(rows: exp.Expr) -> exp.Expr:
    recursively = exp.PropertyEQ(this=exp.to_identifier("recursive"), expression=exp.true())
    return exp.Explode(this=rows, expressions=[recursively])


def main() -> None:
    """Builds the lake of the command line; prints what could not be."""
    lake = Lake.at(sys.argv[1])
    outcome = build(lake, Path(sys.argv[2]))
    for name, table in outcome.tables.items():
        write_deltalake(lake.path("gold", name), table, mode="overwrite")
    print(f"{len(outcome.tables)} gold tables, {len(outcome.left_out)} models left out")
    for name, reason in outcome.left_out.items():
        print(f"{name}: {reason}")


if __name__ == "__main__":
    main()
