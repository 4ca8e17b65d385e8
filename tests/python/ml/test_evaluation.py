"""The table and the page of all models, from the record of trainings alone."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from rich.console import Console

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from ml import runs
from ml.evaluation import evaluated, print_runs, write_page
from ml.metrics import Mean
from ml.model import Parameters, Training
from ml.promotion import Rule
from ml.runs import Run, Serves

RULE = Rule(metric="error", baseline="nothing", margin=0.1, higher_is_better=False)


def _kept(lake: Lake, shop_id: str, day: int, error: float | None) -> None:
    training: Training[Parameters] = Training(Parameters(rule=RULE))
    reason, serves = "Too few.", Serves.NOTHING
    if error is not None:
        errors = np.full(40, error)
        training.score("model", "test", "error", Mean(errors))
        verdict = training.judge(Mean(errors), Mean(np.ones(40)))
        reason, serves = verdict.reason, Serves.MODEL if verdict.serves else Serves.BASELINE
        training.plots["errors"] = go.Figure(go.Bar(x=["a"], y=[error]))
        training.limits.append("Knows <nothing> of tomorrow.")
    run = Run(
        run_id=f"{shop_id}{day}",
        model="guess",
        shop_id=shop_id,
        trained_at=datetime.datetime(2024, 1, day, tzinfo=datetime.UTC),
        serves=serves,
        reason=reason,
        seconds=1.0,
        feature_versions={"feat_customers": 0},
        code_version="1",
        model_path=None,
        remembers_customers=False,
    )
    runs.keep(lake, run, training)


def test_the_last_training_of_each_shop_is_shown(lake: Lake, tmp_path: Path) -> None:
    _kept(lake, "one", 1, error=1.0)
    _kept(lake, "one", 2, error=0.25)
    _kept(lake, "two", 1, error=None)
    models = evaluated(lake)
    assert [(m.run["shop_id"], m.run["serves"]) for m in models] == [
        ("one", "model"),
        ("two", "nothing"),
    ]
    console = Console(width=160, record=True)
    print_runs(models, console)
    told = console.export_text()
    assert "+0.7500 (+0.7500 to +0.7500)" in told
    assert "guess two: Too few." in told

    page = tmp_path / "models.html"
    write_page(models, page)
    text = page.read_text(encoding="utf-8")
    assert 'id="chart-guess-one-errors"' in text
    assert "Knows &lt;nothing&gt; of tomorrow." in text
    assert "0.2500" in text


def test_a_score_of_a_metric_has_its_interval(lake: Lake) -> None:
    training: Training[Any] = Training(Parameters(rule=RULE))
    training.score("model", "test", "error", Mean(np.array([0.0, 1.0] * 50)))
    (score,) = training.scores
    assert score.lower is not None
    assert score.upper is not None
    assert score.lower < score.value == 0.5 < score.upper
    assert score.unit_count == 100


def test_without_a_training_it_says_what_to_run(lake: Lake) -> None:
    with pytest.raises(LakehouseError, match=r"Run: lakehouse train"):
        evaluated(lake)
