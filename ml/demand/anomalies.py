"""Days that sold far more or far less than was to be expected the evening before."""

from __future__ import annotations

from typing import Any

import numpy as np

from ml.demand.baselines import Forecaster
from ml.demand.series import Series
from ml.metrics import Floats

# A normal distribution has so many median absolute deviations in a standard deviation.
_NORMAL = 1.4826


def odd_days(
    series: Series, forecaster: Forecaster, day_count: int, threshold: float
) -> list[dict[str, Any]]:
    """Days whose residual is far from the series' others.

    Residuals are of logarithms, log(1 + units), since units of large days spread more. The robust z
    is the distance of a residual from their median in 1.4826 median absolute deviations, which
    the odd days themselves do not widen (Iglewicz & Hoaglin, How to Detect and Handle Outliers,
    1993).

    Args:
        series: up to today.
        forecaster: gives each day from those before it.
        day_count: how many days back, as far as there are.
        threshold: a robust z beyond which, on either side, a day is odd.

    Returns:
        Rows by the columns of `ml.sales_anomalies`. A series most of whose residuals are equal has
        none: nothing tells there what is usual.
    """
    first = max(series.day_count - day_count, 1)
    expected = np.stack(
        [
            forecaster.forecast(series.units[:, :known], 1)[:, 0]
            for known in range(first, series.day_count)
        ],
        axis=1,
    )
    actual = series.units[:, first:]
    residuals = np.log1p(actual) - np.log1p(expected)
    middle = np.median(residuals, axis=1, keepdims=True)
    spread = _NORMAL * np.median(np.abs(residuals - middle), axis=1, keepdims=True)
    scores = np.divide(residuals - middle, spread, out=np.zeros_like(residuals), where=spread > 0)
    lower = _bound(expected, middle - threshold * spread)
    upper = _bound(expected, middle + threshold * spread)
    return [
        {
            "level": series.level,
            "item": series.items[place],
            "sale_date": series.day(first + int(day)),
            "actual_units": float(actual[place, day]),
            "expected_units": float(expected[place, day]),
            "lower": float(lower[place, day]),
            "upper": float(upper[place, day]),
            "robust_z": float(scores[place, day]),
        }
        for place, day in np.argwhere(np.abs(scores) > threshold)
    ]


def _bound(expected: Floats, residual: Floats) -> Floats:
    bound: Floats = np.maximum(np.expm1(np.log1p(expected) + residual), 0.0)
    return bound
