"""Differences, lifts, CUPED and the sample ratio: by hand, by SciPy and by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from lakehouse.errors import LakehouseError
from ml.experiments.boundaries import Floats
from ml.experiments.effects import Moments, compare, cuped, moments, sample_ratio_p


def test_moments_by_hand() -> None:
    found = moments(np.array([1.0, 3.0, 2.0, 2.0, 5.0]), np.array([0, 0, 1, 1, 1]), 2)
    assert found.count.tolist() == [2, 3]
    assert found.mean.tolist() == [2, 3]
    assert found.variance.tolist() == [2, 3]


def test_one_unit_has_no_variance() -> None:
    with pytest.raises(LakehouseError, match="1 units in one of them"):
        moments(np.array([1.0, 2.0, 3.0]), np.array([0, 0, 1]), 2)


def test_the_statistic_is_welchs() -> None:
    generator = np.random.default_rng(3)
    control, treatment = generator.normal(5, 1, 40), generator.normal(6, 4, 90)
    groups = np.repeat([0, 1], [40, 90])
    arms = moments(np.concatenate([control, treatment]), groups, 2)
    welch = stats.ttest_ind(treatment, control, equal_var=False)
    assert float(compare(arms[0], arms[1]).z) == pytest.approx(float(welch.statistic))


def test_the_lift_has_the_error_of_its_ratio() -> None:
    generator = np.random.default_rng(4)
    runs, count = 4000, 400
    control, treatment = generator.gamma(4, 5, (runs, count)), generator.gamma(4, 6, (runs, count))
    effects = compare(_moments(control), _moments(treatment))
    assert effects.lift.mean() == pytest.approx(0.2, abs=0.005)
    assert effects.lift_standard_error.mean() == pytest.approx(effects.lift.std(), rel=0.05)
    inside = np.abs(effects.lift - 0.2) < 1.959964 * effects.lift_standard_error
    assert inside.mean() == pytest.approx(0.95, abs=0.015)


def test_equal_outcomes_are_no_difference_and_need_no_variance() -> None:
    arms = moments(np.array([0.0, 0, 0, 0, 1, 1]), np.array([0, 0, 1, 1, 2, 2]), 3)
    effects = compare(arms[0], arms[1:])
    assert effects.z.tolist() == [0, np.inf]
    assert np.isnan(effects.lift).all()


def test_cuped_takes_off_what_the_covariate_explains_and_no_more() -> None:
    generator = np.random.default_rng(6)
    runs, count, rho, effect = 1500, 300, 0.7, 0.4
    covariate = generator.normal(3, 2, (runs, count))
    noise = generator.normal(0, 1, (runs, count))
    groups = generator.integers(0, 2, (runs, count))
    outcome = rho * (covariate - 3) / 2 + np.sqrt(1 - rho**2) * noise + effect * groups
    plain, adjusted, reduction = np.empty((3, runs))
    for run in range(runs):
        found = cuped(outcome[run], covariate[run])
        plain[run] = _difference(outcome[run], groups[run])
        adjusted[run] = _difference(found.values, groups[run])
        reduction[run] = found.variance_reduction
    # Four standard errors of the mean of the runs.
    assert adjusted.mean() == pytest.approx(effect, abs=4 * adjusted.std() / np.sqrt(runs))
    # A ratio of two variances from so many runs has a standard deviation of about 5%.
    assert adjusted.var() / plain.var() == pytest.approx(1 - rho**2, rel=0.15)
    # The effect adds a little variance that no covariate explains.
    whole = 1 + effect**2 / 4
    assert reduction.mean() == pytest.approx(rho**2 / whole, abs=0.01)


def test_cuped_by_hand() -> None:
    found = cuped(np.array([1.0, 3.0, 5.0]), np.array([0.0, 1.0, 2.0]))
    assert found.theta == 2
    assert found.values.tolist() == [3, 3, 3]
    assert found.variance_reduction == 1


def test_a_covariate_without_variance_changes_nothing() -> None:
    outcome = np.array([1.0, 2.0, 4.0])
    found = cuped(outcome, np.ones(3))
    assert found.values.tolist() == outcome.tolist()
    assert (found.theta, found.variance_reduction) == (0, 0)


def test_the_sample_ratio_is_pearsons() -> None:
    # 44,000 and 45,000 of an even split: p is about 0.0008.
    expected = stats.chisquare([44_000, 45_000]).pvalue
    assert sample_ratio_p([44_000, 45_000], [0.5, 0.5]) == pytest.approx(expected)
    assert expected == pytest.approx(0.0008, abs=1e-4)


def test_a_planted_mismatch_is_found_and_a_sound_split_is_not() -> None:
    generator = np.random.default_rng(8)
    shares = [0.5, 0.3, 0.2]
    sound = generator.multinomial(20_000, shares, 500)
    faulty = generator.multinomial(20_000, [0.47, 0.32, 0.21], 500)
    alarms = [sample_ratio_p(counts.tolist(), shares) for counts in sound]
    assert np.mean([p is not None and p < 0.05 for p in alarms]) == pytest.approx(0.05, abs=0.03)
    found = [sample_ratio_p(counts.tolist(), shares) for counts in faulty]
    assert all(p is not None and p < 0.001 for p in found)


def test_a_few_units_have_no_ratio() -> None:
    assert sample_ratio_p([9, 0], [0.5, 0.5]) is None
    assert sample_ratio_p([10, 0], [0.5, 0.5]) is not None


def _moments(values: Floats) -> Moments:
    return Moments(
        np.full(len(values), float(values.shape[1])),
        values.mean(axis=1),
        values.var(axis=1, ddof=1),
    )


def _difference(values: Floats, groups: NDArray[np.int64]) -> float:
    return float(values[groups == 1].mean() - values[groups == 0].mean())
