"""What a declaration of dbt's semantic layer says, as far as it can be answered.

A key that is not here would change figures (a filter, an offset): it is refused, never ignored.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

# Every figure is of one shop, since currencies differ: the entity, and its column in answers.
SHOP = "shop"
SHOP_ID = "shop_id"
# The day of a figure, while it is added up.
DAY_OF_FIGURE = "metric_time"
# Names stand in SQL as they are, without quotes: two engines quote differently.
Name = Annotated[str, StringConstraints(strict=True, pattern="^[a-z][a-z0-9_]*$")]
Expression = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, min_length=1)]


class Grain(StrEnum):
    """How much time a figure is of; also its column in answers, with the first day of it."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


def _named(content: object) -> object:
    """`gross_amount` is short for `{name: gross_amount}`."""
    return {"name": content} if isinstance(content, str) else content


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Expressed(_Part):
    name: Name
    expr: Expression | None = None

    @property
    def sql(self) -> str:
        """Over the columns of the table; the name itself if nothing else is said."""
        return self.expr or self.name


class Entity(_Expressed):
    """What a table's rows are of (primary), or belong to (foreign); its SQL is the key."""

    type: Literal["primary", "unique", "foreign"]
    description: str = ""


class TimeParams(_Part):
    """How fine a time is."""

    time_granularity: Literal["day"]


class Dimension(_Expressed):
    """What figures may be grouped by."""

    type: Literal["categorical", "time"]
    label: str = ""
    description: str = ""
    type_params: TimeParams | None = None


class Measure(_Expressed):
    """What is added up."""

    agg: Literal["sum", "count", "count_distinct", "average", "min", "max", "sum_boolean"]
    label: str = ""
    description: str = ""


class Defaults(_Part):
    """The time that the measures are of."""

    agg_time_dimension: Name


class SemanticModel(_Part):
    """A table of gold, with what it counts and what it may be grouped by."""

    name: Name
    table: Annotated[
        str, Field(alias="model"), StringConstraints(pattern=r"^ref\('[a-z][a-z0-9_]*'\)$")
    ]
    description: str = ""
    label: str = ""
    defaults: Defaults | None = None
    entities: tuple[Entity, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    measures: tuple[Measure, ...] = ()

    @property
    def gold_table(self) -> str:
        """Its name in gold."""
        return self.table.removeprefix("ref('").removesuffix("')")

    @property
    def time(self) -> Dimension | None:
        """The time that the measures are of."""
        name = self.defaults.agg_time_dimension if self.defaults else None
        return next((d for d in self.dimensions if d.type == "time" and d.name == name), None)

    def entity(self, name: str) -> Entity | None:
        """The entity of that name."""
        return next((entity for entity in self.entities if entity.name == name), None)

    def identifies(self, entity: str) -> bool:
        """Whether a key of that entity leads to one row."""
        found = self.entity(entity)
        return found is not None and found.type != "foreign"


class _Input(_Part):
    name: Name


class _AliasedInput(_Input):
    alias: Name | None = None


Input = Annotated[_Input, BeforeValidator(_named)]
AliasedInput = Annotated[_AliasedInput, BeforeValidator(_named)]


class SimpleParams(_Part):
    """A measure."""

    measure: Input


class RatioParams(_Part):
    """Two metrics, one over the other."""

    numerator: Input
    denominator: Input


class DerivedParams(_Part):
    """Metrics, and a formula over their names (or aliases)."""

    expr: Expression
    metrics: Annotated[tuple[AliasedInput, ...], Field(min_length=1)]


class MetricConfig(_Part):
    """`meta` is for whoever reads the declaration."""

    meta: dict[str, Any] = {}


class _Metric(_Part):
    name: Name
    label: str
    description: str
    config: MetricConfig = MetricConfig()


class SimpleMetric(_Metric):
    """A measure under its public name."""

    type: Literal["simple"]
    type_params: SimpleParams

    @property
    def inputs(self) -> tuple[str, ...]:
        """The metrics that it is made from."""
        return ()


class RatioMetric(_Metric):
    """One metric over another; null where that is 0."""

    type: Literal["ratio"]
    type_params: RatioParams

    @property
    def inputs(self) -> tuple[str, ...]:
        """The metrics that it is made from."""
        return (self.type_params.numerator.name, self.type_params.denominator.name)


class DerivedMetric(_Metric):
    """A formula over other metrics."""

    type: Literal["derived"]
    type_params: DerivedParams

    @property
    def inputs(self) -> tuple[str, ...]:
        """The metrics that it is made from."""
        return tuple(part.name for part in self.type_params.metrics)


Metric = SimpleMetric | RatioMetric | DerivedMetric


class DeclarationFile(_Part):
    """One file of `models/metrics/`."""

    version: Literal[2] = 2
    semantic_models: tuple[SemanticModel, ...] = ()
    metrics: tuple[Annotated[Metric, Field(discriminator="type")], ...] = ()
