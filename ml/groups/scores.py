"""How well groups were told, and how far two readings agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from lakehouse.errors import LakehouseError
from ml.metrics import MacroF1


def f1_by_group(actual: Sequence[str], told: Sequence[str]) -> dict[str, float]:
    """F1 of each group that is or was told: harmonic mean of precision and recall, 0 to 1.

    Args:
        actual: the group of each product.
        told: the group that was told of each.

    Raises:
        LakehouseError: there is nothing to judge, or not as much of one as of the other.
    """
    _require_pairs(actual, told)
    right = Counter(group for group, other in zip(actual, told, strict=True) if group == other)
    named = Counter(actual) + Counter(told)
    return {group: 2 * right[group] / count for group, count in sorted(named.items())}


def macro_f1_metric(actual: Sequence[str], told: Sequence[str]) -> MacroF1:
    """The mean of `f1_by_group`, to be resampled: every group counts the same, however small.

    Raises:
        LakehouseError: there is nothing to judge, or not as much of one as of the other.
    """
    _require_pairs(actual, told)
    _, numbers = np.unique([*actual, *told], return_inverse=True)
    return MacroF1(labels=numbers[: len(actual)], predictions=numbers[len(actual) :])


def macro_f1(actual: Sequence[str], told: Sequence[str]) -> float:
    """The score of `macro_f1_metric`, 0 to 1."""
    return float(macro_f1_metric(actual, told).scores(np.ones((1, len(actual))))[0])


def cohens_kappa(first: Sequence[str], second: Sequence[str]) -> float:
    """Agreement of two readings beyond chance: 1 if they agree in all, 0 if as by chance.

    (observed - expected) / (1 - expected), where by chance two readings agree as often as their
    shares of each group say: Cohen (1960), A coefficient of agreement for nominal scales,
    Educational and Psychological Measurement 20(1), equation 1. 1 where both know one group only.

    Raises:
        LakehouseError: there is nothing to compare, or not as much of one as of the other.
    """
    _require_pairs(first, second)
    count = len(first)
    observed = sum(one == other for one, other in zip(first, second, strict=True)) / count
    shares = Counter(first), Counter(second)
    expected = sum(shares[0][group] * shares[1][group] for group in shares[0]) / count**2
    return 1.0 if expected == 1 else (observed - expected) / (1 - expected)


def _require_pairs(one: Sequence[str], other: Sequence[str]) -> None:
    if not one or len(one) != len(other):
        raise LakehouseError(
            f"Groups of {len(one)} and of {len(other)} products cannot be compared; "
            "both must be of the same products, and of one at least."
        )
