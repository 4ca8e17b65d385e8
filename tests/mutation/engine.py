"""The golden lake in memory: what would notice if a model, or a table, were a little wrong.

dbt builds the golden lake once and compiles every model and test; from then on this engine runs
the compiled SQL on rows in memory, without Delta's bookkeeping: a query takes tenths of a second
where a build takes minutes. It asks, in this order, whoever could notice a wrong table:

- the build itself: a query that fails, a column of another type than the contract's, a null in a
  NOT NULL column, a row against a CHECK;
- the golden rows that were worked out by hand;
- the data tests of the table;
- the same of every table downstream, recomputed from the wrong one.

To show a guard a small fault (`golden_engine` is a fixture of `tests/e2e/conftest.py`):

    failed = golden_engine.finders("fct_orders", "select * from {table} where order_id <> '500001'")
    assert "unique_grain_fct_orders" in failed

A fault is a query over the table as it is, `{table}`; its columns must stay the same.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from tests.e2e.golden.compare import ExpectedTable, compare, expected_tables
from tests.mutation.compiled import (
    DataTest,
    Model,
    UnitTest,
    data_tests_of,
    models_of,
    unit_tests_of,
)
from tests.mutation.query import parse, relations, render, with_tables

if TYPE_CHECKING:
    import pyarrow as pa
    from dbt.contracts.graph.nodes import ResultNode
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

# One task a query and no compiling of code: rows are few. What depends on rows must not be decided
# while a query is planned, so that equal plans mean equal answers whatever the rows.
_SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.leafNodeDefaultParallelism": "1",
    "spark.sql.shuffle.partitions": "1",
}

# Tests of single rows.
_OF_ROWS = ("accepted_", "foreign_keys_", "not_null_", "relationships_", "unique_")

# Digits that tell any two doubles apart: dbt's unit tests compare them so.
_EXACT = 17


@dataclass(frozen=True)
class Notice:
    """Somebody noticed.

    Attributes:
        by: `build`, `golden`, `unit test` or `data test`.
        name: of the test; of the model with a word on what is wrong, for the others.
    """

    by: str
    name: str


@dataclass(frozen=True)
class Rows:
    """The answer of a query."""

    arrow: pa.Table
    schema: StructType

    @functools.cached_property
    def dicts(self) -> list[dict[str, Any]]:
        """Rows as column -> value."""
        return self.arrow.to_pylist()

    def contents(self, columns: Iterable[str] | None = None, digits: int = 12) -> Counter[str]:
        """How often each row occurs, whatever the order; doubles to so many digits."""
        names = sorted(columns if columns is not None else self.arrow.column_names)
        return Counter(repr([_plain(row[name], digits) for name in names]) for row in self.dicts)


class ModelDiffersError(Exception):
    """The engine's answer for an unchanged model or test is not dbt's: nothing can be concluded."""


@dataclass(frozen=True)
class _Step:
    """What became of a table.

    Attributes:
        name: of the table.
        rows: that it has now; None where they are the same, or its query fails.
        views: table -> where its other rows are, of all that have some by now.
        later: the tables that come after it.
        error: of its query.
    """

    name: str
    rows: Rows | None
    views: Mapping[str, str]
    later: frozenset[str]
    error: Exception | None = None


class Engine:
    """Models, tests and rows of a built lake."""

    def __init__(
        self,
        spark: SparkSession,
        models: Iterable[Model],
        data_tests: Iterable[DataTest],
        unit_tests: Iterable[UnitTest],
    ) -> None:
        """Takes what dbt compiled; rows are read when they are first asked for.

        Args:
            spark: a session in which the lake's tables have names.
            models: all models of the lake, as they were built.
            data_tests: all that must hold of its tables.
            unit_tests: of its models.
        """
        self.lake = spark
        self._spark = spark.newSession()
        for key, value in _SETTINGS.items():
            self._spark.conf.set(key, value)
        by_name = {model.name: model for model in models}
        order = TopologicalSorter({m.name: m.parents for m in by_name.values()}).static_order()
        self.models = {name: by_name[name] for name in order if name in by_name}
        # What sees that a row is missing comes before what looks at each row.
        self.data_tests = sorted(data_tests, key=lambda test: test.name.startswith(_OF_ROWS))
        self.unit_tests: dict[str, list[UnitTest]] = {}
        for test in unit_tests:
            self.unit_tests.setdefault(test.model, []).append(test)

        self._relations = {model.name: model.relation for model in self.models.values()}
        for query in [m.query for m in self.models.values()] + [t.query for t in self.data_tests]:
            self._relations |= relations(query)
        self._expected: dict[str, list[ExpectedTable]] = {}
        for expected in expected_tables():
            self._expected.setdefault(expected.table, []).append(expected)

        self._tables: dict[str, Rows] = {}
        self._originals: dict[str, Rows] = {}
        self._shapes: set[str] = set()
        self._fixtures: set[str] = set()
        self._answers: dict[str, tuple[list[str], Counter[str]]] = {}

    @classmethod
    def of(cls, spark: SparkSession, nodes: Iterable[ResultNode]) -> Engine:
        """The engine of a lake that dbt built.

        Args:
            spark: a session in which the lake's tables have names.
            nodes: every model and test, as they come in the results of `dbt build`.
        """
        compiled = list(nodes)
        return cls(spark, models_of(compiled), data_tests_of(compiled), unit_tests_of(compiled))

    @property
    def is_ansi(self) -> bool:
        """Whether queries run here with ANSI mode on; dbt builds with it off."""
        return self._spark.conf.get("spark.sql.ansi.enabled") == "true"

    def run(self, query: exp.Expr, views: Mapping[str, str] | None = None) -> Rows:
        """The answer of a query on the golden lake.

        Args:
            query: reads tables by `schema.table`.
            views: table -> the view to read in its place.
        """
        return _rows(self._frame(query, views or {}))

    def original(self, table: str) -> Rows:
        """The rows of a table of the golden lake; a model's are as its SQL gives them here.

        Raises:
            ModelDiffersError: a model's SQL gives other rows here than dbt built.
        """
        if table not in self._originals:
            self._view(table)
            rows = self._tables[table]
            if table in self.models:
                here = self.run(self.models[table].query)
                if here.contents() != rows.contents():
                    raise ModelDiffersError(f"{table}: its SQL gives other rows here than in dbt.")
            self._originals[table] = rows
        return self._originals[table]

    def finders(self, table: str, fault: str) -> list[str]:
        """Names of all that notice a fault: data tests, golden tables, what the build refuses.

        Args:
            table: a source, seed, snapshot or model.
            fault: a query over `{table}`, which gives the rows that the table has instead.
        """
        return [notice.name for notice in self.notices(table, self.faulty(table, fault))]

    def faulty(self, table: str, fault: str) -> Rows:
        """The rows that a table has with a fault: a query over `{table}`, its columns the same."""
        return _rows(self._spark.sql(fault.format(table=self._view(table))))

    def notices(self, table: str, rows: Rows) -> Iterator[Notice]:
        """Everybody who notices that a table has other rows, the nearest first.

        Tables downstream are recomputed. Unit tests are not asked: they see no table.
        """
        for step in self._steps(table, rows, self._downstream(table)):
            if step.error is not None:
                yield Notice("build", f"{step.name}: {_first_line(step.error)}")
            if step.rows is not None:
                yield from self._refusals(step.name, step.rows)
                yield from self._golden(step.name, step.rows)
            for test in self._failing(step, self.data_tests):
                yield Notice("data test", test)

    def failing_tests(self, table: str, rows: Rows, beginning: str = "") -> Iterator[str]:
        """The data tests that fail where a table has other rows, the nearest first.

        Args:
            table: a source, seed, snapshot or model.
            rows: that it has instead.
            beginning: of the names of those that are asked; of other tables than they read, and
                those between, nothing is recomputed.
        """
        tests = [test for test in self.data_tests if test.name.startswith(beginning)]
        read = self._upstream({parent for test in tests for parent in test.parents})
        affected = [name for name in self._downstream(table) if name in read]
        for step in self._steps(table, rows, affected):
            yield from self._failing(step, tests)

    def fails(self, test: UnitTest, query: exp.Expr) -> bool:
        """Whether a unit test fails with this query in place of the model's."""
        try:
            actual = self._on_fixtures(test, query)
        except spark_errors():
            return True
        columns, expected = self._answer(test)
        return actual.contents(columns, _EXACT) != expected

    def unit_tests_of(self, model: str) -> list[UnitTest]:
        """The unit tests of a model.

        Raises:
            ModelDiffersError: one of them fails on the unchanged model.
        """
        tests = self.unit_tests.get(model, [])
        for test in tests:
            self._answer(test)
        return tests

    def same_plan(self, one: exp.Expr, other: exp.Expr) -> bool:
        """Whether Spark plans both queries alike: then they give the same answer on any rows."""
        try:
            plans = [self._plan(query) for query in (one, other)]
        except spark_errors():
            # Spark computes constants while it plans, and a changed one may not be computable.
            return False
        return bool(plans[0].sameResult(plans[1]))

    # -- rows

    def _view(self, table: str) -> str:
        """The view of a table of the lake, in memory."""
        view = f"lake_{table}"
        if table not in self._tables:
            self._tables[table] = _rows(self.lake.table(self._relations[table]))
            self._in_memory(self._tables[table]).createOrReplaceTempView(view)
        return view

    def _shape(self, table: str) -> str:
        """A view of a table's columns, of whose rows a plan can know nothing."""
        view = f"shape_{table}"
        if table not in self._shapes:
            nothing: Any = self._spark.sparkContext.emptyRDD()
            schema = self.lake.table(self._relations[table]).schema
            self._spark.createDataFrame(nothing, schema).createOrReplaceTempView(view)
            self._shapes.add(table)
        return view

    def _show(self, table: str, rows: Rows) -> None:
        self._in_memory(rows).createOrReplaceTempView(f"wrong_{table}")

    def _in_memory(self, rows: Rows) -> DataFrame:
        return self._spark.createDataFrame(rows.arrow, rows.schema)

    def _frame(self, query: exp.Expr, views: Mapping[str, str]) -> DataFrame:
        bound = with_tables(query, lambda table: views.get(table) or self._view(table))
        return self._spark.sql(render(bound))

    def _plan(self, query: exp.Expr) -> Any:
        frame = self._spark.sql(render(with_tables(query, self._shape)))
        return frame._jdf.queryExecution().optimizedPlan()

    # -- who notices

    def _downstream(self, table: str) -> list[str]:
        """A table and the models that read from it, directly or not, parents first."""
        affected = [table]
        for name, model in self.models.items():
            if name != table and not model.parents.isdisjoint(affected):
                affected.append(name)
        return affected

    def _upstream(self, tables: set[str]) -> set[str]:
        """Tables and all that they are made of."""
        found = set(tables)
        for name, model in reversed(self.models.items()):
            if name in found:
                found |= model.parents
        return found

    def _steps(self, table: str, rows: Rows, affected: list[str]) -> Iterator[_Step]:
        """What becomes of a table that has other rows and of those after it, up to an error."""
        views: dict[str, str] = {}
        for place, name in enumerate(affected):
            changed: Rows | None = rows
            if name != table:
                model = self.models[name]
                changed = None
                if model.parents & views.keys():
                    try:
                        changed = self.run(model.query, views)
                    except spark_errors() as error:
                        yield _Step(name, None, {}, frozenset(), error)
                        return
                    if changed.contents() == self.original(name).contents():
                        changed = None
            if changed is not None:
                self._show(name, changed)
                views[name] = f"wrong_{name}"
            yield _Step(name, changed, views, frozenset(affected[place + 1 :]))

    def _refusals(self, name: str, rows: Rows) -> Iterator[Notice]:
        """What the build refuses to write into a model's table."""
        model = self.models.get(name)
        if model is None:
            return
        types = {column.name: column.dataType for column in rows.schema}
        for column, declared in model.types.items():
            if column not in types or types[column].simpleString() != _type_name(declared):
                yield Notice("build", f"{name}: type of {column}")
                return
        for column in model.not_null:
            if rows.arrow[column].null_count:
                yield Notice("build", f"{name}: {column} is null")
        for check, condition in model.checks.items():
            view = f"wrong_{name}"
            broken = f"select 1 from {view} where not coalesce({condition}, false)"
            if self._gives_rows(parse(broken), {}):
                yield Notice("build", f"{name}: check {check}")

    def _golden(self, name: str, rows: Rows) -> Iterator[Notice]:
        """The golden tables that a wrong table differs from."""
        for expected in self._expected.get(name, []):
            if compare(expected.covered(rows.dicts), expected.csv_path, expected.keys):
                yield Notice("golden", expected.csv_path.stem)

    def _failing(self, step: _Step, tests: Iterable[DataTest]) -> Iterator[str]:
        """The failing data tests of a table, those left out that wait for a later one as well."""
        for test in tests:
            tables = test.parents
            is_ready = step.name in tables and not tables & step.later
            if is_ready and tables & step.views.keys() and self._gives_rows(test.query, step.views):
                yield test.name

    def _gives_rows(self, query: exp.Expr, views: Mapping[str, str]) -> bool:
        """Whether a query that looks for faults finds one, or fails on what it sees."""
        try:
            return bool(self._frame(query, views).limit(1).collect())
        except spark_errors():
            return True

    # -- unit tests

    def _answer(self, test: UnitTest) -> tuple[list[str], Counter[str]]:
        """The columns that a unit test compares, and the rows that it expects."""
        if test.name not in self._answers:
            self._answers[test.name] = self._find_answer(test)
        return self._answers[test.name]

    def _find_answer(self, test: UnitTest) -> tuple[list[str], Counter[str]]:
        actual = self._on_fixtures(test, test.query)
        if isinstance(test.expected, str):
            expected = _rows(self._spark.sql(test.expected))
        elif test.expected:
            types = {field.name: field.dataType.simpleString() for field in actual.schema}
            expected = _rows(self._spark.sql(_literal_rows(test.expected, types)))
        else:
            return actual.arrow.column_names, Counter()
        columns = expected.arrow.column_names
        if actual.contents(columns, _EXACT) != expected.contents(digits=_EXACT):
            raise ModelDiffersError(f"unit test {test.name} fails on the unchanged {test.model}.")
        return columns, expected.contents(digits=_EXACT)

    def _on_fixtures(self, test: UnitTest, query: exp.Expr) -> Rows:
        if test.name not in self._fixtures:
            for name, fixture in test.fixtures.items():
                rows = _rows(self._spark.sql(render(fixture)))
                self._in_memory(rows).createOrReplaceTempView(f"{test.name}_{name}")
            self._fixtures.add(test.name)
        bound = with_tables(query, lambda table: f"{test.name}_{table}")
        return _rows(self._spark.sql(render(bound)))


