"""Histories: published ones are met, and what is a purchase is as stated."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from lakehouse.errors import LakehouseError
from ml.lifetime.history import History, activity, purchase_days, summarise
from tests.python.ml.lifetime_data import cdnow_days, cdnow_history, cdnow_rows

END = date(2024, 3, 31)


def _rows(*rows: tuple[Any, Any, Any]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["customer_id", "order_date", "amount"])


def _same(one: History, other: History) -> bool:
    return all(
        np.array_equal(getattr(one, field.name), getattr(other, field.name))
        for field in fields(History)
    )


def test_cdnow_has_the_published_histories() -> None:
    history = cdnow_history()
    # Fader, Hardie & Lee (2005), section 7: 2,357 customers, 1,411 of them without a repeat.
    assert len(history.customer_ids) == 2357
    assert (history.frequency == 0).sum() == 1411
    # The first rows with repeats of the summary that the authors publish with the data.
    published = {
        "0001": (2, 30.43, 38.86, 22.35),
        "0002": (1, 1.71, 38.86, 11.77),
        "0006": (7, 29.43, 38.86, 73.74),
        "0007": (1, 5.00, 38.86, 11.77),
        "0009": (2, 35.71, 38.86, 25.55),
    }
    for customer_id, numbers in published.items():
        [at] = np.flatnonzero(history.customer_ids == customer_id)
        mine = [history.frequency, history.recency, history.age, history.mean_value]
        assert [values[at] for values in mine] == pytest.approx(numbers, abs=0.0051), customer_id


def test_the_first_purchase_is_no_repeat_and_its_value_is_not_in_the_mean() -> None:
    days = purchase_days(
        _rows(("a", "2024-01-01", 90), ("a", "2024-01-15", 10), ("a", "2024-02-05", 20))
    )
    history = summarise(days, END)
    assert history.frequency.tolist() == [2]
    assert history.recency.tolist() == [5]
    assert history.age.tolist() == [pytest.approx(90 / 7)]
    assert history.mean_value.tolist() == [15]


def test_purchases_of_one_day_are_one() -> None:
    days = purchase_days(
        _rows(
            ("a", datetime(2024, 1, 1), 1),
            ("a", datetime(2024, 1, 8, 9), 10),
            ("a", datetime(2024, 1, 8, 23, 59), 5),
        )
    )
    history = summarise(days, END)
    assert (history.frequency.tolist(), history.mean_value.tolist()) == ([1], [15])


def test_days_and_weeks_differ_by_seven() -> None:
    weeks, days = cdnow_history(), summarise(cdnow_days(), date(1997, 9, 30), "days")
    assert np.allclose(days.recency, 7 * weeks.recency)
    assert np.allclose(days.age, 7 * weeks.age)
    assert np.array_equal(days.frequency, weeks.frequency)


@pytest.mark.parametrize(
    ("amounts", "value"),
    [
        ([20, -5], 15),
        ([20, -20], None),
        ([20, -30], None),
        ([-30], None),
        ([0], 0),
        ([0, 8], 8),
    ],
)
def test_a_day_is_a_purchase_unless_as_much_was_given_back(
    amounts: list[float], value: float | None
) -> None:
    first = ("a", "2024-01-01", 50)
    days = purchase_days(_rows(first, *(("a", "2024-02-01", amount) for amount in amounts)))
    history = summarise(days, END)
    if value is None:
        assert (history.frequency.tolist(), history.mean_value.tolist()) == ([0], [0])
        assert (days.return_day_count, days.return_amount) == (1, sum(amounts))
    else:
        assert (history.frequency.tolist(), history.mean_value.tolist()) == ([1], [value])
        assert (days.return_day_count, days.return_amount) == (0, 0)


def test_who_only_gave_back_is_no_customer() -> None:
    days = purchase_days(_rows(("a", "2024-01-01", 5), ("b", "2024-01-01", -5)))
    assert summarise(days, END).customer_ids.tolist() == ["a"]


def test_a_history_does_not_know_what_came_after_it() -> None:
    rows = cdnow_rows()
    known = rows[rows["order_date"] <= "1997-09-30"]
    assert _same(summarise(purchase_days(known), date(1997, 9, 30)), cdnow_history())


def test_the_order_of_rows_and_the_kind_of_table_say_nothing() -> None:
    rows = cdnow_rows()
    shuffled = rows.sample(frac=1.0, random_state=7)
    arrow = pa.table(
        {
            "amount": pa.array([Decimal(f"{amount:.2f}") for amount in rows["amount"]]),
            "customer_id": pa.array(rows["customer_id"]),
            "order_date": pa.array(rows["order_date"].dt.date),
        }
    )
    for table in (shuffled, arrow):
        history = summarise(purchase_days(table), date(1997, 9, 30))
        assert np.array_equal(history.customer_ids, cdnow_history().customer_ids)
        assert np.array_equal(history.recency, cdnow_history().recency)
        assert np.allclose(history.mean_value, cdnow_history().mean_value)


def test_a_time_counts_by_its_local_day() -> None:
    late = pd.Timestamp(datetime(2024, 1, 8, 23, 30), tz="America/New_York")
    days = purchase_days(_rows(("a", late, 10), ("a", late + pd.Timedelta(hours=1), 10)))
    assert days.table["day"].dt.day.tolist() == [8, 9]


def test_orders_of_nobody_are_left_out() -> None:
    days = purchase_days(_rows((None, None, 10), ("a", "2024-01-01", 5)))
    assert days.table["customer_id"].tolist() == ["a"]


def test_activity_counts_after_one_day_up_to_another() -> None:
    days = purchase_days(
        _rows(
            ("a", "2024-01-01", 1),
            ("a", "2024-01-02", 2),
            ("a", "2024-01-03", 4),
            ("a", "2024-01-04", 8),
            ("c", "2024-01-03", 16),
        )
    )
    customer_ids = np.array(["b", "a"])
    found = activity(days, customer_ids, date(2024, 1, 1), date(2024, 1, 3))
    assert found.purchases.tolist() == [0, 2]
    assert found.value.tolist() == [0, 6]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (_rows(("a", None, 1), ("b", "2024-01-01", 1)), "1 of 2 orders have no date or no amount"),
        (_rows(("a", "2024-01-01", None)), "1 of 1 orders"),
        (_rows(("a", "2024-01-01", np.inf)), "1 of 1 orders"),
        (pd.DataFrame({"customer_id": ["a"]}), "no column order_date, amount"),
        (pa.table({"order_date": ["2024-01-01"]}), "no column customer_id, amount"),
    ],
)
def test_orders_that_lack_something_are_refused(
    rows: pd.DataFrame | pa.Table, sentence: str
) -> None:
    with pytest.raises(LakehouseError, match=sentence):
        purchase_days(rows)


@pytest.mark.parametrize("rows", [_rows(), _rows(("a", "2024-04-01", 1)), _rows(("a", END, -1))])
def test_without_a_purchase_there_is_no_history(rows: pd.DataFrame) -> None:
    with pytest.raises(LakehouseError, match="Nobody bought up to 2024-03-31"):
        summarise(purchase_days(rows), END)
