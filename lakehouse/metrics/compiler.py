"""Compiles a question about metrics to one SELECT on gold.

The SELECT is plain standard SQL: Spark and DuckDB run the same text, with ANSI mode on or off. What
stands in it comes from declarations, whose names are plain; of the question itself only days and a
shop's name do, and that is refused if it is more than a name.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from textwrap import indent

from lakehouse.errors import LakehouseError
from lakehouse.metrics.declarations import Declarations
from lakehouse.metrics.formula import substituted
from lakehouse.metrics.model import (
    DAY_OF_FIGURE,
    SHOP,
    SHOP_ID,
    DerivedMetric,
    Grain,
    Measure,
    RatioMetric,
    SemanticModel,
    SimpleMetric,
)

AGGREGATES = {
    "sum": "sum({})",
    "count": "count({})",
    "count_distinct": "count(distinct {})",
    "average": "avg({})",
    "min": "min({})",
    "max": "max({})",
    "sum_boolean": "sum(case when {} then 1 else 0 end)",
}
INDENT = "    "
PLAIN_NAME = re.compile(r"\w[\w.-]*")


@dataclass(frozen=True)
class Question:
    """Which figures, and of what.

    Attributes:
        metrics: their names.
        by: the dimensions to group by, beside the shop.
        grain: how much time each figure is of; all of it if not given.
        first_day: no figure is of an earlier day, nor of no day at all.
        last_day: no figure is of a later day, nor of no day at all.
        shop_id: only this shop.
    """

    metrics: Sequence[str]
    by: Sequence[str] = ()
    grain: Grain | None = None
    first_day: datetime.date | None = None
    last_day: datetime.date | None = None
    shop_id: str | None = None


@dataclass(frozen=True)
class Query:
    """A question as SQL.

    Attributes:
        sql: one SELECT, its rows in the order of shop, time and dimensions.
        keys: the columns that tell its rows apart.
        metrics: the columns with figures, after the keys.
        tables: the tables of gold that it reads.
    """

    sql: str
    keys: tuple[str, ...]
    metrics: tuple[str, ...]
    tables: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Of its rows."""
        return (*self.keys, *self.metrics)


@dataclass
class _Rows:
    """The rows of a semantic model that are read: alias -> SQL over the table's columns."""

    model: SemanticModel
    columns: dict[str, str] = field(default_factory=dict)


def compile_question(declarations: Declarations, question: Question, schema: str = "gold") -> Query:
    """The SELECT that answers a question.

    One CTE for each semantic model that it reads, one for the totals of each that is added up;
    totals of several are joined on the keys, and what one of them lacks is null.

    Args:
        declarations: what may be asked.
        question: what is asked.
        schema: of gold's tables.

    Raises:
        LakehouseError: an unknown metric or dimension, one that not all the metrics have, a time
            for a metric without one, days in the wrong order, or no name of a shop.
    """
    return _Compiler(declarations, question).query(schema)


