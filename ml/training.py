"""`lakehouse train`: each model for each shop; what came out is kept, good or bad."""

from __future__ import annotations

import datetime
import time
import uuid
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from lakehouse.errors import LakehouseError
from lakehouse.ingest.learnt import MODELS_FOLDER
from lakehouse.lake import Lake
from lakehouse.lock import lake_lock
from ml import arrays, runs, tables, tracking
from ml.code_version import code_version
from ml.features import Features, Versions
from ml.model import Model, Training
from ml.parameters import read_parameters
from ml.runs import Run, Serves

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def train(
    spark: SparkSession,
    lake: Lake,
    models: Sequence[Model[Any]],
    shop_ids: Sequence[str] = (),
    on_run: Callable[[Run], None] = lambda run: None,
) -> list[Run]:
    """Trains models for every shop that has rows for them.

    Args:
        spark: the session.
        lake: whose features are read, and which keeps the runs.
        models: to train.
        shop_ids: only these; empty for all.
        on_run: told of each as soon as it is kept.

    Raises:
        LakehouseError: gold was not built, or no model has rows of a shop that was named.
        LakeBusyError: another process writes to the lake.
    """
    with lake_lock(lake, "train"):
        return _train_all(spark, lake, models, shop_ids, on_run)


def _train_all(
    spark: SparkSession,
    lake: Lake,
    models: Sequence[Model[Any]],
    shop_ids: Sequence[str],
    on_run: Callable[[Run], None],
) -> list[Run]:
    versions = Versions(lake)
    wanted = {model.name: versions.shops(model.features[0]) for model in models}
    unknown = sorted(set(shop_ids) - {shop for shops in wanted.values() for shop in shops})
    if unknown:
        raise LakehouseError(f"No features of a shop {unknown[0]!r} for {', '.join(wanted)}.")
    done = []
    for model in models:
        for shop_id in wanted[model.name]:
            if not shop_ids or shop_id in shop_ids:
                run = _train(model, Features(spark, lake, shop_id, versions), versions)
                on_run(run)
                done.append(run)
    return done


def _train(model: Model[Any], features: Features, versions: Versions) -> Run:
    lake, run_id = features.lake, uuid.uuid4().hex
    trained_at, started = datetime.datetime.now(datetime.UTC), time.monotonic()
    training: Training[Any] = Training(read_parameters(model.name, model.form))
    path = None
    try:
        model.train(features, training)
        serves, reason = _decided(training)
        folder = f"{tables.LAYER}/{MODELS_FOLDER}/{model.name}/{features.shop_id}/{run_id}"
        if training.pipeline is not None:
            path = f"{lake.root}/{folder}"
            training.pipeline.write().save(path)
        elif training.arrays:
            path = arrays.save(lake.root, folder, training.arrays)
    except LakehouseError as error:
        serves, reason = Serves.NOTHING, str(error)
    run = Run(
        run_id=run_id,
        model=model.name,
        shop_id=features.shop_id,
        trained_at=trained_at,
        serves=serves,
        reason=reason,
        seconds=time.monotonic() - started,
        feature_versions={name: versions.of(name) for name in model.features},
        code_version=code_version(),
        model_path=path,
        remembers_customers=model.remembers_customers,
    )
    tracking.keep(lake, model, run, training)
    runs.keep(lake, run, training)
    return run


def _decided(training: Training[Any]) -> tuple[Serves, str]:
    verdict = training.verdict
    if verdict is None and training.unjudged:
        return Serves.BASELINE, training.unjudged
    if verdict is None:
        raise ValueError("a training ends with a verdict, or with an error that says why not")
    return (Serves.MODEL if verdict.serves else Serves.BASELINE), verdict.reason
