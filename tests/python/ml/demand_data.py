"""Series whose demand is known: a level, a weekday, a season that all share, and noise."""

from __future__ import annotations

import datetime

import numpy as np

from ml.demand.series import Series
from ml.metrics import Floats

FIRST = datetime.date(2022, 1, 3)
DAYS = 3 * 364
WEEKDAYS = np.array([1.2, 1.0, 0.9, 1.0, 1.3, 1.6, 0.0])


def expected_units(series_count: int, season: float) -> Floats:
    """(series, days): levels from 5 up by weekday, by a season of a year of this strength."""
    days = np.arange(DAYS)
    year = 1 + season * np.sin(2 * np.pi * days / 364)
    level = np.linspace(5, 40, series_count)[:, None]
    expected: Floats = level * WEEKDAYS[days % 7] * year
    return expected


def sold(series_count: int, season: float, seed: int = 1, level: str = "product") -> Series:
    """Poisson units around what is expected."""
    units = np.random.default_rng(seed).poisson(expected_units(series_count, season))
    items = tuple(f"p{number:02}" for number in range(series_count))
    return Series(level, items, units.astype(float), FIRST)


def whole(series: Series) -> Series:
    """The shop of these series."""
    return Series("shop", ("all",), series.units.sum(axis=0, keepdims=True), FIRST)
