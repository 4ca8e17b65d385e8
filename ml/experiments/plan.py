"""How many units an experiment takes, and what so many find."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtri

from ml.experiments.boundaries import Floats, critical_values, crossing_probabilities
from ml.experiments.declaration import Experiment


@dataclass(frozen=True)
class Plan:
    """What a declared experiment takes.

    Attributes:
        unit_counts: (variants,), analysed units of each variant at the last look.
        fractions: (looks,), the planned looks, as parts of all units.
        critical_values: (looks,), the boundary there for each treatment's |Z|.
        inflation: units over those of a test with one look at the end.
        power: probability that the planned units find a treatment better by `minimum_lift`; that
            of the treatment with the fewest units.
    """

    unit_counts: tuple[int, ...]
    fractions: tuple[float, ...]
    critical_values: tuple[float, ...]
    inflation: float
    power: float

    @property
    def total(self) -> int:
        """All units."""
        return sum(self.unit_counts)


def plan(experiment: Experiment) -> Plan:
    """The units that give the declared power, inflated for the looks.

    The looks are evenly spaced. The difference of means has variance v_c / n_c + v_t / n_t, taken
    at the baseline and at the target, times 1 - ρ² where a covariate explains ρ² of it (Deng, Xu,
    Kohavi and Walker, WSDM 2013). The inflation is the ratio of squared drifts (Jennison and
    Turnbull 2000, ch. 2).
    """
    fractions = np.arange(1, experiment.looks + 1) / experiment.looks
    values = critical_values(experiment.spending, experiment.comparison_alpha, fractions)
    one_look = ndtri(1 - experiment.comparison_alpha / 2) + ndtri(experiment.power)
    drift = brentq(lambda d: _power(fractions, values, d) - experiment.power, 0.0, 2 * one_look)
    unit_count = (drift / _drift(experiment, 1.0)) ** 2
    unit_counts = tuple(int(np.ceil(unit_count * share)) for share in experiment.shares)
    return Plan(
        unit_counts,
        tuple(float(fraction) for fraction in fractions),
        tuple(float(value) for value in values),
        float((drift / one_look) ** 2),
        power(experiment, sum(unit_counts)),
    )


def power(experiment: Experiment, unit_count: float) -> float:
    """The probability that a treatment better by `minimum_lift` is found to be so.

    Args:
        experiment: the declaration.
        unit_count: analysed units of all variants at the last of the declared, evenly spaced
            looks; each has its share of them.
    """
    fractions = np.arange(1, experiment.looks + 1) / experiment.looks
    values = critical_values(experiment.spending, experiment.comparison_alpha, fractions)
    return _power(fractions, values, _drift(experiment, unit_count))


def _power(fractions: Floats, values: Floats, drift: float) -> float:
    """The probability that Z crosses above; below would be the wrong answer."""
    return float(crossing_probabilities(fractions, values, drift)[:, 0].sum())


def _drift(experiment: Experiment, unit_count: float) -> float:
    """The smallest difference worth finding, in standard errors that so many units give."""
    metric = experiment.metric
    control_share, *treatment_shares = experiment.shares
    variance = (
        metric.variance(metric.baseline) / control_share
        + metric.variance(experiment.target) / min(treatment_shares)
    ) * (1 - experiment.covariate_correlation**2)
    return float((experiment.target - metric.baseline) / np.sqrt(variance / unit_count))