def _rows(frame: DataFrame) -> Rows:
    return Rows(frame.toArrow(), frame.schema)


def _plain(value: object, digits: int) -> object:
    """A value in the form in which equal ones are written alike."""
    if isinstance(value, float):
        return f"{value:.{digits}g}"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, dict):
        return {key: _plain(item, digits) for key, item in value.items()}
    return [_plain(item, digits) for item in value] if isinstance(value, list) else value


def _literal_rows(rows: list[dict[str, Any]], types: Mapping[str, str]) -> str:
    """A query that gives rows as a unit test writes them, in the types of the model's columns."""
    selects = []
    for row in rows:
        cells = [
            exp.alias_(
                exp.cast(
                    exp.null() if value is None else exp.Literal.string(str(value)),
                    types[column.lower()],
                    dialect="spark",
                ),
                column.lower(),
            )
            for column, value in row.items()
        ]
        selects.append(render(exp.select(*cells)))
    return "\nunion all\n".join(selects)


def _type_name(declared: str) -> str:
    from pyspark.sql.types import _parse_datatype_string

    return _parse_datatype_string(declared).simpleString()


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]


def is_refused(error: Exception) -> bool:
    """Whether Spark took a query for none: it did not begin to run it."""
    from pyspark.errors import AnalysisException

    return isinstance(error, AnalysisException)


def spark_errors() -> tuple[type[Exception], ...]:
    """What a query that Spark refuses, or fails to run, raises."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    return PySparkException, Py4JError
