"""Weeks to come that suit a promotion: those that would sell little, and those that sell much."""

from __future__ import annotations

from typing import Any

import numpy as np

from ml.demand.baselines import last_weeks
from ml.demand.series import DAYS_IN_WEEK, Series
from ml.metrics import Floats

# A year, so that the mean has every season once.
MEAN_WEEKS = 52


def promotion_weeks(
    series: Series, weeks: Floats, quiet: float, peak: float
) -> list[dict[str, Any]]:
    """Candidates: weeks well below or above what the item sells in the mean week of a year.

    Args:
        series: up to today.
        weeks: (series, weeks) expected units.
        quiet: a week of at most so much of the mean is `quiet`: there is demand to be raised.
        peak: one of at least so much is a `peak`: most customers are there to be reached.

    Returns:
        Rows by the columns of `ml.promotion_calendar`; an item that sold nothing for a year has
        none.
    """
    means = last_weeks(series.units, MEAN_WEEKS).mean(axis=(1, 2)) * DAYS_IN_WEEK
    indices = np.divide(weeks, means[:, None], out=np.ones_like(weeks), where=means[:, None] > 0)
    return [
        {
            "level": series.level,
            "item": series.items[place],
            "week_start": series.day(series.day_count + int(week) * DAYS_IN_WEEK),
            "horizon": int(week) + 1,
            "units": float(weeks[place, week]),
            "mean_units": float(means[place]),
            "demand_index": float(indices[place, week]),
            "kind": "quiet" if indices[place, week] <= quiet else "peak",
        }
        for place, week in np.argwhere((indices <= quiet) | (indices >= peak))
    ]
