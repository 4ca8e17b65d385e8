"""Sizes and power against textbook figures and each other."""

from __future__ import annotations

import pytest

from ml.experiments.plan import plan, power
from tests.python.ml.experiment_data import experiment

MEAN = {"kind": "mean", "baseline_mean": 10, "baseline_sd": 10}


def test_one_look_takes_the_textbook_size() -> None:
    # 2 (1.959964 + 0.841621)² sd² / difference² per arm, the difference a tenth of the sd.
    planned = plan(experiment(metric=MEAN, minimum_lift=0.1, looks=1))
    assert planned.unit_counts == (1570, 1570)
    assert planned.inflation == pytest.approx(1)


def test_rates_use_the_variance_of_either_arm() -> None:
    # 0.10 against 0.12, unpooled: (0.09 + 0.1056) · 7.848880 / 0.02² = 3838.1 per arm.
    rate = {"kind": "conversion", "baseline_rate": 0.1}
    assert plan(experiment(metric=rate, minimum_lift=0.2, looks=1)).unit_counts == (3839, 3839)


@pytest.mark.parametrize("spending", ["pocock", "obrien_fleming"])
@pytest.mark.parametrize("looks", [1, 3, 8])
def test_the_planned_size_has_the_declared_power(spending: str, looks: int) -> None:
    declared = experiment(spending=spending, looks=looks, power=0.9)
    planned = plan(declared)
    assert planned.power == pytest.approx(0.9, abs=0.002)
    assert planned.power >= 0.9
    assert power(declared, planned.total - len(declared.variants)) < 0.9
    assert power(declared, planned.total / 2) < power(declared, planned.total)


def test_without_units_only_false_alarms_are_left() -> None:
    assert power(experiment(), 1e-9) == pytest.approx(0.025, abs=1e-6)


def test_a_covariate_saves_what_it_explains() -> None:
    plain = plan(experiment())
    helped = plan(experiment(covariate_days=28, covariate_correlation=0.6))
    assert helped.total == pytest.approx(plain.total * (1 - 0.6**2), abs=2)


def test_several_treatments_share_alpha_and_the_smallest_sets_the_size() -> None:
    variants = [
        {"name": "control", "strategy": "popular", "weight": 2},
        {"name": "als", "strategy": "als", "weight": 1},
        {"name": "basket", "strategy": "basket", "weight": 0.5},
    ]
    declared = experiment(variants=variants)
    assert declared.comparison_alpha == 0.025
    control, als, basket = plan(declared).unit_counts
    assert control == pytest.approx(4 * basket, abs=4)
    assert als == pytest.approx(2 * basket, abs=2)
    pair = experiment(
        variants=[variants[0], variants[2]], alpha=0.025, minimum_lift=declared.minimum_lift
    )
    assert plan(pair).unit_counts == pytest.approx((control, basket), abs=1)
    assert plan(pair).inflation == pytest.approx(plan(declared).inflation)
