"""How far apart variants must be at each look, so that all looks together keep alpha.

The statistic of look k is Z_k, with unit variance; seen at the fraction t_k of the planned
information, Z_k √t_k is Brownian motion with the drift that Z has in the mean at t = 1. Its
distribution among experiments that no look has stopped follows from look to look by numerical
integration (Armitage, McPherson and Rowe 1969; Jennison and Turnbull, Group Sequential Methods,
2000, ch. 19). Alpha is spent by a function of t (Lan and DeMets, Biometrika 1983), so that looks
may come earlier, later or less often than planned. All of it takes Z for normal, as means of some
hundred units are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri, roots_legendre

from ml.experiments.declaration import Spending

Floats = NDArray[np.float64]

# P(|Z| > 8) is 1e-15: a look that may spend less than that cannot stop anything.
MAX_CRITICAL_VALUE = 8.0


def spent(spending: Spending, alpha: float, fractions: Sequence[float] | Floats) -> Floats:
    """The part of a two-sided alpha that is spent by each fraction of the information.

    Each side spends alpha / 2 by Lan and DeMets' functions: 2 - 2Φ(z / √t), z the upper alpha / 4
    quantile, stays near O'Brien and Fleming's boundary, alpha / 2 · ln(1 + (e - 1) t) near
    Pocock's.

    Args:
        spending: how early it is spent.
        alpha: the whole of it, both sides together.
        fractions: (looks,), each above 0 and at most 1.

    Returns:
        (looks,); alpha itself at 1.
    """
    t = np.asarray(fractions, dtype=np.float64)
    if spending == "pocock":
        return alpha * np.log1p((np.e - 1) * t)
    return 4 * ndtr(ndtri(alpha / 4) / np.sqrt(t))


def critical_values(
    spending: Spending, alpha: float, fractions: Sequence[float] | Floats
) -> Floats:
    """The two-sided boundary: at look k, |Z_k| at or above the k-th value ends the experiment.

    Args:
        spending: how alpha is spread over the looks.
        alpha: of all looks and both sides together.
        fractions: (looks,), rising, each above 0 and at most 1.

    Returns:
        (looks,), each at most `MAX_CRITICAL_VALUE`.

    Raises:
        ValueError: the fractions do not rise from above 0 to at most 1.
    """
    times = _checked(fractions)
    values = np.empty_like(times)
    walk = _Walk.start(times)
    for look, probability in enumerate(np.diff(spent(spending, alpha, times), prepend=0.0)):
        values[look] = walk.critical_value(times[look], probability)
        walk = walk.after(times[look], values[look])
    return values


def crossing_probabilities(
    fractions: Sequence[float] | Floats, values: Sequence[float] | Floats, drift: float = 0.0
) -> Floats:
    """How likely each look is the first to cross a two-sided boundary.

    Args:
        fractions: (looks,), rising, each above 0 and at most 1.
        values: (looks,), the boundary.
        drift: the mean of Z at the planned size: the true difference in standard errors.

    Returns:
        (looks, 2): crossed above, crossed below.

    Raises:
        ValueError: the fractions do not rise from above 0 to at most 1.
    """
    times = _checked(fractions)
    probabilities = np.empty((len(times), 2))
    walk = _Walk.start(times, drift)
    for look, (time, value) in enumerate(zip(times, values, strict=True)):
        probabilities[look] = walk.crossing(time, value)
        walk = walk.after(time, value)
    return probabilities


@dataclass(frozen=True)
class _Walk:
    """Brownian motion where no look has stopped it yet, as masses on points.

    Attributes:
        time: of the last look.
        points: (points,), where it may be then.
        masses: (points,), how likely it is there; they sum to the probability of no stop so far.
        step_sd: the standard deviation of the shortest step between looks.
    """

    time: float
    points: Floats
    masses: Floats
    drift: float
    step_sd: float

    @classmethod
    def start(cls, times: Floats, drift: float = 0.0) -> _Walk:
        step_sd = float(np.sqrt(np.diff(times, prepend=0.0).min()))
        return cls(0.0, np.zeros(1), np.ones(1), drift, step_sd)

    def crossing(self, time: float, value: float) -> tuple[float, float]:
        """The probabilities that the next look is the first to cross, above and below."""
        means, sd = self._next(time)
        edge = value * np.sqrt(time)
        return (
            float(self.masses @ ndtr((means - edge) / sd)),
            float(self.masses @ ndtr((-edge - means) / sd)),
        )

    def critical_value(self, time: float, probability: float) -> float:
        """The boundary of the next look that is crossed with a probability."""

        def excess(value: float) -> float:
            return sum(self.crossing(time, value)) - probability

        if excess(MAX_CRITICAL_VALUE) >= 0:
            return MAX_CRITICAL_VALUE
        return float(brentq(excess, 0.0, MAX_CRITICAL_VALUE, xtol=1e-12))

    def after(self, time: float, value: float) -> _Walk:
        """Past the next look, where that did not cross."""
        means, sd = self._next(time)
        edge = value * np.sqrt(time)
        # Gauss-Legendre needs points closer than the densities' standard deviation.
        nodes, weights = _legendre(max(64, int(np.ceil(6 * edge / self.step_sd))))
        points = edge * nodes
        scaled = (points[:, None] - means) / sd
        density = np.exp(-0.5 * scaled**2) @ self.masses / (sd * np.sqrt(2 * np.pi))
        return _Walk(time, points, edge * weights * density, self.drift, self.step_sd)

    def _next(self, time: float) -> tuple[Floats, float]:
        step = time - self.time
        return self.points + self.drift * step, float(np.sqrt(step))


@lru_cache
def _legendre(count: int) -> tuple[Floats, Floats]:
    nodes, weights = roots_legendre(count)
    return np.asarray(nodes), np.asarray(weights)


def _checked(fractions: Sequence[float] | Floats) -> Floats:
    times = np.asarray(fractions, dtype=np.float64)
    if not times.size or times[-1] > 1 or np.diff(times, prepend=0.0).min() <= 0:
        raise ValueError(f"Fractions of information rise from above 0 to at most 1, not {times}.")
    return times
