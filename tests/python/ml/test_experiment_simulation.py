"""Thousands of simulated experiments: false alarms, and effects found, are as promised."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import ndtri

from ml.experiments.boundaries import Floats, critical_values
from ml.experiments.declaration import Experiment
from ml.experiments.effects import Moments, compare
from ml.experiments.plan import Plan, plan, power
from tests.python.ml.experiment_data import experiment

RUNS = 2000
LIFT = 0.4
BUYERS = {"kind": "conversion", "baseline_rate": 0.25}
ONE_LOOK = float(-ndtri(0.025))
# Three standard deviations of a share of all runs that is near 0.05, or near 0.8.
NEAR_ALPHA = 3 * np.sqrt(0.05 * 0.95 / RUNS)
NEAR_POWER = 3 * np.sqrt(0.8 * 0.2 / RUNS)


def declared(**changes: Any) -> Experiment:
    return experiment(**({"metric": BUYERS, "minimum_lift": LIFT} | changes))


def planned(**changes: Any) -> Plan:
    return plan(declared(**changes))


@cache
def statistics(outcome: str, lift: float) -> Floats:
    """(runs, looks), Z of each run at each of five looks.

    Args:
        outcome: "bought", 0 or 1; "spent", skewed as money is: most units spend nothing, few much.
        lift: of the rate of buyers, where a unit is treated.
    """
    generator = np.random.default_rng(2024)
    shape = (RUNS, planned().total)
    treated = generator.random(shape) < 0.5
    values = (generator.random(shape) < 0.25 * (1 + lift * treated)).astype(np.float64)
    if outcome == "spent":
        values *= generator.exponential(size=shape)
    ends = np.ceil(np.array(planned().fractions) * shape[1]).astype(np.int64) - 1
    effects = compare(_moments(values, ~treated, ends), _moments(values, treated, ends))
    return np.asarray(effects.z)


def crossed(z: Floats, boundary: Floats | tuple[float, ...] | float) -> Floats:
    """(runs,), 1 where the first crossing is above, -1 where it is below, 0 without any."""
    sides = np.sign(z) * (np.abs(z) >= np.asarray(boundary))
    first = (sides != 0).argmax(axis=1)
    return np.asarray(sides[np.arange(len(z)), first])


@pytest.mark.parametrize("outcome", ["bought", "spent"])
@pytest.mark.parametrize("spending", ["obrien_fleming", "pocock"])
def test_five_looks_give_the_declared_false_alarms(outcome: str, spending: str) -> None:
    alarms = crossed(statistics(outcome, 0.0), planned(spending=spending).critical_values) != 0
    assert 0.04 <= alarms.mean() <= 0.06


@pytest.mark.parametrize("outcome", ["bought", "spent"])
def test_five_naive_looks_give_far_more(outcome: str) -> None:
    alarms = crossed(statistics(outcome, 0.0), ONE_LOOK) != 0
    # 14.2% in theory: Armitage, McPherson and Rowe (1969).
    assert alarms.mean() == pytest.approx(0.142, abs=3 * np.sqrt(0.142 * 0.858 / RUNS))


def test_looks_at_other_moments_keep_alpha_too() -> None:
    boundary = critical_values("pocock", 0.05, [0.2, 0.6, 1.0])
    alarms = crossed(statistics("spent", 0.0)[:, [0, 2, 4]], boundary) != 0
    assert alarms.mean() == pytest.approx(0.05, abs=NEAR_ALPHA)


@pytest.mark.parametrize("spending", ["obrien_fleming", "pocock"])
def test_a_planted_effect_is_found_with_the_computed_power(spending: str) -> None:
    found = crossed(statistics("bought", LIFT), planned(spending=spending).critical_values) == 1
    computed = power(declared(spending=spending), planned().total)
    assert found.mean() == pytest.approx(computed, abs=NEAR_POWER)


def test_half_the_effect_is_found_less_often() -> None:
    found = crossed(statistics("bought", LIFT / 2), planned().critical_values) == 1
    computed = power(declared(minimum_lift=LIFT / 2), planned().total)
    assert computed < 0.4
    assert found.mean() == pytest.approx(computed, abs=NEAR_POWER)


def _moments(values: Floats, members: NDArray[np.bool_], ends: NDArray[np.int64]) -> Moments:
    """(runs, looks), of the members among the units so far."""
    count = members.cumsum(axis=1)[:, ends].astype(np.float64)
    mean = (values * members).cumsum(axis=1)[:, ends] / count
    squares = (values**2 * members).cumsum(axis=1)[:, ends]
    return Moments(count, mean, (squares - count * mean**2) / (count - 1))
