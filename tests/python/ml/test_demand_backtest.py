"""Origins roll without overlap of parts, and errors are what one works out by hand."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from lakehouse.errors import LakehouseError
from ml.demand.backtest import backtest, can_be_forecast, joined, roll, scale
from ml.demand.baselines import MovingAverage, MovingMedian, moving_averages
from ml.demand.series import weekly

FIRST = datetime.date(2024, 1, 1)
NAIVE = MovingAverage(1, by_weekday=True)


def test_no_target_of_the_validation_part_is_a_day_of_the_test_part() -> None:
    origins = roll(FIRST, 739, 56, 28, (6, 3), 91)

    assert origins.test == (627, 655, 683)
    assert origins.test[-1] + 56 == 739
    assert len(origins.validation) == 6
    assert origins.validation[-1] + 56 == origins.test[0]


def test_too_few_days_are_one_sentence() -> None:
    with pytest.raises(LakehouseError, match="From 2024-01-01 to 2024-01-01 is 1 day: too few"):
        roll(FIRST, 1, 56, 28, (6, 3), 91)
    needed = 399
    with pytest.raises(LakehouseError, match=f"{needed} are needed"):
        roll(FIRST, needed - 1, 56, 28, (6, 3), 91)
    assert roll(FIRST, needed, 56, 28, (6, 3), 91).validation[0] == 91


def test_averages_are_of_whole_weeks_up_to_the_last_day() -> None:
    units = np.array([[99.0, *range(7), *range(10, 17)]])

    assert NAIVE.forecast(units, 2).tolist() == [[*range(10, 17)] * 2]
    assert MovingAverage(2, by_weekday=True).forecast(units, 1).tolist() == [[*range(5, 12)]]
    assert MovingAverage(2, by_weekday=False).forecast(units, 1).tolist() == [[8.0] * 7]
    # Of more weeks than there are: of all.
    assert MovingAverage(9, by_weekday=False).forecast(units, 1).tolist() == [[8.0] * 7]
    assert MovingMedian(2).forecast(units, 1).tolist() == [[*range(5, 12)]]
    names = [average.name for average in moving_averages([1, 2])]
    assert names == ["seasonal naive", "weekday average of 2 weeks", "average of 2 weeks"]


def test_errors_are_scaled_by_those_of_the_naive_forecast_on_known_days() -> None:
    # Known: a week of 1, one of 3. To come: a week of 7 for the first, of 3 for the second series.
    known = np.repeat([[1.0, 3.0], [1.0, 3.0]], 7, axis=1)
    units = np.concatenate([known, np.repeat([[7.0], [3.0]], 7, axis=1)], axis=1)

    assert scale(known, "day").tolist() == [2.0, 2.0]
    assert scale(known, "week").tolist() == [14.0, 14.0]
    past = backtest(units, [14], 1, [NAIVE], min_sale_days=14)
    assert past.mase("day").tolist() == past.mase("week").tolist() == [2.0, 0.0]
    assert past.absolute_errors("day").tolist() == [28.0, 0.0]
    assert past.excess().tolist() == [-28.0, 0.0]
    assert past.units().tolist() == [49.0, 21.0]


def test_what_was_rarely_sold_does_not_count() -> None:
    units = np.tile([[1.0, 2, 3, 4, 5, 6, 8], [0.0, 0, 0, 0, 0, 0, 1]], 4)
    units[:, 7] += 1
    past = backtest(units, [14, 21], 1, [NAIVE, NAIVE], min_sale_days=4)

    assert past.counted.tolist() == [[True, False], [True, True]]
    assert past.units()[1] == 1
    rarer = backtest(units, [14, 21], 1, [NAIVE, NAIVE], min_sale_days=5)
    assert rarer.units()[1] == 0
    assert np.isnan(rarer.mase("week")[1])
    # What sells the same each week has errors, but no scale.
    assert not can_be_forecast(np.ones((1, 70)), 1).any()
    both = joined(past, past)
    assert both.counted.shape == (4, 2)
    assert both.mase("day")[0] == past.mase("day")[0]


def test_weeks_end_with_the_last_day() -> None:
    assert weekly(np.array([[9.0, *[1] * 7, *[2] * 7]])).tolist() == [[7.0, 14.0]]
