"""The record of trainings: `ml.model_runs`, one row each, with their scores and plots."""

from __future__ import annotations

import datetime
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from lakehouse.ingest.learnt import RUNS
from lakehouse.lake import Lake
from lakehouse.reading import read_table
from ml import tables
from ml.model import Training

EVALUATIONS, PLOTS, SCORINGS = "model_evaluations", "model_plots", "model_scorings"


class Serves(StrEnum):
    """What serves after a training."""

    MODEL = "model"
    BASELINE = "baseline"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Run:
    """One training; fields are described in the dbt source `ml.model_runs`."""

    run_id: str
    model: str
    shop_id: str
    trained_at: datetime.datetime
    serves: Serves
    reason: str
    seconds: float
    feature_versions: dict[str, int]
    code_version: str
    model_path: str | None
    remembers_customers: bool


def keep(lake: Lake, run: Run, training: Training[Any]) -> None:
    """Adds a run; its row in `ml.model_runs` is the commit: what is kept before serves nobody."""
    tables.append(lake, EVALUATIONS, _evaluation_rows(run, training))
    tables.append(lake, PLOTS, _plot_rows(run, training))
    tables.append(lake, RUNS, [_row(run, training)])


def latest_runs(lake: Lake) -> dict[tuple[str, str], dict[str, Any]]:
    """The last run of each model and shop: a row of `ml.model_runs` by (model, shop_id)."""
    return _latest(lake, RUNS, "trained_at")


def latest_scorings(lake: Lake) -> dict[tuple[str, str], dict[str, Any]]:
    """The last scoring of each model and shop: a row of `ml.model_scorings` by (model, shop_id)."""
    return _latest(lake, SCORINGS, "scored_at")


def _latest(lake: Lake, table: str, moment: str) -> dict[tuple[str, str], dict[str, Any]]:
    if not lake.has_table(tables.LAYER, table):
        return {}
    rows = read_table(lake, tables.LAYER, table).to_pylist()
    rows.sort(key=lambda row: (row[moment], row["run_id"]))
    return {(row["model"], row["shop_id"]): row for row in rows}


def as_json(value: object) -> str:
    """JSON with sorted keys; numbers of numpy as numbers, days as text."""
    return json.dumps(value, sort_keys=True, default=_plain)


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)


def _row(run: Run, training: Training[Any]) -> dict[str, Any]:
    rule, verdict = training.parameters.rule, training.verdict
    return asdict(run) | {
        "serves": run.serves.value,
        "feature_versions": as_json(run.feature_versions),
        "parameters": training.parameters.model_dump_json(),
        "chosen": as_json(training.chosen),
        "state": as_json(training.state),
        "metric": rule.metric,
        "baseline": rule.baseline,
        "margin": rule.margin,
        "model_score": verdict and verdict.model_score,
        "baseline_score": verdict and verdict.baseline_score,
        "gain": verdict and verdict.gain,
        "gain_lower": verdict and verdict.lower,
        "gain_upper": verdict and verdict.upper,
        "test_unit_count": verdict and verdict.unit_count,
        "limits": as_json(training.limits),
    }


def _evaluation_rows(run: Run, training: Training[Any]) -> list[dict[str, Any]]:
    return [_key(run) | asdict(score) for score in training.scores]


def _plot_rows(run: Run, training: Training[Any]) -> list[dict[str, Any]]:
    return [
        _key(run) | {"plot": name, "figure": figure.to_json()}
        for name, figure in training.plots.items()
    ]


def _key(run: Run) -> dict[str, Any]:
    return {"run_id": run.run_id, "model": run.model, "shop_id": run.shop_id}
