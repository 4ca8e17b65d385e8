"""Gamma-Gamma: published estimates, known parameters and limits are met."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from lakehouse.errors import LakehouseError
from ml.lifetime import gamma_gamma
from ml.lifetime.gamma_gamma import GammaGamma, frequency_value_correlation
from ml.metrics import Floats
from tests.python.ml.lifetime_data import cdnow_history, history_of

# Fader & Hardie (2013), for the 946 customers of CDNOW with repeat purchases.
PUBLISHED = GammaGamma(p=6.25, q=3.74, gamma=15.44)


def _array(*values: float) -> Floats:
    return np.array(values, dtype="float64")


def _simulated(model: GammaGamma, count: int, seed: int) -> tuple[Floats, Floats]:
    """Repeat purchases of customers and their mean value."""
    random = np.random.default_rng(seed)
    x = random.integers(1, 8, count).astype("float64")
    rate = random.gamma(model.q, 1 / model.gamma, count)
    return x, random.gamma(model.p * x, 1 / rate) / x


def test_cdnow_gives_the_published_estimates() -> None:
    model, estimate = gamma_gamma.fit(cdnow_history())
    assert estimate.count == 946
    assert [model.p, model.q, model.gamma] == pytest.approx([6.25, 3.74, 15.44], abs=0.005)
    assert estimate.at_limit == (False,) * 3
    assert (estimate.standard_errors < 0.3 * estimate.parameters).all()


def test_cdnow_gives_the_published_expected_values() -> None:
    # Hardie's spreadsheet of the model (note 25), customers 0001 to 0010.
    published = [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17]
    history = cdnow_history()
    mine = PUBLISHED.expected_value(history.frequency[:10], history.mean_value[:10])
    assert mine == pytest.approx(published, abs=0.05)


def test_cdnow_has_the_published_correlation_of_number_and_value() -> None:
    # Fader, Hardie & Lee, "RFM and CLV", 2005: 0.11, and 0.06 without one customer.
    history = cdnow_history()
    assert frequency_value_correlation(history) == pytest.approx(0.11, abs=0.005)
    usual = ~((history.frequency > 20) & (history.mean_value > 200))
    assert (~usual).sum() == 1
    without = history_of(history.frequency[usual], mean_value=history.mean_value[usual])
    assert frequency_value_correlation(without) == pytest.approx(0.06, abs=0.005)


def test_what_does_not_vary_is_not_correlated() -> None:
    assert frequency_value_correlation(history_of([1.0, 2.0], mean_value=5.0)) == 0
    assert frequency_value_correlation(history_of([0.0, 2.0])) == 0


@pytest.mark.parametrize("x", [1.0, 4.0])
def test_the_likelihood_is_a_density(x: float) -> None:
    def density(value: float) -> float:
        return float(np.exp(PUBLISHED.log_likelihood(_array(x), _array(value)))[0])

    whole, _ = quad(density, 0, np.inf)
    mean, _ = quad(lambda value: value * density(value), 0, np.inf)
    assert whole == pytest.approx(1)
    assert mean == pytest.approx(6.25 * 15.44 / 2.74)


@pytest.mark.parametrize("at", [[6.25, 3.74, 15.44], [0.4, 0.8, 100.0]])
def test_the_gradient_is_that_of_the_likelihood(at: list[float]) -> None:
    x, z = _simulated(PUBLISHED, 500, seed=5)
    mine = gamma_gamma._gradient(GammaGamma(*at), x, z).sum(axis=1)
    for which in range(3):
        ends = [
            GammaGamma(*(value * np.exp(step * (i == which)) for i, value in enumerate(at)))
            for step in (-1e-5, 1e-5)
        ]
        below, above = (end.log_likelihood(x, z).sum() for end in ends)
        assert mine[which] == pytest.approx((above - below) / 2e-5, rel=1e-5, abs=1e-4)


def test_known_parameters_are_found_again() -> None:
    x, z = _simulated(PUBLISHED, 6000, seed=6)
    found, estimate = gamma_gamma.fit(history_of(x, mean_value=z))
    true = np.array([PUBLISHED.p, PUBLISHED.q, PUBLISHED.gamma])
    assert (np.abs(estimate.parameters - true) < 4 * estimate.standard_errors).all()
    assert found.expected_value(_array(0), _array(0)) == pytest.approx([35.2], rel=0.03)


def test_the_currency_changes_gamma_alone() -> None:
    x, z = _simulated(PUBLISHED, 1000, seed=7)
    dollars, _ = gamma_gamma.fit(history_of(x, mean_value=z))
    cents, _ = gamma_gamma.fit(history_of(x, mean_value=100 * z))
    assert [cents.p, cents.q, cents.gamma] == pytest.approx(
        [dollars.p, dollars.q, 100 * dollars.gamma], rel=1e-4
    )


def test_an_expected_value_lies_between_the_own_mean_and_that_of_all() -> None:
    of_all = PUBLISHED.expected_value(_array(0), _array(0))[0]
    x = _array(1, 2, 5, 50, 1e6)
    mine = PUBLISHED.expected_value(x, np.full(5, 100.0))
    assert (np.diff([of_all, *mine]) > 0).all()
    assert mine[-1] == pytest.approx(100)
    # Who got all repeat purchases for nothing still counts.
    assert 0 < PUBLISHED.expected_value(_array(2), _array(0))[0] < of_all


def test_who_paid_nothing_or_never_came_back_is_not_fitted_to() -> None:
    x, z = _simulated(PUBLISHED, 1000, seed=8)
    more = history_of(np.append(x, [0.0, 3.0]), mean_value=np.append(z, [0.0, 0.0]))
    assert gamma_gamma.fit(more)[0] == gamma_gamma.fit(history_of(x, mean_value=z))[0]


def test_values_without_a_mean_are_refused_where_they_matter() -> None:
    heavy = GammaGamma(p=0.8, q=0.7, gamma=10)
    with pytest.raises(LakehouseError, match=r"no finite mean \(q is 0.7, not above 1\)"):
        heavy.expected_value(_array(0, 2), _array(0, 5))
    assert heavy.expected_value(_array(2), _array(5)) == pytest.approx([0.8 * 20 / 1.3])


def test_equal_values_have_a_defined_answer() -> None:
    found, estimate = gamma_gamma.fit(history_of([1.0, 2.0, 3.0] * 10, mean_value=10.0))
    assert any(estimate.at_limit)
    assert found.expected_value(_array(0, 2), _array(0, 10)) == pytest.approx([10, 10], rel=1e-3)


@pytest.mark.parametrize(
    ("frequency", "value", "sentence"),
    [
        ([2.0], 5.0, "1 of 1 customers paid for a repeat purchase up to 2024-06-30"),
        ([0.0] * 100, 0.0, "0 of 100 customers"),
        ([2.0] * 100, 0.0, "0 of 100 customers"),
        ([2.0] * 9 + [0.0], 5.0, "9 of 10 customers .* need 10"),
    ],
)
def test_too_few_values_are_refused(frequency: list[float], value: float, sentence: str) -> None:
    with pytest.raises(LakehouseError, match=sentence):
        gamma_gamma.fit(history_of(frequency, mean_value=value))
