"""Predictions are held to what came, beside naive ones, without knowing it."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import numpy as np
import pytest

from lakehouse.errors import LakehouseError
from ml.lifetime.calibration import deciles
from ml.lifetime.forecast import LifetimeModel, fit, like_all, like_the_last
from ml.lifetime.history import Activity
from ml.metrics import RootMean
from tests.python.ml.lifetime_data import (
    CALIBRATION_END,
    HOLDOUT_END,
    activity_within,
    cdnow_days,
    cdnow_history,
    cdnow_rows,
    history_of,
)

DAYS = (HOLDOUT_END - CALIBRATION_END).days


@cache
def _model() -> LifetimeModel:
    return fit(cdnow_history())[0]


@cache
def _came() -> Activity:
    return activity_within(cdnow_days(), cdnow_history(), CALIBRATION_END, HOLDOUT_END)


@cache
def _last() -> Activity:
    before = CALIBRATION_END - timedelta(days=DAYS)
    return activity_within(cdnow_days(), cdnow_history(), before, CALIBRATION_END)


def test_deciles_go_from_low_to_high_and_hold_everybody() -> None:
    predicted = np.random.default_rng(1).permutation(np.arange(20.0))
    found = deciles(predicted, 2 * predicted)
    assert found["decile"].tolist() == list(range(1, 11))
    assert found["customer_count"].tolist() == [2] * 10
    assert found["predicted_mean"].tolist() == [2 * tenth + 0.5 for tenth in range(10)]
    assert (found["actual_mean"] == 2 * found["predicted_mean"]).all()


def test_equal_predictions_are_in_the_lowest_of_their_deciles() -> None:
    found = deciles(np.array([0.0] * 15 + [1.0] * 5), np.arange(20.0))
    assert found["decile"].tolist() == [1, 8]
    assert found["customer_count"].tolist() == [15, 5]
    assert found["actual_mean"].tolist() == [7, 17]


def test_cdnow_is_predicted_as_published() -> None:
    # Fader, Hardie & Lee (2005), section 7: the correlation with the purchases that came, and the
    # 1,411 customers without a repeat purchase, who made 334 and were expected to make 0.23 each.
    actual, expected = _came().purchases, _model().forecast(cdnow_history(), DAYS).purchases
    assert np.corrcoef(actual, expected)[0, 1] == pytest.approx(0.626, abs=0.0005)
    once = cdnow_history().frequency == 0
    assert (once.sum(), actual[once].sum()) == (1411, 334)
    assert expected[once].mean() == pytest.approx(0.23, abs=0.005)


def test_cdnow_is_predicted_better_than_by_the_naive() -> None:
    model = _model().forecast(cdnow_history(), DAYS)
    naive = [like_the_last(_last(), DAYS, DAYS), like_all(cdnow_history(), DAYS)]
    for kind in ("purchases", "value"):
        actual = getattr(_came(), kind)
        mine = _rmse(getattr(model, kind), actual)
        assert all(mine < _rmse(getattr(other, kind), actual) for other in naive)
        tenths = deciles(getattr(model, kind), actual)
        assert tenths["actual_mean"].iloc[-1] == pytest.approx(
            tenths["predicted_mean"].iloc[-1], rel=0.15
        )


def test_of_another_customer_the_model_knows_nothing() -> None:
    """With targets shuffled among customers it is no better than the mean, which knows nobody."""
    shuffled = np.random.default_rng(3).permutation(_came().purchases)
    model = _model().forecast(cdnow_history(), DAYS).purchases
    mean = np.full(len(shuffled), shuffled.mean())
    assert _rmse(model, shuffled) > _rmse(mean, shuffled)


def test_the_naive_predictions_are_as_stated() -> None:
    rows, history = cdnow_rows(), cdnow_history()
    # The 273 days up to the end, which are all that there are: each customer's days with an order.
    before = rows[rows["order_date"] <= "1997-09-30"]
    days = before.groupby("customer_id")["order_date"].nunique()
    whole = like_the_last(_last(), DAYS, DAYS)
    assert np.array_equal(whole.purchases, days.to_numpy())
    spent = before.groupby("customer_id")["amount"].sum()
    assert whole.value == pytest.approx(spent.to_numpy())
    third = like_the_last(_last(), DAYS, DAYS // 3)
    assert third.purchases == pytest.approx(whole.purchases / 3)
    alike = like_all(history, DAYS)
    repeats = history.frequency.sum() / history.age.sum() * 39
    assert alike.purchases == pytest.approx(np.full(2357, repeats))
    worth = (history.frequency * history.mean_value).sum() / history.age.sum() * 39
    assert alike.value == pytest.approx(np.full(2357, worth))


def test_the_model_comes_back_from_its_state() -> None:
    loaded = LifetimeModel.of_state(_model().state())
    assert loaded == _model()


@pytest.mark.parametrize(("count", "sentence"), [(1, "0 of 1 customers"), (50, "0 of 50")])
def test_a_shop_without_repeats_has_a_clear_answer(count: int, sentence: str) -> None:
    with pytest.raises(LakehouseError, match=sentence):
        fit(history_of([0.0] * count, recency=0.0))


def _rmse(predicted: np.ndarray, actual: np.ndarray) -> float:
    metric = RootMean((predicted - actual) ** 2)
    return float(metric.scores(np.ones((1, metric.unit_count)))[0])
