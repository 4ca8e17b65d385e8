"""The same record for people: MLflow, in a SQLite file, through its client alone.

`mlflow ui --backend-store-uri sqlite:///<lake>/ml/_mlflow/mlflow.db` shows it. The truth is in
`ml.model_runs`: a lake without this file trains, scores and serves as before.
"""

from __future__ import annotations

import logging
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakehouse.ingest.learnt import MLFLOW_FOLDER
from lakehouse.lake import Lake
from ml.card import model_card
from ml.model import Model, Training
from ml.runs import Run
from ml.tables import folder_of_files

if TYPE_CHECKING:
    from mlflow import MlflowClient

_METRIC_NAME = "{part}.{candidate}.{metric}"
# MLflow takes no others in a name, such as the plus of an age band.
_NO_NAME = re.compile(r"[^\w.\-/: ]")


def folder(lake: Lake) -> Path:
    """Where runs are kept: in the lake's folder, or beside the metastores of one in a store."""
    return folder_of_files(lake) / MLFLOW_FOLDER


def tracking_uri(lake: Lake) -> str:
    """The address of the runs: `MLFLOW_TRACKING_URI`, else a SQLite file."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{folder(lake)}/mlflow.db"


def keep(lake: Lake, model: Model[Any], run: Run, training: Training[Any]) -> None:
    """Logs a run: parameters, scores, versions, the model card and the plots."""
    client = _client(lake)
    experiment_id = _experiment(client, lake, run.model)
    started = int(run.trained_at.timestamp() * 1000)
    tags = {
        "shop_id": run.shop_id,
        "serves": run.serves.value,
        "reason": run.reason,
        "code_version": run.code_version,
        "model_path": run.model_path or "",
        **{f"version.{table}": str(v) for table, v in run.feature_versions.items()},
    }
    name = f"{run.shop_id} {run.run_id[:8]}"
    logged = client.create_run(experiment_id, start_time=started, tags=tags, run_name=name)
    key = logged.info.run_id
    for parameter, value in training.settings.items():
        client.log_param(key, parameter, value)
    for score in training.scores:
        metric = _METRIC_NAME.format(
            part=score.part, candidate=score.candidate, metric=score.metric
        )
        client.log_metric(key, _NO_NAME.sub("_", metric), score.value)
    client.log_text(key, model_card(model, run, training), "model_card.md")
    for plot, figure in training.plots.items():
        client.log_text(key, figure.to_html(include_plotlyjs="cdn"), f"{plot}.html")
    client.set_terminated(key, end_time=started + int(run.seconds * 1000))


def _client(lake: Lake) -> MlflowClient:
    from mlflow import MlflowClient

    # They tell of each table that they make in a new file; MLflow's import sets its own level.
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    folder(lake).mkdir(parents=True, exist_ok=True)
    return MlflowClient(tracking_uri(lake))


def _experiment(client: MlflowClient, lake: Lake, name: str) -> str:
    known = client.get_experiment_by_name(name)
    if known is not None:
        return known.experiment_id
    if "MLFLOW_TRACKING_URI" in os.environ:
        return client.create_experiment(name)
    return client.create_experiment(name, artifact_location=(folder(lake) / name).as_uri())
