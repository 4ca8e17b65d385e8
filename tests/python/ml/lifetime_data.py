"""The published CDNOW customers, and made-up ones whose parameters are known."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from ml.lifetime.bg_nbd import BgNbd
from ml.lifetime.history import DAYS_IN, Activity, History, Unit
from ml.metrics import Floats

# The first 39 weeks, and the 39 after them (Fader, Hardie & Lee 2005, section 7).
CALIBRATION_END = date(1997, 9, 30)
HOLDOUT_END = date(1998, 6, 30)


@cache
def cdnow_rows() -> pd.DataFrame:
    path = Path(__file__).parent / "data" / "cdnow_sample.csv"
    return pd.read_csv(path, dtype={"customer_id": "str"}, parse_dates=["order_date"])


@cache
def cdnow_days() -> pd.DataFrame:
    """One row per customer and day: `customer_key`, `order_date`, `net_amount`."""
    rows = (
        cdnow_rows().groupby(["customer_id", "order_date"], as_index=False).agg({"amount": "sum"})
    )
    return rows.set_axis(["customer_key", "order_date", "net_amount"], axis=1)


@cache
def cdnow_history(unit: Unit = "weeks") -> History:
    return history_until(cdnow_days(), CALIBRATION_END, unit)


def history_until(days: pd.DataFrame, end: date, unit: Unit = "weeks") -> History:
    """What a history is, without Spark: of rows such as `cdnow_days` gives."""
    known = days[days["order_date"] <= pd.Timestamp(end)].sort_values("order_date")
    of = known.groupby("customer_key")
    first, last = of["order_date"].min(), of["order_date"].max()
    x = np.asarray(of.size() - 1, dtype="float64")
    repeat_value = (of["net_amount"].sum() - of["net_amount"].first()).to_numpy("float64")
    return History(
        customer_keys=first.index.to_numpy(),
        frequency=x,
        recency=(last - first).dt.days.to_numpy("float64") / DAYS_IN[unit],
        age=(pd.Timestamp(end) - first).dt.days.to_numpy("float64") / DAYS_IN[unit],
        mean_value=np.where(x > 0, repeat_value / np.maximum(x, 1), 0.0),
        end=end,
        unit=unit,
    )


def activity_within(days: pd.DataFrame, history: History, after: date, until: date) -> Activity:
    """What the customers of a history bought after one day and up to another."""
    day = days["order_date"]
    within = days[(day > pd.Timestamp(after)) & (day <= pd.Timestamp(until))]
    of = within.groupby("customer_key")["net_amount"].agg(["size", "sum"])
    found = of.reindex(pd.Index(history.customer_keys), fill_value=0)
    return Activity(found["size"].to_numpy("float64"), found["sum"].to_numpy("float64"))


def history_of(
    frequency: Floats | list[float],
    recency: Floats | list[float] | float = 1.0,
    age: Floats | list[float] | float = 2.0,
    mean_value: Floats | list[float] | float = 10.0,
) -> History:
    """Of customers by their numbers alone; a single one is that of all."""
    count = len(frequency)
    recencies, ages, values = (
        np.broadcast_to(np.asarray(numbers, dtype="float64"), count).copy()
        for numbers in (recency, age, mean_value)
    )
    return History(
        customer_keys=np.arange(count),
        frequency=np.asarray(frequency, dtype="float64"),
        recency=recencies,
        age=ages,
        mean_value=values,
        end=date(2024, 6, 30),
        unit="weeks",
    )


def simulated(model: BgNbd, age: Floats, time: float, seed: int) -> tuple[History, Floats, Floats]:
    """Customers who behave as the model says.

    Returns:
        Their histories, the purchases of each in the time after, and whether they are alive (0, 1)
        at the end of their age.
    """
    random = np.random.default_rng(seed)
    rate = random.gamma(model.r, 1 / model.alpha, len(age))
    dropout = random.beta(model.a, model.b, len(age))
    x, recency, later, now = (np.zeros(len(age)) for _ in range(4))
    buying, is_alive = np.ones(len(age), dtype=bool), np.ones(len(age), dtype=bool)
    while buying.any():
        now = now + random.exponential(1.0, len(age)) / rate
        in_history = buying & (now <= age)
        in_future = buying & (now > age) & (now <= age + time)
        x += in_history
        later += in_future
        recency = np.where(in_history, now, recency)
        stays = random.random(len(age)) >= dropout
        is_alive &= stays | ~in_history
        buying = (in_history | in_future) & stays
    return history_of(x, recency, age), later, is_alive.astype("float64")
