"""Forecasts from days of the past, held to what came after them.

The days that a forecast is made from, the origins, roll forward. Those of the validation part end,
targets and all, before the first of the test part.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lakehouse.errors import LakehouseError
from ml.demand.baselines import Forecaster
from ml.demand.series import DAYS_IN_WEEK, weekly
from ml.metrics import Floats

Grain = Literal["day", "week"]
GRAINS: tuple[Grain, ...] = ("day", "week")


@dataclass(frozen=True)
class Origins:
    """From where is forecast: how many days are known.

    Attributes:
        validation: to tune on, ascending.
        test: read once, ascending; later than every target of the validation part.
    """

    validation: tuple[int, ...]
    test: tuple[int, ...]


def roll(
    first_day: datetime.date,
    day_count: int,
    horizon_days: int,
    step_days: int,
    counts: tuple[int, int],
    min_days: int,
) -> Origins:
    """The origins of a shop, the last of which is a horizon before its last day.

    Args:
        first_day: of the shop.
        day_count: of the shop.
        horizon_days: of each forecast.
        step_days: from one origin to the next.
        counts: of the validation part, and of the test part.
        min_days: known at the first origin.

    Raises:
        LakehouseError: the shop has too few days.
    """
    last = day_count - horizon_days
    test = tuple(last - step_days * back for back in reversed(range(counts[1])))
    latest = test[0] - horizon_days
    validation = tuple(latest - step_days * back for back in reversed(range(counts[0])))
    if validation[0] < min_days:
        needed = day_count + min_days - validation[0]
        last_day = first_day + datetime.timedelta(days=day_count - 1)
        days = "is 1 day" if day_count == 1 else f"are {day_count} days"
        raise LakehouseError(
            f"From {first_day} to {last_day} {days}: too few to forecast {horizon_days} days "
            f"ahead, {counts[0]} times to tune on and {counts[1]} times to test on; {needed} are "
            "needed."
        )
    return Origins(validation, test)


@dataclass(frozen=True)
class Backtest:
    """Forecasts and what came, of the series of a level that may be forecast at each origin.

    Attributes:
        actual: (origins, series, days), units.
        expected: (origins, series, days), units.
        scales: by grain (origins, series), what errors are measured in: the mean absolute error of
            the day a week before, or of the week before, on the days known at the origin.
        counted: (origins, series), whether a series had enough days of sale by then.
    """

    actual: Floats
    expected: Floats
    scales: dict[Grain, Floats]
    counted: NDArray[np.bool_]

    def errors(self, grain: Grain) -> Floats:
        """(origins, series, periods): what came less what was expected, in units."""
        errors = self.actual - self.expected
        return errors if grain == "day" else weekly(errors)

    def scaled_errors(self, grain: Grain) -> Floats:
        """(forecasts, periods): errors over their scale, of all that count, origin by origin."""
        scaled: Floats = (self.errors(grain) / self.scales[grain][:, :, None])[self.counted]
        return scaled

    def mase(self, grain: Grain) -> Floats:
        """(series,): mean absolute scaled error; not a number where a series never counts.

        Hyndman & Koehler, Another Look at Measures of Forecast Accuracy, International Journal of
        Forecasting 22(4), 2006: the mean of its absolute scaled errors.
        """
        scaled = np.abs(self.errors(grain)).mean(axis=2) / self.scales[grain]
        counts = self.counted.sum(axis=0)
        sums = np.where(self.counted, scaled, 0.0).sum(axis=0)
        unknown = np.full(len(counts), np.nan)
        means: Floats = np.divide(sums, counts, out=unknown, where=counts > 0)
        return means

    def absolute_errors(self, grain: Grain) -> Floats:
        """(series,): absolute errors in units, summed over what counts."""
        sums: Floats = (np.abs(self.errors(grain)).sum(axis=2) * self.counted).sum(axis=0)
        return sums

    def excess(self) -> Floats:
        """(series,): units expected beyond those that came, summed over what counts."""
        sums: Floats = -(self.errors("day").sum(axis=2) * self.counted).sum(axis=0)
        return sums

    def units(self) -> Floats:
        """(series,): units that came, summed over what counts."""
        sums: Floats = (self.actual.sum(axis=2) * self.counted).sum(axis=0)
        return sums


def backtest(
    units: Floats,
    origins: Sequence[int],
    week_count: int,
    forecasters: Iterable[Forecaster],
    min_sale_days: int,
) -> Backtest:
    """Forecasts from each origin.

    Args:
        units: (series, days) of one level.
        origins: ascending.
        week_count: of each forecast.
        forecasters: one an origin, each fitted to what is known there.
        min_sale_days: a series with fewer days of sale by an origin does not count there.
    """
    days = week_count * DAYS_IN_WEEK
    known = [units[:, :origin] for origin in origins]
    scales: dict[Grain, Floats] = {
        grain: np.array([scale(k, grain) for k in known]) for grain in GRAINS
    }
    enough = np.array([can_be_forecast(k, min_sale_days) for k in known])
    pairs = zip(forecasters, known, strict=True)
    return Backtest(
        actual=np.array([units[:, origin : origin + days] for origin in origins]),
        expected=np.array([forecaster.forecast(k, week_count) for forecaster, k in pairs]),
        # What does not count is divided by one, not by zero.
        scales={grain: np.where(enough, sizes, 1.0) for grain, sizes in scales.items()},
        counted=enough,
    )


def joined(earlier: Backtest, later: Backtest) -> Backtest:
    """The forecasts of both, of the same series."""
    return Backtest(
        np.concatenate([earlier.actual, later.actual]),
        np.concatenate([earlier.expected, later.expected]),
        {g: np.concatenate([earlier.scales[g], later.scales[g]]) for g in GRAINS},
        np.concatenate([earlier.counted, later.counted]),
    )


def can_be_forecast(units: Floats, min_sale_days: int) -> NDArray[np.bool_]:
    """(series,): whether there are enough days of sale, and errors have a scale."""
    enough: NDArray[np.bool_] = (units > 0).sum(axis=1) >= min_sale_days
    for grain in GRAINS:
        enough &= scale(units, grain) > 0
    return enough


def scale(units: Floats, grain: Grain) -> Floats:
    """(series,): mean absolute error of the day a week before, or of the week before, in units."""
    lag, periods = (DAYS_IN_WEEK, units) if grain == "day" else (1, weekly(units))
    sizes: Floats = np.abs(periods[:, lag:] - periods[:, :-lag]).mean(axis=1)
    return sizes
