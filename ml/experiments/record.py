"""What the lake keeps of experiments: declarations, exposures, looks. Any number may write at once.

Every row has a key, and one that is there stays as it is: whoever repeats a call changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds

from lakehouse.checked_yaml import check_form
from lakehouse.errors import LakehouseError
from lakehouse.ingest.learnt import EXPOSURE_LOG
from lakehouse.lake import Lake
from lakehouse.lock import LakeBusyError
from lakehouse.reading import open_dataset
from ml import tables
from ml.experiments.assignment import assign
from ml.experiments.declaration import Experiment
from ml.experiments.exposures import EXPOSURES
from ml.experiments.report import Effect, Look, Report, Verdict
from ml.experiments.tables import of_schema

EXPERIMENTS, LOOKS = "experiments", "experiment_looks"


@dataclass(frozen=True)
class Exposure:
    """What a unit was shown.

    Attributes:
        exposed_at: in UTC if it has no zone.
        strategy: what made the list, which may be a fallback of the variant's own.
        items: as shown, the best first.
    """

    variant: str
    unit_id: str
    exposed_at: datetime
    strategy: str
    items: tuple[str, ...]


def declare(lake: Lake, experiment: Experiment, moment: datetime) -> bool:
    """Keeps a declaration; whether it is new.

    Raises:
        LakehouseError: another experiment has this name.
    """
    row = {
        "name": experiment.name,
        "declaration": experiment.model_dump_json(),
        "created_at": moment,
    }
    is_new = tables.add_new(lake, EXPERIMENTS, _table(EXPERIMENTS, [row]), key=["name"]) == 1
    if find(lake, experiment.name) != experiment:
        raise LakehouseError(
            f"Another experiment {experiment.name} is declared in {lake.root}, and what is "
            "declared does not change: give this one another name."
        )
    return is_new


def find(lake: Lake, name: str) -> Experiment:
    """The experiment of that name.

    Raises:
        LakehouseError: none was declared; the message names those that were.
    """
    declared = {row["name"]: row["declaration"] for row in _rows(lake, EXPERIMENTS).to_pylist()}
    if name not in declared:
        raise LakehouseError(
            f"The lake {lake.root} has no experiment {name!r}. There are: "
            f"{', '.join(sorted(declared)) or 'none'}. To declare one: lakehouse experiment create"
        )
    return check_form(json.loads(declared[name]), Experiment, f"ml.{EXPERIMENTS}: {name}")


def log(lake: Lake, experiment: Experiment, shown: Iterable[Exposure]) -> int:
    """Notes what units were shown; for who shows it to call, some hundred exposures at a time.

    Args:
        lake: that keeps the log.
        experiment: as `find` gives it.
        shown: those that the log has already are left alone.

    Returns:
        How many are new.

    Raises:
        LakehouseError: a variant that the experiment does not declare, or a value is missing.
    """
    exposures = list(dict.fromkeys(shown))
    declared = {variant.name for variant in experiment.variants}
    if unknown := sorted({exposure.variant for exposure in exposures} - declared):
        raise LakehouseError(f"The experiment {experiment.name} has no variant {unknown[0]!r}.")
    rows = [{"experiment": experiment.name} | vars(exposure) for exposure in exposures]
    checked = of_schema(_table(EXPOSURE_LOG, rows), EXPOSURES, "exposures")
    return tables.add_new(lake, EXPOSURE_LOG, checked, key=EXPOSURES.names)


def strayed(experiment: Experiment, shown: Sequence[Exposure]) -> list[Exposure]:
    """The exposures to another variant than the unit's own, by the hash; all were shown and count.

    Only before a unit is forgotten: its new id has another hash.
    """
    variants = assign(experiment, [exposure.unit_id for exposure in shown])
    return [
        exposure
        for exposure, variant in zip(shown, variants, strict=True)
        if exposure.variant != variant.name
    ]


def logged(lake: Lake, name: str) -> pa.Table:
    """The exposures of an experiment, of the schema `EXPOSURES`."""
    return _rows(lake, EXPOSURE_LOG, ds.field("experiment") == name)


def kept_looks(lake: Lake, name: str) -> list[dict[str, Any]]:
    """The rows of `ml.experiment_looks` of an experiment, by look."""
    rows = _rows(lake, LOOKS, ds.field("experiment") == name).to_pylist()
    return sorted(rows, key=lambda row: (row["look"], row["variant"]))


def looks_of(rows: Sequence[dict[str, Any]]) -> tuple[Look, ...]:
    """The looks that rows of `ml.experiment_looks` tell of, the first one first."""
    looks = {
        row["look"]: Look(row["as_of"], row["unit_count"], Verdict(row["verdict"])) for row in rows
    }
    return tuple(looks[number] for number in sorted(looks))


def keep_look(lake: Lake, found: Report) -> list[dict[str, Any]]:
    """Keeps the look that a report made, if it made one; gives the rows of all looks.

    A look of the same moment that is there already stays as it was.

    Raises:
        LakeBusyError: another report made this look meanwhile, at another moment.
    """
    number = len(found.looks)
    if found.critical_value is not None:
        rows = [
            _look_row(found, number, variant.name, variant.effect)
            for variant in found.variants
            if variant.effect is not None
        ]
        tables.add_new(lake, LOOKS, _table(LOOKS, rows), key=["experiment", "look", "variant"])
    kept = kept_looks(lake, found.experiment)
    if found.critical_value is not None and looks_of(kept)[number - 1].as_of != found.as_of:
        raise LakeBusyError(
            f"Another report looked at the experiment {found.experiment} meanwhile: run it again."
        )
    return kept


def _look_row(found: Report, number: int, variant: str, effect: Effect) -> dict[str, Any]:
    look = found.looks[-1]
    lower, upper = effect.interval
    lift_lower, lift_upper = effect.lift_interval or (None, None)
    return {
        "experiment": found.experiment,
        "look": number,
        "variant": variant,
        "as_of": look.as_of,
        "unit_count": look.unit_count,
        "verdict": look.verdict.value,
        "difference": effect.difference,
        "difference_lower": lower,
        "difference_upper": upper,
        "lift": effect.lift,
        "lift_lower": lift_lower,
        "lift_upper": lift_upper,
        "z": effect.z,
        "critical_value": found.critical_value,
    }


def _table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=tables.schema(name))


def _rows(lake: Lake, table: str, where: ds.Expression | None = None) -> pa.Table:
    """The rows of a table; none if nobody wrote it yet."""
    if not lake.has_table(tables.LAYER, table):
        return tables.schema(table).empty_table()
    return open_dataset(lake, tables.LAYER, table).to_table(filter=where)
