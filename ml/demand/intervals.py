"""How far off forecasts are: intervals by residual quantiles, and the error of sums of days."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ml.demand.backtest import GRAINS, Backtest, Grain
from ml.demand.series import DAYS_IN_WEEK, weekly
from ml.metrics import Floats


@dataclass(frozen=True)
class Calibration:
    """What errors were in the past, in the scale of each series, of one level.

    Attributes:
        below: by grain, for each week ahead the quantile of scaled errors at the lower end.
        above: the same at the upper end.
        to_date: for each week ahead the root mean square of the scaled error of the sum of all days
            up to its last; the scale is that of days.
    """

    below: dict[Grain, list[float]]
    above: dict[Grain, list[float]]
    to_date: list[float]

    def bounds(self, expected: Floats, scales: Floats, grain: Grain) -> tuple[Floats, Floats]:
        """The interval of each period; nobody buys less than nothing.

        Args:
            expected: (…, series, periods), units.
            scales: (…, series), of the grain.
            grain: of the periods.
        """
        places = np.arange(expected.shape[-1]) // (DAYS_IN_WEEK if grain == "day" else 1)
        lower = expected + np.array(self.below[grain])[places] * scales[..., None]
        upper = expected + np.array(self.above[grain])[places] * scales[..., None]
        return np.maximum(lower, 0.0), np.maximum(upper, 0.0)

    def error_to_date(self, scales: Floats) -> Floats:
        """(series, days): the standard error of the sum of all days up to each, in units.

        Within a week it grows evenly: which weekday comes first is another one the day after.
        """
        ends = np.arange(len(self.to_date) + 1) * DAYS_IN_WEEK
        days = np.arange(1, ends[-1] + 1)
        errors: Floats = scales[:, None] * np.interp(days, ends, [0.0, *self.to_date])
        return errors


def calibrate(past: Backtest, coverage: float) -> Calibration:
    """Quantiles of scaled errors for each week ahead, with a little added for few of them.

    Split conformal prediction with a scale for each series (Lei, G'Sell, Rinaldo, Tibshirani &
    Wasserman, Distribution-Free Predictive Inference for Regression, Journal of the American
    Statistical Association 113, 2018): exact for exchangeable errors, which those of a series that
    changes are not; so coverage is measured on later days.

    Args:
        past: with the forecaster that is to be calibrated.
        coverage: of the interval, half of the rest on either side.

    Raises:
        ValueError: no series counts.
    """
    if not past.counted.any():
        raise ValueError("no forecast to calibrate by")
    below: dict[Grain, list[float]] = {}
    above: dict[Grain, list[float]] = {}
    for grain in GRAINS:
        errors = past.scaled_errors(grain)
        weeks = errors.reshape(len(errors), -1, DAYS_IN_WEEK if grain == "day" else 1)
        below[grain] = [
            -_quantile(-weeks[:, week].ravel(), coverage) for week in range(weeks.shape[1])
        ]
        above[grain] = [
            _quantile(weeks[:, week].ravel(), coverage) for week in range(weeks.shape[1])
        ]
    sums = past.scaled_errors("day").cumsum(axis=1)
    return Calibration(
        below, above, np.sqrt((sums**2).mean(axis=0))[DAYS_IN_WEEK - 1 :: DAYS_IN_WEEK].tolist()
    )


def covered(past: Backtest, calibration: Calibration, grain: Grain) -> tuple[Floats, Floats]:
    """(series,) periods within their interval, and (series,) periods; of what counts."""
    scales = past.scales[grain]
    errors = past.errors(grain)
    expected = past.expected if grain == "day" else weekly(past.expected)
    lower, upper = calibration.bounds(expected, scales, grain)
    inside = (expected + errors >= lower - 1e-9) & (expected + errors <= upper + 1e-9)
    counts = past.counted.sum(axis=0) * float(errors.shape[2])
    return (inside.sum(axis=2) * past.counted).sum(axis=0).astype(float), counts


def _quantile(errors: Floats, coverage: float) -> float:
    """The error that a share of (1 + coverage) / 2 does not exceed, counted from n + 1 errors."""
    place = math.ceil((len(errors) + 1) * (1 + coverage) / 2)
    return float(np.sort(errors)[min(place, len(errors)) - 1])
