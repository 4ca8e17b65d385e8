"""Metrics of weighted units: the known values, and that weights mean how often a unit counts."""

from __future__ import annotations

import numpy as np
import pytest

from ml.metrics import AreaUnderRoc, AveragePrecision, MacroF1, Mean, Metric, Ratio

LABELS = np.array([False, False, True, True])
# The example of scikit-learn's documentation: area 0.75, average precision 0.83.
PREDICTIONS = np.array([0.1, 0.4, 0.35, 0.8])


def score(metric: Metric) -> float:
    """Of the sample itself."""
    return float(metric.scores(np.ones((1, metric.unit_count)))[0])


def test_known_values() -> None:
    assert score(Mean(np.array([1.0, 2.0, 6.0]))) == 3
    assert score(Ratio(np.array([1.0, 2.0]), np.array([4.0, 8.0]))) == 0.25
    assert score(AreaUnderRoc(LABELS, PREDICTIONS)) == 0.75
    assert score(AveragePrecision(LABELS, PREDICTIONS)) == pytest.approx(5 / 6)
    # scikit-learn's: labels 0 1 2 0 1 2, predicted 0 2 1 0 0 1: 0.266…
    f1 = MacroF1(np.array([0, 1, 2, 0, 1, 2]), np.array([0, 2, 1, 0, 0, 1]))
    assert score(f1) == pytest.approx(0.8 / 3)


def test_ties_count_half() -> None:
    assert score(AreaUnderRoc(LABELS, np.zeros(4))) == 0.5
    # One threshold: all are shown, half of them are positive.
    assert score(AveragePrecision(LABELS, np.zeros(4))) == 0.5


@pytest.mark.parametrize("weights", [[2.0, 1.0, 3.0, 1.0], [0.0, 1.0, 1.0, 4.0]])
def test_a_weight_is_how_often_a_unit_stands_there(weights: list[float]) -> None:
    times = np.array(weights).astype(int)
    again = [np.repeat(column, times) for column in (LABELS, PREDICTIONS)]
    codes = np.array([0, 1, 1, 2]), np.array([0, 1, 2, 2])
    pairs: list[tuple[Metric, Metric]] = [
        (Mean(PREDICTIONS), Mean(again[1])),
        (Ratio(PREDICTIONS, PREDICTIONS + 1), Ratio(again[1], again[1] + 1)),
        (AreaUnderRoc(LABELS, PREDICTIONS), AreaUnderRoc(again[0], again[1])),
        (AveragePrecision(LABELS, PREDICTIONS), AveragePrecision(again[0], again[1])),
        (MacroF1(*codes), MacroF1(*(np.repeat(column, times) for column in codes))),
    ]
    for weighted, repeated in pairs:
        assert weighted.scores(np.array([weights]))[0] == pytest.approx(score(repeated))


def test_a_resample_of_one_class_has_no_score() -> None:
    positives = np.array([[0.0, 0.0, 1.0, 1.0]])
    negatives = np.array([[1.0, 1.0, 0.0, 0.0]])
    assert np.isnan(AreaUnderRoc(LABELS, PREDICTIONS).scores(positives)[0])
    assert np.isnan(AveragePrecision(LABELS, PREDICTIONS).scores(negatives)[0])
    assert np.isnan(Ratio(np.ones(2), np.zeros(2)).scores(np.ones((1, 2)))[0])
