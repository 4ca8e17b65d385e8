"""Models and tests as dbt compiled them: their SQL, and what it is held to."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from tests.mutation.query import parse, relations

if TYPE_CHECKING:
    from dbt.contracts.graph.nodes import ResultNode

_FIXTURE = "__dbt__cte__"


@dataclass(frozen=True)
class Model:
    """A model of the project.

    Attributes:
        relation: its table, `schema.name`.
        query: its compiled SQL.
        types: column -> declared type; empty without an enforced contract.
        not_null: the columns that the contract keeps from being null.
        checks: name -> condition.
    """

    name: str
    relation: str
    query: exp.Expr
    types: dict[str, str] = field(default_factory=dict)
    not_null: list[str] = field(default_factory=list)
    checks: dict[str, str] = field(default_factory=dict)

    @functools.cached_property
    def parents(self) -> set[str]:
        """The tables that it reads."""
        return set(relations(self.query))


@dataclass(frozen=True)
class DataTest:
    """A data test; it fails if its query has a row."""

    name: str
    query: exp.Expr

    @functools.cached_property
    def parents(self) -> set[str]:
        """The tables that it reads."""
        return set(relations(self.query))


@dataclass(frozen=True)
class UnitTest:
    """A unit test of a model.

    Attributes:
        query: the model's SQL as dbt compiled it for this test, reading from `fixtures.<name>`.
        fixtures: name -> the query that gives its rows.
        expected: the rows to expect as column -> value, or the query that gives them.
    """

    name: str
    model: str
    query: exp.Expr
    fixtures: dict[str, exp.Expr]
    expected: list[dict[str, Any]] | str


def models_of(nodes: Iterable[ResultNode]) -> list[Model]:
    """The models among dbt's nodes."""
    from dbt.contracts.graph.nodes import ModelNode

    models = []
    for node in nodes:
        if isinstance(node, ModelNode) and node.compiled_code:
            contracted = node.contract.enforced
            columns = list(node.columns.values()) if contracted else []
            checks = [c for c in node.constraints if c.type == "check"] if contracted else []
            models.append(
                Model(
                    name=node.name,
                    relation=f"{node.schema}.{node.name}",
                    query=parse(node.compiled_code),
                    types={column.name: str(column.data_type) for column in columns},
                    not_null=[
                        column.name
                        for column in columns
                        if any(constraint.type == "not_null" for constraint in column.constraints)
                    ],
                    checks={str(check.name): str(check.expression) for check in checks},
                )
            )
    return models


def data_tests_of(nodes: Iterable[ResultNode]) -> list[DataTest]:
    """The data tests among dbt's nodes, those left out that only warn."""
    from dbt.contracts.graph.nodes import GenericTestNode, SingularTestNode

    return [
        DataTest(node.name, parse(node.compiled_code))
        for node in nodes
        if isinstance(node, GenericTestNode | SingularTestNode)
        and node.compiled_code
        and node.config.severity.lower() == "error"
    ]


def unit_tests_of(nodes: Iterable[ResultNode]) -> list[UnitTest]:
    """The unit tests among dbt's nodes."""
    from dbt.contracts.graph.nodes import UnitTestNode

    tests = []
    for node in nodes:
        if isinstance(node, UnitTestNode) and node.compiled_code and node.tested_node_unique_id:
            query = parse(node.compiled_code)
            tests.append(
                UnitTest(
                    name=node.name,
                    model=node.tested_node_unique_id.split(".")[-1],
                    fixtures=_take_fixtures(query),
                    query=query,
                    expected=node.config.expected_sql or node.config.expected_rows or [],
                )
            )
    return tests


def _take_fixtures(query: exp.Expr) -> dict[str, exp.Expr]:
    """Takes the fixtures out of a unit test's SQL, which then reads them as `fixtures.<name>`.

    So the tree that is left has the shape of the model's own.
    """
    fixtures = {}
    with_ = query.args["with_"]
    for cte in list(with_.expressions):
        if cte.alias.startswith(_FIXTURE):
            fixtures[cte.alias.removeprefix(_FIXTURE)] = cte.this.copy()
            cte.pop()
    if not with_.expressions:
        with_.pop()
    for table in query.find_all(exp.Table):
        if table.name.startswith(_FIXTURE):
            table.set("this", exp.to_identifier(table.name.removeprefix(_FIXTURE)))
            table.set("db", exp.to_identifier("fixtures"))
    return fixtures
