"""What each item of a shop sold, day by day: the rows of `gold.feat_daily_demand` as series."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lakehouse.errors import LakehouseError
from ml.metrics import Floats

if TYPE_CHECKING:
    from ml.features import Features

DAYS_IN_WEEK = 7
TABLE = "feat_daily_demand"


@dataclass(frozen=True)
class Series:
    """The items of one level; all series have the same days, without gaps.

    Attributes:
        level: shop, category, country or product.
        items: one a series, sorted.
        units: (series, days), sold on each day.
        first_day: of all series.
    """

    level: str
    items: tuple[str, ...]
    units: Floats
    first_day: datetime.date

    @property
    def day_count(self) -> int:
        """How many days there are."""
        return int(self.units.shape[1])

    def day(self, place: int) -> datetime.date:
        """The day at a place; those after the last one are yet to come."""
        return self.first_day + datetime.timedelta(days=place)


def read_series(features: Features) -> list[Series]:
    """The series of a shop, a group a level, sorted by it.

    Raises:
        LakehouseError: no sale of the shop has a date.
    """
    from pyspark.sql import functions as f

    rows = (
        features.table(TABLE)
        .groupBy("level", "item")
        .agg(
            f.min("demand_date").alias("first_day"),
            f.array_sort(f.collect_list(f.struct("demand_date", "unit_count"))).alias("days"),
        )
        .select("level", "item", "first_day", f.col("days.unit_count").alias("units"))
        .orderBy("level", "item")
        .collect()
    )
    if not rows:
        raise LakehouseError(
            f"No sale of {features.shop_id} has a date: there is no demand to forecast."
        )
    return [
        Series(
            level=level,
            items=tuple(row["item"] for row in rows if row["level"] == level),
            units=np.array([row["units"] for row in rows if row["level"] == level], dtype=float),
            first_day=rows[0]["first_day"],
        )
        for level in dict.fromkeys(row["level"] for row in rows)
    ]


def weekly(daily: Floats) -> Floats:
    """Sums of seven days each, from the last day backwards; what is left of the first week goes.

    Args:
        daily: (…, days).

    Returns:
        (…, weeks).
    """
    whole = daily.shape[-1] // DAYS_IN_WEEK
    days = daily[..., daily.shape[-1] - whole * DAYS_IN_WEEK :]
    weeks: Floats = days.reshape(*daily.shape[:-1], whole, DAYS_IN_WEEK).sum(axis=-1)
    return weeks
