"""Reliability bins and their error are those worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from ml.promo.reliability import Bin, calibration_error, reliability_bins

LABELS = np.array([False, True, True, True, False])
PROBABILITIES = np.array([0.05, 0.15, 0.95, 1.0, 0.1])


def test_bins_are_of_equal_width_and_hold_every_order() -> None:
    found = reliability_bins(LABELS, PROBABILITIES, 10)
    assert found == [
        Bin(1, 0.05, 0.0),
        Bin(2, pytest.approx(0.125), 0.5),
        Bin(2, pytest.approx(0.975), 1.0),
    ]


def test_the_error_is_the_gap_of_an_order() -> None:
    bins = reliability_bins(LABELS, PROBABILITIES, 10)
    assert calibration_error(bins) == pytest.approx((0.05 + 2 * 0.375 + 2 * 0.025) / 5)
