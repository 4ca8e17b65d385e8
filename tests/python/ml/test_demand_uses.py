"""Intervals hold as often as they say; odd days and weeks for promotions are those planted."""

from __future__ import annotations

import numpy as np
import pytest

from ml.demand.anomalies import odd_days
from ml.demand.backtest import Backtest, backtest
from ml.demand.baselines import MovingAverage
from ml.demand.intervals import calibrate, covered
from ml.demand.promotions import promotion_weeks
from ml.demand.series import Series
from tests.python.ml.demand_data import DAYS, FIRST, sold

AVERAGE = MovingAverage(8, by_weekday=True)


def past(seed: int) -> Backtest:
    origins = [700, 728, 756, 784]
    return backtest(sold(30, 0.0, seed).units, origins, 8, [AVERAGE] * len(origins), 20)


def test_intervals_hold_as_often_as_they_should_where_errors_stay_what_they_were() -> None:
    calibration = calibrate(past(1), 0.9)

    for grain in ("day", "week"):
        inside, periods = covered(past(2), calibration, grain)
        assert inside.sum() / periods.sum() == pytest.approx(0.9, abs=0.04)
    lower, upper = calibration.bounds(np.full((1, 56), 0.1), np.array([10.0]), "day")
    assert (lower == 0).all() and (upper > 0.1).all()


def test_the_error_of_a_sum_grows_with_its_days() -> None:
    calibration = calibrate(past(1), 0.9)
    scales = np.array([1.0, 2.0])
    errors = calibration.error_to_date(scales)

    assert errors.shape == (2, 56)
    assert (np.diff(errors) > 0).all()
    assert errors[1] == pytest.approx(2 * errors[0])
    sums = past(1).scaled_errors("day")[:, :14].sum(axis=1)
    assert errors[0, 13] == pytest.approx(np.sqrt((sums**2).mean()))


def test_planted_days_are_odd_and_no_others() -> None:
    series = sold(3, 0.0, level="category")
    large, closed = DAYS - 30, DAYS - 10
    series.units[1, large] *= 10
    series.units[2, closed] = 0

    rows = odd_days(series, AVERAGE, 200, threshold=6)
    assert [(r["item"], r["sale_date"], r["robust_z"] > 0) for r in rows] == [
        ("p01", series.day(large), True),
        ("p02", series.day(closed), False),
    ]
    assert rows[0]["actual_units"] > rows[0]["upper"]
    assert rows[1]["actual_units"] < rows[1]["lower"]


def test_a_day_is_expected_by_the_days_before_it() -> None:
    series = sold(1, 0.0, level="shop")
    day = DAYS - 30
    series.units[0, day] *= 50
    (before,) = [r for r in odd_days(series, AVERAGE, 200, 6) if r["sale_date"] == series.day(day)]
    series.units[0, day + 1 :] *= 3
    (after,) = [r for r in odd_days(series, AVERAGE, 200, 6) if r["sale_date"] == series.day(day)]

    assert before["expected_units"] == after["expected_units"]


def test_days_that_are_all_alike_are_not_odd() -> None:
    flat = Series("shop", ("all",), np.zeros((1, 100)), FIRST)
    flat.units[0, 90] = 5
    assert odd_days(flat, AVERAGE, 50, 3.5) == []


def test_quiet_weeks_and_peaks_are_told_by_the_mean_week() -> None:
    units = np.full((2, 364), 1.0)
    units[1] = 0
    series = Series("product", ("a", "dead"), units, FIRST)
    weeks = np.array([[7.0, 3.5, 14.0], [1.0, 1.0, 1.0]])

    rows = promotion_weeks(series, weeks, quiet=0.5, peak=2.0)
    assert [(r["item"], r["kind"], r["horizon"], r["demand_index"]) for r in rows] == [
        ("a", "quiet", 2, 0.5),
        ("a", "peak", 3, 2.0),
    ]
    assert rows[0]["week_start"] == series.day(364 + 7)
    assert rows[0]["mean_units"] == 7