class _Compiler:
    def __init__(self, declarations: Declarations, question: Question) -> None:
        self.declarations = declarations
        self.question = question
        self.metrics = tuple(dict.fromkeys(question.metrics))
        self.by = checked_dimensions(declarations, self.metrics, question.by)
        self.keys = (SHOP_ID, *([question.grain.value] if question.grain else []), *self.by)
        self.rows: dict[str, _Rows] = {}
        first, last = question.first_day, question.last_day
        if first and last and first > last:
            raise LakehouseError(f"No day is from {first} on and up to {last}: swap the two.")
        if question.shop_id is not None and not PLAIN_NAME.fullmatch(question.shop_id):
            raise LakehouseError(f"No shop can be called {question.shop_id!r}.")

    def query(self, schema: str) -> Query:
        measured = self._measured()
        totals = {
            f"{model.name}_totals": self._totals(model, measures) for model, measures in measured
        }
        ctes = {name: self._read(rows, schema) for name, rows in self.rows.items()} | totals
        source = next(iter(totals))
        if len(totals) > 1:
            source = "joined"
            ctes[source] = self._joined(measured)
        figures = [_as(self._figure(metric), metric) for metric in self.metrics]
        ctes["final"] = f"{_select([*self.keys, *figures])}\nfrom {source}"
        defined = ",\n\n".join(
            f"{name} as (\n\n{indent(body, INDENT)}\n\n)" for name, body in ctes.items()
        )
        order = ", ".join(f"{key} nulls last" for key in self.keys)
        return Query(
            f"with\n\n{defined}\n\nselect * from final\norder by {order}",
            self.keys,
            self.metrics,
            tuple(dict.fromkeys(rows.model.gold_table for rows in self.rows.values())),
        )

    def _measured(self) -> list[tuple[SemanticModel, list[Measure]]]:
        """The semantic models that are added up, and what of each."""
        found: dict[str, tuple[SemanticModel, list[Measure]]] = {}
        for metric in self.metrics:
            for measure in self.declarations.measures_of(metric):
                model = self.declarations.model_of(measure)
                _, measures = found.setdefault(model.name, (model, []))
                if measure not in measures:
                    measures.append(measure)
        return list(found.values())

    def _totals(self, model: SemanticModel, measures: list[Measure]) -> str:
        """The measures of one semantic model, added up by the keys; notes which rows it reads."""
        name = model.name
        rows = self._rows_of(model)
        rows.columns[SHOP_ID] = _key(model, SHOP)
        keys = {SHOP_ID: f"{name}.{SHOP_ID}"}
        days = self._days(model, rows)
        if self.question.grain is not None:
            keys[self.question.grain.value] = _start(days, self.question.grain)
        places = self.declarations.places(model)
        joins: dict[str, str] = {}
        for dimension in self.by:
            place = places[dimension]
            other = place.model.name
            self._rows_of(place.model).columns[dimension] = place.dimension.sql
            keys[dimension] = f"{other}.{dimension}"
            if place.entity is not None:
                key = SHOP_ID if place.entity == SHOP else f"{place.entity}_key"
                rows.columns[key] = _key(model, place.entity)
                self._rows_of(place.model).columns[key] = _key(place.model, place.entity)
                joins[other] = f"left join {other} on {name}.{key} = {other}.{key}"
        for measure in measures:
            rows.columns[measure.name] = measure.sql
        totals = [
            _as(AGGREGATES[measure.agg].format(f"{name}.{measure.name}"), measure.name)
            for measure in measures
        ]
        named = [_as(sql, key) for key, sql in keys.items()]
        parts = [_select([*named, *totals]), f"from {name}", *joins.values()]
        if conditions := self._conditions(days):
            parts.append(f"where {' and '.join(conditions)}")
        parts.append(_listed("group by", list(keys.values())))
        return "\n".join(parts)

    def _days(self, model: SemanticModel, rows: _Rows) -> str:
        """The column with the day of each row; empty where the question asks for none."""
        question = self.question
        if not (question.grain or question.first_day or question.last_day):
            return ""
        if model.time is None:
            raise LakehouseError(f"What {model.name} counts has no time: ask without days.")
        rows.columns[DAY_OF_FIGURE] = f"cast({model.time.sql} as date)"
        return f"{model.name}.{DAY_OF_FIGURE}"

    def _conditions(self, days: str) -> list[str]:
        bounds = ((">=", self.question.first_day), ("<=", self.question.last_day))
        return [f"{days} {sign} date '{day.isoformat()}'" for sign, day in bounds if day]

    def _rows_of(self, model: SemanticModel) -> _Rows:
        return self.rows.setdefault(model.name, _Rows(model))

    def _read(self, rows: _Rows, schema: str) -> str:
        """The rows of one table of gold, of one shop if one is asked for."""
        columns = [_as(sql, alias) for alias, sql in rows.columns.items()]
        read = f"{_select(columns)}\nfrom {schema}.{rows.model.gold_table}"
        if self.question.shop_id is None or rows.model.entity(SHOP) is None:
            return read
        return f"{read}\nwhere {_key(rows.model, SHOP)} = '{self.question.shop_id}'"

    def _joined(self, measured: list[tuple[SemanticModel, list[Measure]]]) -> str:
        """The totals of all semantic models side by side; groups without a value are groups."""
        first, *others = [f"{model.name}_totals" for model, _ in measured]
        keys = {key: f"{first}.{key}" for key in self.keys}
        joins = ""
        for other in others:
            on = [f"{sql} is not distinct from {other}.{key}" for key, sql in keys.items()]
            joins += f"\nfull outer join {other}\n{INDENT}on\n" + indent(
                "\nand ".join(on), INDENT * 2
            )
            keys = {key: f"coalesce({sql}, {other}.{key})" for key, sql in keys.items()}
        columns = [_as(sql, key) for key, sql in keys.items()]
        columns += [
            f"{model.name}_totals.{m.name}" for model, measures in measured for m in measures
        ]
        return f"{_select(columns)}\nfrom {first}{joins}"

    def _figure(self, name: str) -> str:
        """A metric over the columns of totals; null, never an error, where it divides by 0."""
        metric = self.declarations.metrics[name]
        match metric:
            case SimpleMetric():
                return metric.type_params.measure.name
            case RatioMetric():
                numerator, denominator = (self._figure(part) for part in metric.inputs)
                return f"cast({numerator} as double) / nullif(cast({denominator} as double), 0)"
            case DerivedMetric():
                parts = metric.type_params.metrics
                figures = {part.alias or part.name: self._figure(part.name) for part in parts}
                return substituted(metric.type_params.expr, figures)


