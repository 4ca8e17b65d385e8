"""Who was shown what, and what they did then: the log of exposures, joined to outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lakehouse.errors import LakehouseError
from lakehouse.ingest.learnt import EXPOSURE_LOG
from ml import tables
from ml.experiments.declaration import ConversionRate, Experiment
from ml.experiments.tables import of_schema

_MOMENT = pa.timestamp("us", tz="UTC")

_OUTCOME: list[pa.Field[Any]] = [
    pa.field("unit_id", pa.string()),
    pa.field("occurred_at", _MOMENT, nullable=False),
    pa.field("value", pa.float64(), nullable=False),
]

# A row each time recommendations are shown to a unit of an experiment. `strategy` is what made
# them, which may be a fallback of the variant's own; `items` are as shown, best first.
EXPOSURES = pa.schema([field.with_nullable(False) for field in tables.schema(EXPOSURE_LOG)])

# A row for what counts: an order line with its amount, a click with 1. Those of before the
# experiment make the covariate; those without a unit are nobody's.
OUTCOMES = pa.schema(_OUTCOME)


@dataclass(frozen=True)
class Sample:
    """The units of an experiment at a moment.

    Attributes:
        exposed: (variants,), units that saw this variant and no other.
        crossover_count: units that saw more than one; they are left out of all else.
        variant: (analysed units,), index of the variant of each whose outcome days are over.
        outcome: (analysed units,), 0 or 1 for a conversion, a sum of values for a mean.
        covariate: (analysed units,), the same from before the first exposure; None if the
            experiment has none.
    """

    exposed: tuple[int, ...]
    crossover_count: int
    variant: NDArray[np.int64]
    outcome: NDArray[np.float64]
    covariate: NDArray[np.float64] | None


def sample(
    experiment: Experiment, exposures: pa.Table, outcomes: pa.Table, as_of: datetime
) -> Sample:
    """What is known of an experiment's units at a moment.

    A unit counts from its first exposure. Its outcomes are those in the `outcome_days` from then
    on; a unit whose days are not over is exposed, and not analysed.

    Args:
        experiment: whose units.
        exposures: of the schema `EXPOSURES`, of any experiments.
        outcomes: of the schema `OUTCOMES`, of any units.
        as_of: later rows are not seen. A moment without a zone is in UTC, here and in the tables.

    Raises:
        LakehouseError: a table lacks a column or a value, or has one that is no number; an exposure
            has a variant that was not declared; there is no exposure yet.
    """
    now = pa.scalar(as_of, _MOMENT)
    seen = of_schema(exposures, EXPOSURES, "exposures").filter(
        (pc.field("experiment") == experiment.name) & (pc.field("exposed_at") <= now)
    )
    events = of_schema(outcomes, OUTCOMES, "outcomes")
    if not seen.num_rows:
        raise LakehouseError(
            f"Nobody was exposed to the experiment {experiment.name} by {as_of:%Y-%m-%d %H:%M}."
        )
    units = _first_exposures(experiment, seen)
    kept = units.filter(pc.field("variant_min") == pc.field("variant_max"))
    variant = _integers(kept["variant_min"])
    first = _integers(kept["exposed_at_min"])

    days = _microseconds(experiment.outcome_days)
    analysed = first + days <= now.cast(pa.int64()).as_py()
    ids = kept["unit_id"].filter(pa.array(analysed))
    is_conversion = isinstance(experiment.metric, ConversionRate)
    trail = _Trail.of(ids, first[analysed], events, is_conversion)
    covariate = None
    if experiment.covariate_days is not None:
        covariate = trail.outcome(-_microseconds(experiment.covariate_days), 0)
    return Sample(
        tuple(np.bincount(variant, minlength=len(experiment.variants)).tolist()),
        units.num_rows - kept.num_rows,
        variant[analysed],
        trail.outcome(0, days),
        covariate,
    )


def last_moment(outcomes: pa.Table) -> datetime:
    """When the last outcome was, by now; now if there is none."""
    now = datetime.now(UTC)
    latest = pc.max(outcomes["occurred_at"]).as_py()
    return now if latest is None else min(now, latest)


def _first_exposures(experiment: Experiment, seen: pa.Table) -> pa.Table:
    """Per unit its first exposure, and the lowest and highest index of its variants."""
    names = pa.array([variant.name for variant in experiment.variants])
    index = _positions(seen["variant"], names)
    if unknown := set(seen["variant"].filter(pa.array(index < 0)).to_pylist()):
        raise LakehouseError(
            f"The experiment {experiment.name} has exposures of the variant "
            f"{', '.join(sorted(map(str, unknown)))}, which it does not declare."
        )
    return (
        seen.select(["unit_id", "exposed_at"])
        .append_column("variant", pa.array(index))
        .group_by("unit_id")
        .aggregate([("exposed_at", "min"), ("variant", "min"), ("variant", "max")])
        .sort_by("unit_id")
    )


@dataclass(frozen=True)
class _Trail:
    """What units did, by the time from their first exposure.

    Attributes:
        position: (events,), the unit of each.
        since: (events,), microseconds from the first exposure; below 0 before it.
        value: (events,).
    """

    unit_count: int
    position: NDArray[np.int64]
    since: NDArray[np.int64]
    value: NDArray[np.float64]
    is_conversion: bool

    @classmethod
    def of(
        cls,
        unit_ids: pa.ChunkedArray[Any],
        first: NDArray[np.int64],
        events: pa.Table,
        is_conversion: bool,
    ) -> _Trail:
        position = _positions(events["unit_id"], unit_ids)
        theirs = position >= 0
        position = position[theirs]
        since = _integers(events["occurred_at"])[theirs] - first[position]
        value = events["value"].to_numpy()[theirs]
        if not np.isfinite(value).all():
            raise LakehouseError("The outcomes have values that are no finite numbers.")
        return cls(len(first), position, since, value, is_conversion)

    def outcome(self, start: int, end: int) -> NDArray[np.float64]:
        """(units,), of the events from `start` until before `end`."""
        inside = (self.since >= start) & (self.since < end)
        if self.is_conversion:
            counts = np.bincount(self.position[inside], minlength=self.unit_count)
            return (counts > 0).astype(np.float64)
        sums = np.bincount(self.position[inside], self.value[inside], self.unit_count)
        return sums.astype(np.float64)


def _positions(
    column: pa.ChunkedArray[Any], among: pa.ChunkedArray[Any] | pa.Array[Any]
) -> NDArray[np.int64]:
    """(rows,), where each value is among others; -1 for a value that is not."""
    index = pc.index_in(column, value_set=among)
    return np.asarray(index.fill_null(-1), dtype=np.int64)


def _integers(column: pa.ChunkedArray[Any]) -> NDArray[np.int64]:
    return np.asarray(column.cast(pa.int64()), dtype=np.int64)


def _microseconds(days: int) -> int:
    return timedelta(days=days) // timedelta(microseconds=1)
