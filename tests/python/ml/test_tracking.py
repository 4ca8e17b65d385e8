"""What MLflow is told of a training: nothing that tells of a customer. No Spark."""

from __future__ import annotations

import datetime

import numpy as np
import plotly.graph_objects as go

from lakehouse.lake import Lake
from ml.metrics import Mean
from ml.model import Parameters, Training
from ml.promotion import Rule
from ml.recommender.model import Recommender
from ml.runs import Run, Serves
from ml.tracking import folder, keep
from tests.traces import traces


def test_the_record_has_scores_and_plots_and_no_state(lake: Lake) -> None:
    rule = Rule(metric="error", baseline="nothing", margin=0.1, higher_is_better=False)
    training: Training[Parameters] = Training(Parameters(rule=rule))
    training.state = {"known": ["thelook|90417263"]}
    training.score("model", "test", "error", Mean(np.zeros(40)))
    training.plots["errors"] = go.Figure(go.Bar(x=["a"], y=[0.25]))
    run = Run(
        run_id="r" * 32,
        model="recommender",
        shop_id="thelook",
        trained_at=datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC),
        serves=Serves.MODEL,
        reason="Better.",
        seconds=1.0,
        feature_versions={"feat_interactions": 0},
        code_version="1",
        model_path="ml/_models/recommender/thelook/r",
        remembers_customers=True,
    )

    keep(lake, Recommender(), run, training)

    assert list(folder(lake).rglob("model_card.md"))
    assert list(folder(lake).rglob("errors.html"))
    assert traces(folder(lake), ["90417263"]) == set()
