"""Whether probabilities are what they say: of those with 30%, three in ten."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Bin:
    """Orders of about the same probability.

    Attributes:
        count: of orders.
        predicted: their mean probability.
        observed: the share of them that used a code.
    """

    count: int
    predicted: float
    observed: float


def reliability_bins(labels: NDArray[np.bool_], probabilities: Floats, bins: int) -> list[Bin]:
    """Bins of equal width over [0, 1], lowest first; empty ones are left out."""
    places = np.minimum((probabilities * bins).astype(np.int64), bins - 1)
    found = []
    for place in range(bins):
        inside = places == place
        if inside.any():
            found.append(
                Bin(
                    int(inside.sum()),
                    float(probabilities[inside].mean()),
                    float(labels[inside].mean()),
                )
            )
    return found


def calibration_error(bins: list[Bin]) -> float:
    """How far bins are from what they say, on average over orders.

    Naeini, Cooper & Hauskrecht, Obtaining well calibrated probabilities using Bayesian binning,
    AAAI 2015: the expected calibration error.
    """
    total = sum(one.count for one in bins)
    return sum(one.count * abs(one.predicted - one.observed) for one in bins) / total
