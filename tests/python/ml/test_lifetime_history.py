"""Histories: published ones are met, and what is a purchase is as stated."""

from __future__ import annotations

import datetime
from dataclasses import fields
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pytest

from lakehouse.errors import LakehouseError
from ml.lifetime.history import History, Period, purchases, summarise
from tests.python.ml.lifetime_data import (
    CALIBRATION_END,
    HOLDOUT_END,
    activity_within,
    cdnow_days,
    cdnow_history,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

END = datetime.date(2024, 3, 31)
Row = tuple[str, str | None, float, float]


def _days(spark: SparkSession, *rows: Row) -> DataFrame:
    """Customer, day, gross and returned amount."""
    typed = [
        (
            key,
            day and datetime.date.fromisoformat(day),
            Decimal(f"{gross - returned:.2f}"),
            Decimal(f"{returned:.2f}"),
        )
        for key, day, gross, returned in rows
    ]
    schema = (
        "customer_key string, order_date date, net_amount decimal(18,2), "
        "returned_amount decimal(18,2)"
    )
    return spark.createDataFrame(typed, schema)


def test_cdnow_has_the_published_histories() -> None:
    history = cdnow_history()
    # Fader, Hardie & Lee (2005), section 7: 2,357 customers, 1,411 of them without a repeat.
    assert len(history.customer_keys) == 2357
    assert (history.frequency == 0).sum() == 1411
    # The first rows with repeats of the summary that the authors publish with the data.
    published = {
        "0001": (2, 30.43, 38.86, 22.35),
        "0002": (1, 1.71, 38.86, 11.77),
        "0006": (7, 29.43, 38.86, 73.74),
        "0007": (1, 5.00, 38.86, 11.77),
        "0009": (2, 35.71, 38.86, 25.55),
    }
    for customer_key, numbers in published.items():
        [at] = np.flatnonzero(history.customer_keys == customer_key)
        mine = [history.frequency, history.recency, history.age, history.mean_value]
        assert [values[at] for values in mine] == pytest.approx(numbers, abs=0.0051), customer_key


def test_spark_brings_purchases_down_to_the_same_histories(spark: SparkSession) -> None:
    rows: list[Row] = [
        (str(row["customer_key"]), f"{row['order_date']:%Y-%m-%d}", float(row["net_amount"]), 0.0)
        for row in cdnow_days().to_dict("records")
    ]
    bought = purchases(_days(spark, *rows)).repartition(5)
    holdout = Period(CALIBRATION_END, HOLDOUT_END)
    before = Period(CALIBRATION_END - datetime.timedelta(days=30), CALIBRATION_END)
    found, activities = summarise(bought, CALIBRATION_END, [holdout, before])
    expected = cdnow_history()
    for field in fields(History):
        mine, theirs = getattr(found, field.name), getattr(expected, field.name)
        if field.name == "mean_value":
            assert np.allclose(mine, theirs)
        else:
            assert np.array_equal(mine, theirs), field.name
    for activity, period in zip(activities, (holdout, before), strict=True):
        came = activity_within(cdnow_days(), expected, period.after, period.until)
        assert np.array_equal(activity.purchases, came.purchases)
        assert np.allclose(activity.value, came.value)
    # What came later changes nothing of what was known.
    known, _ = summarise(bought.where(bought["order_date"] <= CALIBRATION_END), CALIBRATION_END)
    assert np.array_equal(known.mean_value, found.mean_value)
    assert np.array_equal(known.frequency, found.frequency)


def test_a_day_is_a_purchase_unless_as_much_was_given_back(spark: SparkSession) -> None:
    bought = purchases(
        _days(
            spark,
            ("less", "2024-01-01", 20, 5),
            ("as much", "2024-01-01", 20, 20),
            ("more", "2024-01-01", 20, 30),
            ("free", "2024-01-01", 0, 0),
            ("undated", None, 20, 0),
        )
    )
    assert {row["customer_key"]: row["net_amount"] for row in bought.collect()} == {
        "less": 15,
        "free": 0,
    }


def test_the_first_purchase_is_no_repeat_and_its_value_is_not_in_the_mean(
    spark: SparkSession,
) -> None:
    bought = purchases(
        _days(
            spark,
            ("a", "2024-02-05", 20, 0),
            ("a", "2024-01-01", 90, 0),
            ("a", "2024-01-15", 10, 0),
            ("later", "2024-04-01", 10, 0),
        )
    )
    history, [last] = summarise(bought, END, [Period(datetime.date(2024, 1, 15), END)])
    assert history.customer_keys.tolist() == ["a"]
    assert history.frequency.tolist() == [2]
    assert history.recency.tolist() == [5]
    assert history.age.tolist() == [pytest.approx(90 / 7)]
    assert history.mean_value.tolist() == [15]
    # After the first day, up to the last.
    assert (last.purchases.tolist(), last.value.tolist()) == ([1], [20])


def test_without_a_purchase_there_is_no_history(spark: SparkSession) -> None:
    with pytest.raises(LakehouseError, match="Nobody bought up to 2024-03-31"):
        summarise(purchases(_days(spark, ("a", "2024-04-01", 1, 0))), END)
