"""What a forecast has to beat: the last week again, and means of weeks before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ml.demand.series import DAYS_IN_WEEK
from ml.metrics import Floats


class Forecaster(Protocol):
    """Gives the units expected on the days to come."""

    def forecast(self, units: Floats, week_count: int) -> Floats:
        """The days after the last.

        Args:
            units: (series, days) of one level, known up to the last day.
            week_count: how far to look.

        Returns:
            (series, 7 · week_count) expected units.
        """
        ...


@dataclass(frozen=True)
class MovingAverage:
    """The mean of the last weeks, for each day to come; of one week and by weekday, seasonal naive.

    Attributes:
        weeks: to take the mean of; of all there are if there are fewer.
        by_weekday: whether Mondays are the mean of Mondays, or of all days.
    """

    weeks: int
    by_weekday: bool

    @property
    def name(self) -> str:
        """As the scores call it."""
        if self.by_weekday and self.weeks == 1:
            return "seasonal naive"
        kind = "weekday average" if self.by_weekday else "average"
        return f"{kind} of {self.weeks} weeks"

    def forecast(self, units: Floats, week_count: int) -> Floats:
        """The days after the last: see `Forecaster`."""
        days = last_weeks(units, self.weeks)
        week = days.mean(axis=1) if self.by_weekday else days.mean(axis=(1, 2))[:, None]
        return np.tile(np.broadcast_to(week, (len(units), DAYS_IN_WEEK)), week_count)


@dataclass(frozen=True)
class MovingMedian:
    """The median of the last weeks by weekday: no forecast of sums, and a reminder why.

    A median has the smallest absolute error there is and is too low wherever days without a sale
    are many; it is scored to show by how much, and never serves.

    Attributes:
        weeks: to take the median of.
    """

    weeks: int

    def forecast(self, units: Floats, week_count: int) -> Floats:
        """The days after the last: see `Forecaster`."""
        return np.tile(np.median(last_weeks(units, self.weeks), axis=1), week_count)


def moving_averages(weeks: Sequence[int]) -> list[MovingAverage]:
    """All baselines: seasonal naive, and averages of some numbers of weeks, two kinds of each."""
    averages = [MovingAverage(count, by) for by in (True, False) for count in weeks if count > 1]
    return [MovingAverage(1, by_weekday=True), *averages]


def last_weeks(units: Floats, weeks: int) -> Floats:
    """(series, weeks, 7): the last weeks, as many as there are; each ends with the last day."""
    count = min(weeks, units.shape[1] // DAYS_IN_WEEK)
    days = units[:, units.shape[1] - count * DAYS_IN_WEEK :]
    return days.reshape(len(units), count, DAYS_IN_WEEK)
