"""The published CDNOW customers, and made-up ones whose parameters are known."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from ml.lifetime.bg_nbd import BgNbd
from ml.lifetime.history import FloatArray, History, PurchaseDays, purchase_days, summarise

# The first 39 weeks, and the 39 after them (Fader, Hardie & Lee 2005, section 7).
CALIBRATION_END = date(1997, 9, 30)
HOLDOUT_END = date(1998, 6, 30)


@cache
def cdnow_rows() -> pd.DataFrame:
    path = Path(__file__).parent / "data" / "cdnow_sample.csv"
    return pd.read_csv(path, dtype={"customer_id": "str"}, parse_dates=["order_date"])


@cache
def cdnow_days() -> PurchaseDays:
    return purchase_days(cdnow_rows())


@cache
def cdnow_history() -> History:
    return summarise(cdnow_days(), CALIBRATION_END)


def history_of(
    frequency: FloatArray | list[float],
    recency: FloatArray | list[float] | float = 1.0,
    age: FloatArray | list[float] | float = 2.0,
    mean_value: FloatArray | list[float] | float = 10.0,
) -> History:
    """Of customers by their numbers alone; a single one is that of all."""
    count = len(frequency)
    recencies, ages, values = (
        np.broadcast_to(np.asarray(numbers, dtype="float64"), count).copy()
        for numbers in (recency, age, mean_value)
    )
    return History(
        customer_ids=np.arange(count),
        frequency=np.asarray(frequency, dtype="float64"),
        recency=recencies,
        age=ages,
        mean_value=values,
        end=date(2024, 6, 30),
        unit="weeks",
    )


def simulated(
    model: BgNbd, age: FloatArray, time: float, seed: int
) -> tuple[History, FloatArray, FloatArray]:
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
