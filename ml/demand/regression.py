"""A moving average, put right by what all series of a level have in common.

The units of a week to come, over those of the moving average, are regressed on how shorter and
longer averages stand to it, and on what happened from here on a year before: a Poisson regression
by pseudo-maximum likelihood, which gives expected units whatever their spread is (Gourieroux,
Monfort & Trognon, Pseudo Maximum Likelihood Methods: Applications to Poisson Models, Econometrica
52(3), 1984). All coefficients are drawn to zero by a ridge, that is, the forecast to the moving
average. One set of coefficients for all series: each by itself is too short and too noisy (Montero-
Manso & Hyndman, Principles and Algorithms for Forecasting Groups of Time Series, International
Journal of Forecasting 37(4), 2021).
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ml.demand.baselines import last_weeks
from ml.demand.series import DAYS_IN_WEEK, weekly
from ml.metrics import Floats

# 52 weeks: the same weekday of the year before.
DAYS_IN_YEAR = 364
# Weeks of the averages that are held against the base.
_WINDOWS = (1, 2, 4, 8, 13, 26, 52)
# What a year before is smoothed over: a week of itself is mostly noise.
_SMOOTHED_DAYS = 28
# How much of the level is added above and below a ratio, so that no sale is not minus infinity.
_DAMPING = 0.2
_REVIVAL = 0.05
# A single order of thousands of pieces says nothing of other weeks: larger ratios count as this.
_MAX_RATIO = 4.0
# A forecast is a hundredth of the average at least, and tenfold at most.
_BOUNDS = (-4.6, 2.3)
# Training looks back from every other week; each look shares six of its eight weeks with the next.
_STEP_DAYS = 14
_MIN_HISTORY_DAYS = 182
# Shares of weekdays rest on so many weeks, and on the level's as if on so many days of sale more.
_WEEKDAY_WEEKS = 26
_POOLED_SALE_DAYS = 20
_NEWTON_STEPS = 50
_TOLERANCE = 1e-8


@dataclass(frozen=True)
class Regression:
    """Fitted to one level of one shop.

    Attributes:
        base_weeks: of the moving average that it corrects.
        ridge: what it was drawn to it by, per row of training.
        centres: of the terms.
        spreads: of the terms.
        coefficients: of a constant, and of the terms in units of their spread; empty where there
            was nothing to learn from.
    """

    base_weeks: int
    ridge: float
    centres: Sequence[float]
    spreads: Sequence[float]
    coefficients: Sequence[float]

    def forecast(self, units: Floats, week_count: int) -> Floats:
        """The days after the last: see `Forecaster`."""
        terms, base = _terms(units, self.base_weeks, week_count)
        weeks = np.repeat(base[:, None], week_count, axis=1)
        if self.coefficients:
            design = _design(terms, np.array(self.centres), np.array(self.spreads))
            weeks *= np.exp(np.clip(design @ np.array(self.coefficients), *_BOUNDS))
        shares = _weekday_shares(units)
        days: Floats = (weeks[:, :, None] * shares[:, None, :]).reshape(len(units), -1)
        return days


@dataclass(frozen=True)
class Examples:
    """Looks back at a level, each with what came after; ascending in time.

    Attributes:
        base_weeks: of the moving average to correct.
        ends: how many days each look and its targets take.
        terms: of each look, (rows, terms).
        ratios: of each look, (rows,) the units of a week over those of the moving average.
    """

    base_weeks: int
    ends: Sequence[int]
    terms: Sequence[Floats]
    ratios: Sequence[Floats]


def look_back(units: Floats, base_weeks: int, week_count: int, min_sale_days: int) -> Examples:
    """Examples from all days of a level; a look knows nothing of the days after it.

    Args:
        units: (series, days).
        base_weeks: of the moving average to correct.
        week_count: how far to look ahead.
        min_sale_days: a series with fewer days of sale before a look is no example.
    """
    ahead = week_count * DAYS_IN_WEEK
    origins = range(_MIN_HISTORY_DAYS, units.shape[1] - ahead + 1, _STEP_DAYS)
    looks, ratios = [], []
    for origin in origins:
        terms, base = _terms(units[:, :origin], base_weeks, week_count)
        enough = (units[:, :origin] > 0).sum(axis=1) >= min_sale_days
        weeks = weekly(units[:, origin : origin + ahead]) / base[:, None]
        looks.append(terms[enough].reshape(-1, terms.shape[-1]))
        ratios.append(np.minimum(weeks[enough].ravel(), _MAX_RATIO))
    return Examples(base_weeks, [origin + ahead for origin in origins], looks, ratios)


def fit_regression(examples: Examples, day_count: int, ridge: float) -> Regression:
    """Fits to the examples that end within the first days; none of them is no correction.

    Args:
        examples: of a level.
        day_count: that are known.
        ridge: of the mean log-likelihood.
    """
    known = bisect.bisect_right(examples.ends, day_count)
    if not any(len(ratios) for ratios in examples.ratios[:known]):
        return Regression(examples.base_weeks, ridge, [], [], [])
    rows = np.concatenate(examples.terms[:known])
    centres, spreads = rows.mean(axis=0), rows.std(axis=0)
    spreads = np.where(spreads > 0, spreads, 1.0)
    design = _design(rows, centres, spreads)
    coefficients = _poisson(design, np.concatenate(examples.ratios[:known]), ridge)
    return Regression(
        examples.base_weeks, ridge, centres.tolist(), spreads.tolist(), coefficients.tolist()
    )


def _poisson(rows: Floats, targets: Floats, ridge: float) -> Floats:
    """Coefficients by Newton's method, from all zero; the penalised likelihood is concave."""
    coefficients = np.zeros(rows.shape[1])
    penalty = ridge * len(rows)
    for _ in range(_NEWTON_STEPS):
        means = np.exp(np.clip(rows @ coefficients, *_BOUNDS))
        gradient = rows.T @ (targets - means) - penalty * coefficients
        curvature = (rows * means[:, None]).T @ rows + penalty * np.eye(len(coefficients))
        step = np.linalg.solve(curvature, gradient)
        coefficients += step
        if np.abs(step).max() < _TOLERANCE:
            break
    return coefficients


