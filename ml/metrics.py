"""Metrics of weighted units, so that a bootstrap can ask for thousands of resamples at once.

A unit is what was drawn: a customer, an order, a product's series. A resample is a row of weights,
how often each unit was drawn; every metric gives one score per row. Weights of one give the score
of the sample itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Weights = NDArray[np.float64]


class Metric(Protocol):
    """A score of a sample of units."""

    @property
    def unit_count(self) -> int:
        """How many units there are."""
        ...

    def scores(self, weights: Weights) -> Floats:
        """The score of each resample.

        Args:
            weights: (resamples, units), how often each unit counts.

        Returns:
            (resamples,); not a number where a resample has no score, such as one of a single class.
        """
        ...


@dataclass(frozen=True)
class Mean:
    """The mean of a value per unit: an error, a recall, a hit.

    Attributes:
        values: (units,).
    """

    values: Floats

    @property
    def unit_count(self) -> int:
        """How many units there are."""
        return len(self.values)

    def scores(self, weights: Weights) -> Floats:
        """The weighted mean of each resample."""
        return _divided(weights @ self.values, weights.sum(axis=1))


@dataclass(frozen=True)
class RootMean(Mean):
    """The root of the mean of a value per unit, none negative: of squared errors it is RMSE."""

    def scores(self, weights: Weights) -> Floats:
        """The root of the weighted mean of each resample."""
        return np.sqrt(super().scores(weights))


@dataclass(frozen=True)
class Ratio:
    """A sum over units divided by another: WAPE is absolute errors by actual units.

    Attributes:
        numerators: (units,).
        denominators: (units,).
    """

    numerators: Floats
    denominators: Floats

    @property
    def unit_count(self) -> int:
        """How many units there are."""
        return len(self.numerators)

    def scores(self, weights: Weights) -> Floats:
        """The ratio of each resample; not a number where the denominators sum to zero."""
        below = weights @ self.denominators
        return _divided(weights @ self.numerators, below)


@dataclass(frozen=True)
class _Ranked:
    """Positives and negatives, ranked.

    Attributes:
        labels: (units,), true for positives.
        predictions: (units,), higher for what is likelier positive.
    """

    labels: NDArray[np.bool_]
    predictions: Floats

    @property
    def unit_count(self) -> int:
        """How many units there are."""
        return len(self.labels)


@dataclass(frozen=True)
class AreaUnderRoc(_Ranked):
    """The probability that a positive scores above a negative; ties count half."""

    def scores(self, weights: Weights) -> Floats:
        """The area of each resample: Mann and Whitney's U over the pairs there are."""
        positives, negatives = _by_threshold(self.labels, self.predictions, weights)
        below = np.cumsum(negatives, axis=1) - negatives
        wins = (positives * (below + negatives / 2)).sum(axis=1)
        return _divided(wins, positives.sum(axis=1) * negatives.sum(axis=1))


@dataclass(frozen=True)
class AveragePrecision(_Ranked):
    """The area under precision over recall, as a sum over thresholds without interpolation."""

    def scores(self, weights: Weights) -> Floats:
        """The average precision of each resample."""
        positives, negatives = _by_threshold(self.labels, self.predictions, weights)
        found = np.cumsum(positives[:, ::-1], axis=1)
        shown = found + np.cumsum(negatives[:, ::-1], axis=1)
        precision = np.divide(found, shown, out=np.zeros_like(found), where=shown > 0)
        return _divided((precision * positives[:, ::-1]).sum(axis=1), positives.sum(axis=1))


@dataclass(frozen=True)
class MacroF1:
    """The mean over classes of the harmonic mean of precision and recall.

    A class that a resample neither has nor predicts does not count in it.

    Attributes:
        labels: (units,), the class of each.
        predictions: (units,), the class that was predicted.
    """

    labels: NDArray[np.int64]
    predictions: NDArray[np.int64]

    @property
    def unit_count(self) -> int:
        """How many units there are."""
        return len(self.labels)

    def scores(self, weights: Weights) -> Floats:
        """The macro-averaged F1 of each resample."""
        classes = np.union1d(self.labels, self.predictions)
        true = (self.labels[:, None] == classes).astype(np.float64)
        guessed = (self.predictions[:, None] == classes).astype(np.float64)
        right = weights @ (true * guessed)
        claims = weights @ true + weights @ guessed
        f1 = np.divide(2 * right, claims, out=np.zeros_like(right), where=claims > 0)
        return _divided(f1.sum(axis=1), (claims > 0).sum(axis=1).astype(np.float64))


def _by_threshold(
    labels: NDArray[np.bool_], predictions: Floats, weights: Weights
) -> tuple[Floats, Floats]:
    """Weights of positives and of negatives at each distinct prediction, ascending."""
    values, places = np.unique(predictions, return_inverse=True)
    order = np.argsort(places, kind="stable")
    starts = np.searchsorted(places[order], np.arange(len(values)))
    sorted_weights = weights[:, order]
    is_positive = labels[order]
    positives = np.add.reduceat(sorted_weights * is_positive, starts, axis=1)
    negatives = np.add.reduceat(sorted_weights * ~is_positive, starts, axis=1)
    return positives, negatives


def _divided(above: Floats, below: Floats) -> Floats:
    return np.divide(above, below, out=np.full_like(above, np.nan), where=below != 0)
