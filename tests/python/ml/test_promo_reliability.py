"""Reliability bins and their error are those worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from ml.promo.reliability import calibration_error, reliability_bins

LABELS = np.array([False, True, True, True, False])
PROBABILITIES = np.array([0.05, 0.15, 0.95, 1.0, 0.1])


def test_bins_are_of_equal_width_and_hold_every_order() -> None:
    found = reliability_bins(LABELS, PROBABILITIES, 10)
    assert [one.count for one in found] == [1, 2, 2]
    assert [one.predicted for one in found] == pytest.approx([0.05, 0.125, 0.975])
    assert [one.observed for one in found] == [0.0, 0.5, 1.0]


def test_the_error_is_the_gap_of_an_order() -> None:
    bins = reliability_bins(LABELS, PROBABILITIES, 10)
    assert calibration_error(bins) == pytest.approx((0.05 + 2 * 0.375 + 2 * 0.025) / 5)
