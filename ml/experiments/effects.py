"""What variants differ by, how sure that is, and whether their sizes can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from lakehouse.errors import LakehouseError
from ml.experiments.boundaries import Floats

# Pearson's statistic follows chi-square well enough from here on (Cochran 1954).
MIN_EXPECTED_COUNT = 5


@dataclass(frozen=True)
class Moments:
    """Of groups of units; all three have one shape.

    Attributes:
        count: units of each group.
        mean: of their outcomes.
        variance: of their outcomes, unbiased.
    """

    count: Floats
    mean: Floats
    variance: Floats

    def __getitem__(self, groups: int | slice) -> Moments:
        """Those of one group, or of some."""
        return Moments(
            np.asarray(self.count[groups]),
            np.asarray(self.mean[groups]),
            np.asarray(self.variance[groups]),
        )


def moments(values: Floats, groups: NDArray[np.int64], group_count: int) -> Moments:
    """The moments of each group.

    Args:
        values: (units,).
        groups: (units,), the group of each, from 0.
        group_count: how many there are.

    Returns:
        Of shape (groups,).

    Raises:
        LakehouseError: a group has fewer than two units, which have no variance.
    """
    count = np.bincount(groups, minlength=group_count).astype(np.float64)
    if count.min() < 2:
        raise LakehouseError(
            f"Variants cannot be compared with {count.min():.0f} units in one of them; "
            "each needs two or more."
        )
    mean = np.bincount(groups, values, group_count) / count
    variance = np.bincount(groups, (values - mean[groups]) ** 2, group_count) / (count - 1)
    return Moments(count, mean, variance)


@dataclass(frozen=True)
class Comparison:
    """Treatments against a control; all have one shape.

    Attributes:
        difference: of means.
        standard_error: of the difference, without an assumption of equal variances (Welch 1947).
        lift: the difference over the control's mean; not a number where that is not above 0.
        lift_standard_error: by the delta method.
    """

    difference: Floats
    standard_error: Floats
    lift: Floats
    lift_standard_error: Floats

    @property
    def z(self) -> Floats:
        """The difference in standard errors; without any variance 0, or infinite."""
        certain = np.where(self.difference == 0, 0.0, np.copysign(np.inf, self.difference))
        return np.divide(
            self.difference, self.standard_error, out=certain, where=self.standard_error > 0
        )


def compare(control: Moments, treatment: Moments) -> Comparison:
    """The effect of treatments: of shapes that broadcast.

    The lift m_t / m_c - 1 has the variance v_t / m_c² + v_c m_t² / m_c⁴, v the variances of the
    means (Kohavi, Tang and Xu, Trustworthy Online Controlled Experiments, 2020, ch. 18).
    """
    control_part, treatment_part = (arm.variance / arm.count for arm in (control, treatment))
    base = np.where(control.mean > 0, control.mean, np.nan)
    return Comparison(
        np.asarray(treatment.mean - control.mean),
        np.sqrt(control_part + treatment_part),
        np.asarray(treatment.mean / base - 1),
        np.sqrt(treatment_part / base**2 + control_part * treatment.mean**2 / base**4),
    )


@dataclass(frozen=True)
class Adjusted:
    """Outcomes with what a covariate from before the experiment explains taken off.

    Attributes:
        values: (units,), with the mean that the outcomes had.
        theta: outcome per covariate.
        variance_reduction: the part of the variance that is gone, in 0 to 1; squared correlation.
    """

    values: Floats
    theta: float
    variance_reduction: float


def cuped(outcome: Floats, covariate: Floats) -> Adjusted:
    """CUPED (Deng, Xu, Kohavi and Walker, WSDM 2013): y - θ (x - mean of x), θ = cov / var.

    θ comes from all variants together: one of its own for each would shift their means apart. A
    covariate that is the same for all units changes nothing.

    Args:
        outcome: (units,).
        covariate: (units,), unaffected by the variant.
    """
    centred = covariate - covariate.mean()
    squares = float(centred @ centred)
    theta = float(centred @ outcome) / squares if squares else 0.0
    values = outcome - theta * centred
    variance = float(outcome.var())
    return Adjusted(values, theta, 1 - float(values.var()) / variance if variance else 0.0)


def sample_ratio_p(counts: Sequence[int], shares: Sequence[float]) -> float | None:
    """How likely counts so far from the assigned shares are by chance: Pearson's chi-square.

    Args:
        counts: (variants,), units that were exposed.
        shares: (variants,), summing to 1.

    Returns:
        The p-value; None while fewer than 5 units are expected in a variant.
    """
    observed = np.asarray(counts, dtype=np.float64)
    expected = observed.sum() * np.asarray(shares)
    if expected.min() < MIN_EXPECTED_COUNT:
        return None
    return float(chdtrc(len(observed) - 1, ((observed - expected) ** 2 / expected).sum()))
