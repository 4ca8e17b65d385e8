"""When things happen: a period of time whose hours are busy or quiet.

A period is cut into slices of equal work, so that every chunk of a file holds the same number of
rows and all of them together follow the seasons, the week and the hours of the day.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from lakehouse.generate.seeds import Floats, Int64s, cumulative

HOUR = 3600
DAY = 24 * HOUR


@dataclass(frozen=True)
class Calendar:
    """Fields of the hours of a period, one value per hour: what a weight may depend on."""

    year: NDArray[np.int64]
    month: NDArray[np.int64]
    day: NDArray[np.int64]
    weekday: NDArray[np.int64]
    hour: NDArray[np.int64]


@dataclass(frozen=True)
class Timeline:
    """A period [start, end), in seconds since 1970, and how its work spreads over its hours."""

    start: int
    end: int
    work: float
    edges: Floats
    shares: Floats

    def at(self, share: Floats) -> Int64s:
        """Return the second by which each share (0 to 1) of the period's work is done."""
        moments = np.floor(np.interp(share, self.shares, self.edges)).astype(np.int64)
        return np.clip(moments, self.start, self.end - 1)

    def slice_bounds(self, index: int, count: int) -> tuple[int, int]:
        """Return the first second of slice `index` of `count` and the second after its last."""
        cuts = np.floor(np.interp([index / count, (index + 1) / count], self.shares, self.edges))
        first = self.start if index == 0 else int(cuts[0])
        last = self.end if index == count - 1 else int(cuts[1])
        return first, max(last, first + 1)


def seconds(text: str) -> int:
    """Return an ISO date or time (UTC) as seconds since 1970."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def month(time: Int64s) -> Int64s:
    """Return the month of the year of each second since 1970, from 0 for January."""
    return time.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64) % 12


def timeline(start: str, end: str, weight: Callable[[Calendar], Floats]) -> Timeline:
    """Return the period [start, end), ISO times in UTC, with the weight of each of its hours."""
    first, last = seconds(start), seconds(end)
    hours = np.arange(first // HOUR, -(-last // HOUR), dtype=np.int64)
    edges = np.clip(np.append(hours, hours[-1] + 1) * HOUR, first, last).astype(np.float64)
    work = np.maximum(weight(_calendar(hours)), 1e-9) * np.diff(edges) / HOUR
    shares = np.concatenate([[0.0], cumulative(work)])
    return Timeline(first, last, float(work.sum()), edges, shares)


def _calendar(hours: Int64s) -> Calendar:
    days = (hours // 24).astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    month_number = months.astype(np.int64)
    return Calendar(
        year=1970 + month_number // 12,
        month=month_number % 12 + 1,
        day=(days - months.astype("datetime64[D]")).astype(np.int64) + 1,
        weekday=(hours // 24 + 3) % 7,
        hour=hours % 24,
    )