def checked_dimensions(
    declarations: Declarations, metrics: Sequence[str], by: Sequence[str]
) -> tuple[str, ...]:
    """The dimensions as columns, each once; a shop is always one.

    Raises:
        LakehouseError: an unknown metric or dimension, or one that not all the metrics have.
    """
    if not metrics:
        raise LakehouseError("Name at least one metric: lakehouse metric lists them.")
    for metric in metrics:
        if metric not in declarations.metrics:
            raise LakehouseError(_unknown_metric(declarations, metric))
    names = tuple(name for name in dict.fromkeys(by) if name not in (SHOP, SHOP_ID))
    possible = declarations.dimensions_of(metrics)
    for name in names:
        if name not in possible:
            raise LakehouseError(_impossible(declarations, metrics, name, possible))
    return names


def _unknown_metric(declarations: Declarations, name: str) -> str:
    if name in declarations.dimensions:
        return f"{name} is a dimension, not a metric: --by {name}"
    close = get_close_matches(name, declarations.metrics)
    hint = f"Did you mean {' or '.join(close)}? " if close else ""
    return f"There is no metric {name!r}. {hint}lakehouse metric lists them."


def _impossible(
    declarations: Declarations, metrics: Sequence[str], name: str, possible: Sequence[str]
) -> str:
    """Why the metrics cannot be grouped by that, and by what they can."""
    if name in tuple(Grain):
        return f"{name} is a time: --grain {name}"
    if name in declarations.times:
        return f"{name} is a time: --grain {'|'.join(Grain)}"
    if name in declarations.dimensions:
        without = [m for m in metrics if name not in declarations.dimensions_of([m])]
        why = f"{' and '.join(without)} cannot be grouped by {name}."
    else:
        close = get_close_matches(name, declarations.dimensions)
        hint = f" Did you mean {' or '.join(close)}?" if close else ""
        why = f"There is no dimension {name!r}.{hint}"
    return f"{why} {' and '.join(metrics)} can be grouped by: {', '.join((SHOP, *possible))}."


def _key(model: SemanticModel, entity: str) -> str:
    found = model.entity(entity)
    if found is None:
        raise ValueError(f"{model.name} has no entity {entity}")
    return found.sql


def _start(day: str, grain: Grain) -> str:
    """The first day of a day's week, month …; date_trunc gives a time in Spark."""
    return day if grain == Grain.DAY else f"cast(date_trunc('{grain.value}', {day}) as date)"


def _as(sql: str, alias: str) -> str:
    return sql if re.fullmatch(rf"(\w+\.)?{alias}", sql) else f"{sql} as {alias}"


def _select(columns: Sequence[str]) -> str:
    return _listed("select", columns)


def _listed(clause: str, expressions: Sequence[str]) -> str:
    return f"{clause}\n" + indent(",\n".join(expressions), INDENT)
