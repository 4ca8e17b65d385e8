"""Whether a model serves: only what is surely better by the margin, and never for want of data."""

from __future__ import annotations

import numpy as np
import pytest

from lakehouse.errors import LakehouseError
from ml.metrics import AreaUnderRoc, Floats, Mean
from ml.promotion import Rule, interval, judge


def values(mean: float, count: int = 400, seed: int = 0) -> Floats:
    """A metric per unit."""
    return np.random.default_rng(seed).normal(mean, 1.0, count)


def test_a_model_serves_only_above_the_margin() -> None:
    baseline = values(0)
    rule = Rule("recall_at_10", "popularity", margin=0.05)

    better = judge(rule, Mean(baseline + 0.1), Mean(baseline))
    little = judge(rule, Mean(baseline + 0.04), Mean(baseline))

    assert better.serves
    assert better.lower == pytest.approx(0.1)
    assert "above the margin 0.05." in better.reason
    assert not little.serves
    assert "not above the margin 0.05, so popularity serves." in little.reason


def test_an_error_is_better_when_it_is_smaller() -> None:
    baseline = np.abs(values(3))
    rule = Rule("rmse", "mean rating", margin=0.0, higher_is_better=False)

    verdict = judge(rule, Mean(baseline * 0.9), Mean(baseline))

    assert verdict.serves
    assert verdict.gain == pytest.approx(0.1 * baseline.mean())


def test_noise_promotes_nothing_more_often_than_the_interval_allows() -> None:
    rule = Rule("recall", "popularity", margin=0.0)
    served = 0
    for seed in range(200):
        noise = values(0, 100, seed)
        served += judge(rule, Mean(noise), Mean(np.zeros(100))).serves
    # 2.5% of 200 are 5; more than 13 would come once in a thousand times.
    assert served <= 13


def test_pairing_finds_what_two_intervals_would_not() -> None:
    baseline = values(0, 200) * 10
    model = baseline + 0.1
    assert interval(Mean(model))[0] < interval(Mean(baseline))[1]
    assert judge(Rule("m", "b", margin=0.0), Mean(model), Mean(baseline)).serves


def test_the_interval_covers_as_often_as_it_says() -> None:
    covered = 0
    for seed in range(200):
        low, high = interval(Mean(values(2, 100, seed)), seed=seed)
        covered += low <= 2 <= high
    assert 176 <= covered <= 198


def test_what_says_nothing_is_one_sentence() -> None:
    few = Mean(values(0, 10))
    with pytest.raises(LakehouseError, match="10 units to test on are too few"):
        judge(Rule("m", "popularity", 0.0), few, few)
    one_class = AreaUnderRoc(np.ones(50, dtype=bool), values(0, 50))
    with pytest.raises(LakehouseError, match="have no auc_roc: all are of one kind"):
        judge(Rule("auc_roc", "base rate", 0.0), one_class, one_class)
    with pytest.raises(ValueError, match="10 units of the model, 400 of the baseline"):
        judge(Rule("m", "b", 0.0), few, Mean(values(0)))
