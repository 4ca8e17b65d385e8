"""An experiment to change, and tables as they come from the logs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from ml.experiments.declaration import Experiment
from ml.experiments.exposures import EXPOSURES, OUTCOMES

START = datetime(2024, 5, 1, tzinfo=UTC)


def experiment(**changes: Any) -> Experiment:
    content: dict[str, Any] = {
        "name": "als_against_popular",
        "unit": "customer",
        "variants": [
            {"name": "control", "strategy": "popular"},
            {"name": "als", "strategy": "als"},
        ],
        "metric": {"kind": "mean", "baseline_mean": 20, "baseline_sd": 40},
        "outcome_days": 7,
        "minimum_lift": 0.25,
    }
    return Experiment.model_validate(content | changes)


def exposure_table(
    unit_ids: list[str],
    variants: list[str],
    moments: list[datetime],
    name: str = "als_against_popular",
) -> pa.Table:
    count = len(unit_ids)
    columns: dict[str, list[Any]] = {
        "experiment": [name] * count,
        "variant": variants,
        "unit_id": unit_ids,
        "exposed_at": moments,
        "strategy": ["any"] * count,
        "items": [["a", "b"]] * count,
    }
    return pa.table(columns, schema=EXPOSURES)


def outcome_table(
    unit_ids: list[str | None], moments: list[datetime], values: list[float]
) -> pa.Table:
    columns: dict[str, list[Any]] = {"unit_id": unit_ids, "occurred_at": moments, "value": values}
    return pa.table(columns, schema=OUTCOMES)