def _design(terms: Floats, centres: Floats, spreads: Floats) -> Floats:
    """The terms in units of their spread, with a constant before them."""
    scaled = (terms - centres) / spreads
    return np.concatenate([np.ones((*scaled.shape[:-1], 1)), scaled], axis=-1)


def _terms(units: Floats, base_weeks: int, week_count: int) -> tuple[Floats, Floats]:
    """(series, weeks, terms) of what is known, and (series,) units a week that they correct."""
    overall = units.mean(axis=1) * DAYS_IN_WEEK
    # What was not sold of late may be again: a little of all days keeps it from zero.
    base = _average(units, base_weeks) + _REVIVAL * overall + 1e-6
    damped = _DAMPING * base
    averages = [
        np.log((_average(units, weeks) + damped) / (base + damped))
        for weeks in _WINDOWS
        if weeks != base_weeks
    ]
    # Each series counts by its own size, so that the largest is not the level.
    sizes = units.mean(axis=1, keepdims=True)
    pooled = (units / np.where(sizes > 0, sizes, 1.0)).mean(axis=0, keepdims=True)
    by_week = []
    for week in range(week_count):
        own, known = _growth_a_year_before(units, base_weeks, week)
        common, _ = _growth_a_year_before(pooled, base_weeks, week)
        ahead = np.full(len(units), week / week_count)
        year = np.broadcast_to(common, len(units))
        terms = [*averages, own, year, year * ahead, ahead, np.full(len(units), float(known))]
        by_week.append(np.stack(terms, axis=-1))
    return np.stack(by_week, axis=1), base


def _growth_a_year_before(units: Floats, base_weeks: int, week: int) -> tuple[Floats, bool]:
    """(series,) log of a week to come over the base, both a year before; zero if not known."""
    origin = units.shape[1] - DAYS_IN_YEAR
    first = origin - base_weeks * DAYS_IN_WEEK
    if first < 0:
        return np.zeros(len(units)), False
    middle = origin + week * DAYS_IN_WEEK + DAYS_IN_WEEK // 2
    around = slice(max(middle - _SMOOTHED_DAYS // 2, 0), middle + _SMOOTHED_DAYS // 2)
    before = units[:, first:origin].mean(axis=1)
    then = units[:, around].mean(axis=1)
    damped = _DAMPING * units.mean(axis=1) + 1e-9
    return np.log((then + damped) / (before + damped)), True


def _average(units: Floats, weeks: int) -> Floats:
    """(series,) units a week."""
    means: Floats = last_weeks(units, weeks).mean(axis=(1, 2)) * DAYS_IN_WEEK
    return means


def _weekday_shares(units: Floats) -> Floats:
    """(series, 7): which part of a week to come falls on its first, second … day."""
    days = last_weeks(units, _WEEKDAY_WEEKS)
    own = days.mean(axis=1)
    sums = own.sum(axis=1, keepdims=True)
    own = np.divide(own, sums, out=np.zeros_like(own), where=sums > 0)
    count = (days > 0).sum(axis=(1, 2))[:, None]
    total = (own * count).sum(axis=0)
    if not total.any():
        return np.full(own.shape, 1 / DAYS_IN_WEEK)
    common: Floats = total / total.sum()
    shares: Floats = (own * count + common * _POOLED_SALE_DAYS) / (count + _POOLED_SALE_DAYS)
    return shares
