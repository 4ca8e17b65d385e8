"""Predictions are held to what came, beside naive ones, without knowing it."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pytest

from lakehouse.errors import LakehouseError
from ml.lifetime.calibration import Backtest, backtest, calibrate
from ml.lifetime.history import purchase_days
from tests.python.ml.lifetime_data import CALIBRATION_END, HOLDOUT_END, cdnow_days, cdnow_rows


@cache
def _cdnow() -> Backtest:
    return backtest(cdnow_days(), CALIBRATION_END, HOLDOUT_END)


def test_errors_and_totals_are_those_of_the_customers() -> None:
    found = calibrate(np.array([1.0, 4.0, 2.0, 3.0]), np.array([1.0, 1.0, 4.0, 3.0]))
    assert found.mae == 5 / 4
    assert found.rmse == pytest.approx(np.sqrt(13 / 4))
    assert (found.predicted_total, found.actual_total, found.bias) == (10, 9, 1)


def test_deciles_go_from_low_to_high_and_hold_everybody() -> None:
    predicted = np.random.default_rng(1).permutation(np.arange(20.0))
    deciles = calibrate(predicted, 2 * predicted).deciles
    assert deciles["decile"].tolist() == list(range(1, 11))
    assert deciles["customer_count"].tolist() == [2] * 10
    assert deciles["predicted_mean"].tolist() == [2 * tenth + 0.5 for tenth in range(10)]
    assert (deciles["actual_mean"] == 2 * deciles["predicted_mean"]).all()


def test_equal_predictions_are_in_the_lowest_of_their_deciles() -> None:
    deciles = calibrate(np.array([0.0] * 15 + [1.0] * 5), np.arange(20.0)).deciles
    assert deciles["decile"].tolist() == [1, 8]
    assert deciles["customer_count"].tolist() == [15, 5]
    assert deciles["actual_mean"].tolist() == [7, 17]


def test_nobody_is_refused() -> None:
    with pytest.raises(LakehouseError, match="no customers"):
        calibrate(np.array([]), np.array([]))


def test_cdnow_is_predicted_as_published() -> None:
    # Fader, Hardie & Lee (2005), section 7: the correlation with the purchases that came, and the
    # 1,411 customers without a repeat purchase, who made 334 and were expected to make 0.23 each.
    found = _cdnow()
    actual, expected = found.purchases.actual, found.purchases.predicted["model"]
    assert np.corrcoef(actual, expected)[0, 1] == pytest.approx(0.626, abs=0.0005)
    once = found.history.frequency == 0
    assert (once.sum(), actual[once].sum()) == (1411, 334)
    assert expected[once].mean() == pytest.approx(0.23, abs=0.005)


def test_cdnow_is_predicted_better_than_by_the_naive() -> None:
    for comparison in (_cdnow().purchases, _cdnow().value):
        model = comparison.calibrations["model"]
        for naive in ("last_period", "mean"):
            assert model.mae < comparison.calibrations[naive].mae
            assert model.rmse < comparison.calibrations[naive].rmse
            assert abs(model.bias) < abs(comparison.calibrations[naive].bias)
        assert model.actual_total == comparison.actual.sum()
    deciles = _cdnow().purchases.calibrations["model"].deciles
    assert deciles["predicted_mean"].iloc[-1] == pytest.approx(
        deciles["actual_mean"].iloc[-1], rel=0.05
    )


def test_the_naive_predictions_are_as_stated() -> None:
    found, rows = _cdnow(), cdnow_rows()
    # The 273 days up to the end, which are all that there are: each customer's days with an order.
    before = rows[rows["order_date"] <= "1997-09-30"]
    days = before.groupby("customer_id")["order_date"].nunique()
    assert np.array_equal(found.purchases.predicted["last_period"], days.to_numpy())
    spent = before.groupby("customer_id")["amount"].sum()
    assert found.value.predicted["last_period"] == pytest.approx(spent.to_numpy())
    history = found.history
    repeats = history.frequency.sum() / history.age.sum() * 39
    assert found.purchases.predicted["mean"] == pytest.approx(np.full(2357, repeats))
    worth = (history.frequency * history.mean_value).sum() / history.age.sum() * 39
    assert found.value.predicted["mean"] == pytest.approx(np.full(2357, worth))


def test_the_last_period_is_as_long_as_the_next() -> None:
    found = backtest(cdnow_days(), CALIBRATION_END, date(1997, 10, 10))
    rows = cdnow_rows()
    recent = rows[rows["order_date"].between("1997-09-21", "1997-09-30")]
    days = recent.drop_duplicates(["customer_id", "order_date"])
    assert found.purchases.predicted["last_period"].sum() == len(days)


def test_predictions_do_not_know_what_came() -> None:
    rows = cdnow_rows()
    future = rows["order_date"] > "1997-09-30"
    # Another future: half of the orders, ten times their value, and customers not seen before.
    changed = rows[future].iloc[::2].assign(amount=lambda frame: 10 * frame["amount"])
    unseen = changed.head(50).assign(customer_id="unseen")
    other = backtest(
        purchase_days(pd.concat([rows[~future], changed, unseen])), CALIBRATION_END, HOLDOUT_END
    )
    for mine, theirs in ((_cdnow().purchases, other.purchases), (_cdnow().value, other.value)):
        assert not np.array_equal(mine.actual, theirs.actual)
        for name, values in mine.predicted.items():
            assert np.array_equal(values, theirs.predicted[name]), name


def test_a_holdout_without_time_is_refused() -> None:
    with pytest.raises(LakehouseError, match="ends on 1997-09-30, which is not after 1997-09-30"):
        backtest(cdnow_days(), CALIBRATION_END, CALIBRATION_END)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([("a", "1997-01-01", 5.0)], "0 of 1 customers"),
        ([(f"c{n}", "1997-01-01", 5.0) for n in range(50)], "0 of 50 customers"),
        ([("a", "1998-01-01", 5.0)], "Nobody bought up to 1997-09-30"),
    ],
)
def test_a_shop_without_repeats_has_a_clear_answer(
    rows: list[tuple[str, str, float]], sentence: str
) -> None:
    days = purchase_days(pd.DataFrame(rows, columns=["customer_id", "order_date", "amount"]))
    with pytest.raises(LakehouseError, match=sentence):
        backtest(days, CALIBRATION_END, HOLDOUT_END)
