"""How good groups are: how far apart they lie, and whether other customers would give the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


def simplified_silhouettes(points: Floats, groups: Counts, centres: Floats) -> Floats:
    """How much nearer each point is to its own group's centre than to the nearest other one.

    Hruschka, de Castro & Campello, Evolutionary algorithms for clustering gene-expression data,
    ICDM 2004: Rousseeuw's silhouette with distances to centres in place of those to all points.

    Args:
        points: (points, measures).
        groups: (points,), the row of `centres` to which each point belongs.
        centres: (groups, measures), two or more.

    Returns:
        (points,), from -1, at another group's centre, to 1, at its own.
    """
    distances = distances_to(points, centres)
    is_own = groups[:, None] == np.arange(len(centres))
    own: Floats = distances[is_own]
    other = np.where(is_own, np.inf, distances).min(axis=1)
    larger = np.maximum(own, other)
    found: Floats = np.divide(other - own, larger, out=np.zeros_like(own), where=larger > 0)
    return found


def distances_to(points: Floats, centres: Floats) -> Floats:
    """Euclidean distances, (points, centres)."""
    squares: Floats = ((points[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
    return np.sqrt(squares)


def adjusted_rand(table: Counts) -> float:
    """How far two groupings of the same things agree, beyond chance: 1 if they are the same.

    Hubert & Arabie, Comparing partitions, Journal of Classification 2, 1985, equation 5.

    Args:
        table: (groups of one, groups of the other), how many things are in both.
    """
    together = _pairs(table).sum()
    rows, columns = _pairs(table.sum(axis=1)).sum(), _pairs(table.sum(axis=0)).sum()
    by_chance = rows * columns / _pairs(table.sum())
    most = (rows + columns) / 2
    return float((together - by_chance) / (most - by_chance)) if most > by_chance else 1.0


def _pairs(counts: Counts) -> Floats:
    numbers = np.asarray(counts, dtype=np.float64)
    return numbers * (numbers - 1) / 2
