"""What a customer's purchases say up to a day: how many, how recent, since when, for how much.

The summary is that of Fader, Hardie & Lee, "Counting Your Customers the Easy Way", Marketing
Science 24(2), 2005, section 3: frequency x, recency t_x and age T. Purchases of one day are one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from lakehouse.errors import LakehouseError
from ml.metrics import Floats

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import Column, DataFrame

Unit = Literal["days", "weeks"]

DAYS_IN = {"days": 1, "weeks": 7}


@dataclass(frozen=True)
class History:
    """What BG/NBD and Gamma-Gamma know of each customer; all arrays have one value per customer.

    Attributes:
        customer_keys: in ascending order.
        frequency: x, the days with a purchase after the first such day.
        recency: t_x, the time from the first to the last purchase, in `unit`; 0 where x is 0.
        age: T, the time from the first purchase to `end`, in `unit`.
        mean_value: the mean net value of the repeat purchase days; 0 where x is 0.
        end: the last day of the calibration period.
        unit: of time.
    """

    customer_keys: NDArray[Any]
    frequency: Floats
    recency: Floats
    age: Floats
    mean_value: Floats
    end: date
    unit: Unit


@dataclass(frozen=True)
class Period:
    """Days after one and up to another."""

    after: date
    until: date

    @property
    def day_count(self) -> int:
        """How many days it has."""
        return (self.until - self.after).days


@dataclass(frozen=True)
class Activity:
    """What customers did in a period: purchase days and their net value, one per customer."""

    purchases: Floats
    value: Floats


def purchases(days: DataFrame) -> DataFrame:
    """The days on which something was bought.

    A day is a purchase unless what was given back on it is worth at least what was bought. An order
    that was free is a purchase of 0, as in the published CDNOW data. A return on a later day takes
    nothing from the purchase: values are those of sales.

    Args:
        days: rows of `gold.feat_purchase_days`.

    Returns:
        `customer_key`, `order_date` and `net_amount`.
    """
    from pyspark.sql import functions as f

    is_purchase = (f.col("net_amount") > 0) | (f.col("returned_amount") == 0)
    dated = days.where(is_purchase & f.col("order_date").isNotNull())
    return dated.select("customer_key", "order_date", "net_amount")


def summarise(
    bought: DataFrame, end: date, periods: Sequence[Period] = (), unit: Unit = "weeks"
) -> tuple[History, list[Activity]]:
    """The history of every customer who bought up to a day, that day included.

    Spark brings the purchases down to a row per customer; only that is collected.

    Args:
        bought: as `purchases` gives them.
        end: the last day that the history knows.
        periods: before the end or after it, of which the same customers' activity is asked.
        unit: of time.

    Returns:
        The history, and the activity in each period, 0 of who bought nothing.

    Raises:
        LakehouseError: nobody bought up to then.
    """
    from pyspark.sql import functions as f

    is_known = f.col("order_date") <= f.lit(end)
    measures = [
        *_measures(is_known, "known"),
        f.datediff(f.lit(end), f.min(f.when(is_known, f.col("order_date")))).alias("age"),
        f.datediff(f.lit(end), f.max(f.when(is_known, f.col("order_date")))).alias("silence"),
        f.min_by("net_amount", "order_date").cast("double").alias("first_value"),
    ]
    for number, period in enumerate(periods):
        day = f.col("order_date")
        is_within = (day > f.lit(period.after)) & (day <= f.lit(period.until))
        measures += _measures(is_within, f"period_{number}")
    rows = (
        bought.groupBy("customer_key")
        .agg(*measures)
        .where(f.col("known_count") > 0)
        .orderBy("customer_key")
        .toArrow()
    )
    if not rows.num_rows:
        raise LakehouseError(f"Nobody bought up to {end}: choose a later end of the calibration.")
    frequency, age = _floats(rows, "known_count") - 1, _floats(rows, "age")
    repeat_value = _floats(rows, "known_value") - _floats(rows, "first_value")
    history = History(
        customer_keys=rows["customer_key"].to_numpy(),
        frequency=frequency,
        recency=(age - _floats(rows, "silence")) / DAYS_IN[unit],
        age=age / DAYS_IN[unit],
        mean_value=np.where(frequency > 0, repeat_value / np.maximum(frequency, 1), 0.0),
        end=end,
        unit=unit,
    )
    activities = [
        Activity(_floats(rows, f"period_{number}_count"), _floats(rows, f"period_{number}_value"))
        for number in range(len(periods))
    ]
    return history, activities


def _measures(is_counted: Column, name: str) -> list[Column]:
    """How many purchases are counted, and what they are worth."""
    from pyspark.sql import functions as f

    value = f.sum(f.when(is_counted, f.col("net_amount")).otherwise(0))
    return [
        f.count_if(is_counted).alias(f"{name}_count"),
        value.cast("double").alias(f"{name}_value"),
    ]


def _floats(rows: pa.Table, name: str) -> Floats:
    return np.asarray(rows[name].to_numpy(), dtype=np.float64)
