"""Group-sequential boundaries against published tables and independent computations."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import multivariate_normal

from ml.experiments.boundaries import Floats, critical_values, crossing_probabilities, spent

FIVE_LOOKS = np.arange(1, 6) / 5


# Constants for alpha 0.05 two-sided: Jennison and Turnbull, Group Sequential Methods (2000),
# tables 2.1 (Pocock) and 2.3 (O'Brien and Fleming). Z_k crosses C_P, or C_B √(K / k).
@pytest.mark.parametrize(
    ("looks", "pocock", "obrien_fleming"),
    [
        (2, 2.178, 1.977),
        (3, 2.289, 2.004),
        (4, 2.361, 2.024),
        (5, 2.413, 2.040),
        (10, 2.555, 2.087),
    ],
)
def test_published_constants_give_alpha(looks: int, pocock: float, obrien_fleming: float) -> None:
    fractions = np.arange(1, looks + 1) / looks

    def size(boundary: Floats) -> float:
        return float(crossing_probabilities(fractions, boundary).sum())

    shape = np.ones(looks)
    assert brentq(lambda c: size(c * shape) - 0.05, 1, 4) == pytest.approx(pocock, abs=5e-4)
    shape = 1 / np.sqrt(fractions)
    assert brentq(lambda c: size(c * shape) - 0.05, 1, 4) == pytest.approx(obrien_fleming, abs=5e-4)


# Five looks, alpha 0.05 two-sided, as the programs of Reboussin, DeMets, Kim and Lan (Controlled
# Clinical Trials 2000) and R's ldbounds print them.
def test_spending_boundaries_are_the_published_ones() -> None:
    assert critical_values("obrien_fleming", 0.05, FIVE_LOOKS) == pytest.approx(
        [4.8769, 3.3569, 2.6803, 2.2898, 2.0310], abs=2e-4
    )
    assert critical_values("pocock", 0.05, FIVE_LOOKS) == pytest.approx(
        [2.4380, 2.4268, 2.4101, 2.3966, 2.3859], abs=2e-4
    )


# R's rpact, design asOF with three looks, one-sided alpha 0.03 (its unit tests); the side that is
# not tested there is too far away to matter.
def test_spending_boundary_agrees_with_rpact() -> None:
    assert critical_values("obrien_fleming", 0.06, [1 / 3, 2 / 3, 1]) == pytest.approx(
        [3.5815302, 2.417863, 1.9175839], abs=1e-6
    )


# Testing at 1.96 again and again: Armitage, McPherson and Rowe (JRSS A 1969), table 2.
@pytest.mark.parametrize(
    ("looks", "error"), [(1, 0.05), (2, 0.083), (3, 0.107), (4, 0.126), (5, 0.142), (10, 0.193)]
)
def test_repeated_tests_without_a_boundary_err_as_published(looks: int, error: float) -> None:
    fractions = np.arange(1, looks + 1) / looks
    naive = crossing_probabilities(fractions, [1.959964] * looks).sum()
    assert naive == pytest.approx(error, abs=6e-4)


# Maximum size over that of a fixed sample, alpha 0.05, power 0.8: Jennison and Turnbull (2000),
# tables 2.2 (Pocock) and 2.4 (O'Brien and Fleming).
@pytest.mark.parametrize(
    ("looks", "constant", "exponent", "ratio"),
    [(2, 2.178, 0, 1.110), (5, 2.413, 0, 1.229), (2, 1.977, 0.5, 1.008), (5, 2.040, 0.5, 1.028)],
)
def test_published_inflation_factors_give_the_power(
    looks: int, constant: float, exponent: float, ratio: float
) -> None:
    fractions = np.arange(1, looks + 1) / looks
    values = constant / fractions**exponent
    found = brentq(
        lambda drift: crossing_probabilities(fractions, values, drift)[:, 0].sum() - 0.8, 1, 6
    )
    assert (found / (1.959964 + 0.841621)) ** 2 == pytest.approx(ratio, abs=1e-3)


# SAS/STAT, PROC SEQDESIGN, example "Creating Two-Sided Pocock and O'Brien-Fleming Designs": four
# looks, Pocock, alpha 0.05, power 0.9 take 118.3143% of a fixed sample at most and 69.74805% in
# the mean.
def test_power_and_expected_size_are_those_of_sas() -> None:
    fractions = np.arange(1, 5) / 4
    constant = brentq(
        lambda c: float(crossing_probabilities(fractions, [c] * 4).sum()) - 0.05, 1, 4
    )
    drift = np.sqrt(1.183143) * (1.959964 + 1.281552)
    crossed = crossing_probabilities(fractions, [constant] * 4, float(drift))
    assert crossed[:, 0].sum() == pytest.approx(0.9, abs=2e-5)
    stopped = crossed.sum(axis=1)
    expected = 1.183143 * (stopped @ fractions + 1 - stopped.sum())
    assert expected == pytest.approx(0.6974805, abs=2e-5)


@pytest.mark.parametrize("drift", [0.0, 2.5])
def test_crossing_agrees_with_the_multivariate_normal(drift: float) -> None:
    fractions = np.array([0.15, 0.4, 0.45, 1.0])
    values = np.array([2.9, 2.2, 2.5, 2.0])
    covariance = np.sqrt(
        np.minimum.outer(fractions, fractions) / np.maximum.outer(fractions, fractions)
    )
    inside = multivariate_normal(drift * np.sqrt(fractions), covariance).cdf(
        values, lower_limit=-values, rng=np.random.default_rng(1)
    )
    crossed = crossing_probabilities(fractions, values, drift)
    assert 1 - crossed.sum() == pytest.approx(inside, abs=1e-4)


def test_all_of_alpha_is_spent_whatever_the_looks() -> None:
    generator = np.random.default_rng(5)
    for spending in ("obrien_fleming", "pocock"):
        for _ in range(5):
            fractions = np.append(np.sort(generator.uniform(0.02, 0.98, 6)), 1.0)
            values = critical_values(spending, 0.05, fractions)
            crossed = crossing_probabilities(fractions, values).sum(axis=1)
            assert crossed.sum() == pytest.approx(0.05, abs=1e-8)
            assert np.cumsum(crossed) == pytest.approx(spent(spending, 0.05, fractions), abs=1e-8)


def test_one_look_is_a_plain_test() -> None:
    assert critical_values("pocock", 0.05, [1.0]) == pytest.approx([1.959964], abs=1e-6)


def test_a_very_early_look_cannot_stop() -> None:
    values = critical_values("obrien_fleming", 0.05, [0.01, 1.0])
    assert values == pytest.approx([8.0, 1.959964], abs=1e-5)


def test_looks_that_are_close_lose_no_precision() -> None:
    fractions = np.array([0.5, 0.501, 1.0])
    values = critical_values("pocock", 0.05, fractions)
    assert crossing_probabilities(fractions, values).sum() == pytest.approx(0.05, abs=1e-8)


@pytest.mark.parametrize("fractions", [[], [0.5, 0.5], [0.0, 1.0], [0.5, 1.1], [0.8, 0.4]])
def test_fractions_that_do_not_rise_are_refused(fractions: list[float]) -> None:
    with pytest.raises(ValueError, match="rise from above 0 to at most 1"):
        critical_values("pocock", 0.05, fractions)
