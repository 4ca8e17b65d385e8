"""The regression finds what was planted, knows nothing later, and yields to the moving average."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest

from ml.demand.backtest import backtest
from ml.demand.baselines import MovingAverage
from ml.demand.regression import Regression, fit_regression, look_back
from tests.python.ml.demand_data import DAYS, expected_units, sold

AVERAGE = MovingAverage(8, by_weekday=True)
KNOWN = DAYS - 56


def test_a_season_that_was_there_a_year_before_is_found() -> None:
    units = sold(20, season=0.6).units
    fitted = fit_regression(look_back(units, 8, 8, 20), KNOWN, ridge=0.01)

    by_model = backtest(units, [KNOWN], 8, [fitted], 20).mase("week").mean()
    by_average = backtest(units, [KNOWN], 8, [AVERAGE], 20).mase("week").mean()
    assert by_model < 0.6 * by_average
    truth = expected_units(20, season=0.6)[:, KNOWN:].sum()
    assert fitted.forecast(units[:, :KNOWN], 8).sum() == pytest.approx(truth, rel=0.1)


def test_days_to_come_change_neither_fit_nor_forecast() -> None:
    units = sold(6, season=0.3).units
    later = units.copy()
    later[:, KNOWN:] = 999

    before, after = (fit_regression(look_back(u, 8, 8, 20), KNOWN, 0.1) for u in (units, later))
    assert before == after
    assert (
        before.forecast(units[:, :KNOWN], 8).tolist()
        == fit_regression(look_back(units[:, :KNOWN], 8, 8, 20), KNOWN, 0.1)
        .forecast(later[:, :KNOWN], 8)
        .tolist()
    )


def test_a_strong_ridge_is_the_moving_average() -> None:
    units = sold(6, season=0.6).units
    examples = look_back(units, 8, 8, 20)
    weeks = fit_regression(examples, DAYS, 1e6).forecast(units, 1).sum(axis=1)

    # But for a twentieth of what was ever sold, which keeps alive what was not sold of late.
    assert weeks == pytest.approx(AVERAGE.forecast(units, 1).sum(axis=1), rel=0.1)
    # Where nothing is known yet, nothing is put right.
    assert fit_regression(examples, 100, 0.1).coefficients == []
    nothing = fit_regression(examples, 100, 0.1)
    assert nothing.forecast(units, 1).sum(axis=1) == pytest.approx(weeks, rel=1e-4)


def test_a_closed_weekday_stays_closed_and_a_dead_item_is_no_error() -> None:
    units = sold(6, season=0.0).units
    units[0, 200:] = 0
    days = fit_regression(look_back(units, 8, 8, 20), DAYS, 0.1).forecast(units, 8)

    # The last day is a Sunday, on which nobody sells.
    assert days[:, 6::7].max() == 0
    assert np.isfinite(days).all()
    assert days[0].sum() < 0.05 * days[1].sum()


def test_what_was_kept_as_json_forecasts_the_same() -> None:
    units = sold(6, season=0.3).units
    fitted = fit_regression(look_back(units, 8, 8, 20), DAYS, 0.1)
    loaded = Regression(**json.loads(json.dumps(asdict(fitted))))

    assert loaded.forecast(units, 8).tolist() == fitted.forecast(units, 8).tolist()
