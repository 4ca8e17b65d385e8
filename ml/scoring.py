"""`lakehouse score`: the predictions of what serves, into the ml layer."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from lakehouse.lock import lake_lock
from ml import arrays, tables
from ml.code_version import code_version
from ml.features import Features, Versions
from ml.model import Model, Serving
from ml.parameters import read_parameters
from ml.runs import SCORINGS, Serves, as_json, latest_runs, latest_scorings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@dataclass(frozen=True)
class Scored:
    """What was written of a shop.

    Attributes:
        row_counts: of each output; none where there was nothing new to score.
        reason: why there are none, where nothing serves.
    """

    model: str
    shop_id: str
    serves: Serves
    row_counts: dict[str, int]
    reason: str


def score(
    spark: SparkSession,
    lake: Lake,
    models: Sequence[Model[Any]],
    shop_ids: Sequence[str] = (),
    on_scored: Callable[[Scored], None] = lambda scored: None,
) -> list[Scored]:
    """Scores every shop of each model by its last training, where anything changed since.

    Args:
        spark: the session.
        lake: whose features are read, and whose ml layer is written.
        models: to score with.
        shop_ids: only these; empty for all.
        on_scored: told of each as soon as its rows are there.

    Raises:
        LakehouseError: nothing was trained, or not this shop.
        LakeBusyError: another process writes to the lake.
    """
    with lake_lock(lake, "score"):
        return _score_all(spark, lake, models, shop_ids, on_scored)


def _score_all(
    spark: SparkSession,
    lake: Lake,
    models: Sequence[Model[Any]],
    shop_ids: Sequence[str],
    on_scored: Callable[[Scored], None],
) -> list[Scored]:
    trained = latest_runs(lake)
    missing = [model.name for model in models if model.name not in {name for name, _ in trained}]
    if missing:
        raise LakehouseError(f"{missing[0]} was not trained. Run: lakehouse train {missing[0]}")
    unknown = sorted(set(shop_ids) - {shop_id for _, shop_id in trained})
    if unknown:
        raise LakehouseError(f"Nothing was trained for a shop {unknown[0]!r}.")
    versions, before = Versions(lake), latest_scorings(lake)
    done = []
    for model in models:
        for (name, shop_id), run in sorted(trained.items()):
            if name == model.name and (not shop_ids or shop_id in shop_ids):
                basis = _basis(model, run, versions)
                is_known = basis.items() <= before.get((name, shop_id), {}).items()
                if is_known and _has_outputs(lake, model, run):
                    scored = Scored(name, shop_id, Serves(run["serves"]), {}, run["reason"])
                else:
                    scored = _score(model, Features(spark, lake, shop_id, versions), run)
                    now = datetime.datetime.now(datetime.UTC)
                    tables.append(lake, SCORINGS, [basis | {"scored_at": now}])
                on_scored(scored)
                done.append(scored)
    return done


def _basis(model: Model[Any], run: dict[str, Any], versions: Versions) -> dict[str, Any]:
    """What the predictions for a shop come from: the same gives the same rows."""
    return {
        "run_id": run["run_id"],
        "model": model.name,
        "shop_id": run["shop_id"],
        "feature_versions": as_json({name: versions.of(name) for name in model.features}),
        "code_version": code_version(),
    }


def _has_outputs(lake: Lake, model: Model[Any], run: dict[str, Any]) -> bool:
    """Whether all tables are there that a scoring by this run has written."""
    serves_nothing = run["serves"] == Serves.NOTHING
    return serves_nothing or all(lake.has_table(tables.LAYER, table) for table in model.outputs)


def _score(model: Model[Any], features: Features, run: dict[str, Any]) -> Scored:
    shop_id, serves = features.shop_id, Serves(run["serves"])
    if serves is Serves.NOTHING:
        # What an earlier training gave is no longer what this shop's data say.
        for table in model.outputs:
            tables.remove_shop(features.lake, table, shop_id)
        return Scored(model.name, shop_id, serves, dict.fromkeys(model.outputs, 0), run["reason"])
    serving = load(run)
    predictions = model.score(features, serving, read_parameters(model.name, model.form))
    counts = {
        table: tables.replace_shop(
            features.spark, features.lake, table, shop_id, serving.run_id, rows
        )
        for table, rows in predictions.items()
    }
    return Scored(model.name, shop_id, serves, counts, run["reason"])


def load(run: dict[str, Any]) -> Serving:
    """What a run left to serve, its pipeline loaded from the lake."""
    from pyspark.ml import PipelineModel

    path = run["model_path"]
    is_arrays = path is not None and arrays.is_path(path)
    return Serving(
        run_id=run["run_id"],
        serves_model=run["serves"] == Serves.MODEL,
        pipeline=PipelineModel.load(path) if path and not is_arrays else None,
        state=json.loads(run["state"]),
        arrays=arrays.load(path) if is_arrays else {},
    )
