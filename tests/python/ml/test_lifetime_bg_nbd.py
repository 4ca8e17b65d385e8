"""BG/NBD: published estimates, known parameters and limits are met."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import hyp2f1, poch
from scipy.stats import beta

from lakehouse.errors import LakehouseError
from ml.lifetime import bg_nbd
from ml.lifetime.bg_nbd import BgNbd
from ml.lifetime.likelihood import Estimate
from ml.metrics import Floats
from tests.python.ml.lifetime_data import cdnow_history, history_of, simulated

# Fader, Hardie & Lee (2005), table 2.
PUBLISHED = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)


@cache
def _cdnow() -> tuple[BgNbd, Estimate]:
    return bg_nbd.fit(cdnow_history())


def _array(*values: float) -> Floats:
    return np.array(values, dtype="float64")


def _parameters(model: BgNbd) -> list[float]:
    return [model.r, model.alpha, model.a, model.b]


def test_cdnow_gives_the_published_estimates() -> None:
    model, estimate = _cdnow()
    assert _parameters(model) == pytest.approx(_parameters(PUBLISHED), abs=0.0005)
    assert estimate.log_likelihood == pytest.approx(-9582.4, abs=0.05)
    assert estimate.at_limit == (False,) * 4


def test_cdnow_gives_the_standard_errors_of_another_implementation() -> None:
    # Of the logarithms of the parameters, as CLVTools reports them for the same fit
    # (log-likelihood -9582.4292) in its guide to adding a model.
    relative = _cdnow()[1].standard_errors / _cdnow()[1].parameters
    assert relative == pytest.approx([0.05176, 0.08570, 0.23424, 0.29078], abs=5e-5)


def test_cdnow_gives_the_published_expectations() -> None:
    model, _ = _cdnow()
    # Hardie's spreadsheet of the BG/NBD model (note 4): E[X(t)], and E[Y(39)] of customer 0001.
    times = _array(0.1429, 1, 3, 31.8571, 32, 78)
    published = [0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8576]
    assert model.expected_purchases(times) == pytest.approx(published, abs=5e-4)
    one = model.conditional_expected_purchases(39, _array(2), _array(30.43), _array(38.86))
    assert one == pytest.approx([1.226], abs=5e-4)


def test_cdnow_is_forecast_as_published() -> None:
    # Section 7: at week 78 the model is 4% below the 4,339 repeat purchases that there were.
    model, history = _cdnow()[0], cdnow_history()
    curve = model.cumulative_purchases(_array(0, 39, 78), history.age)
    assert curve[0] == 0
    assert curve[1] == pytest.approx(history.frequency.sum(), rel=0.02)
    assert curve[2] / 4339 - 1 == pytest.approx(-0.04, abs=0.005)


def test_the_unit_of_time_changes_alpha_alone() -> None:
    history = cdnow_history()
    in_days = history_of(history.frequency, 7 * history.recency, 7 * history.age)
    weekly, daily = _cdnow()[0], bg_nbd.fit(in_days)[0]
    assert _parameters(daily) == pytest.approx(
        [weekly.r, 7 * weekly.alpha, weekly.a, weekly.b], rel=1e-4
    )


def test_a_customer_twice_says_the_same_with_less_doubt() -> None:
    history, (model, estimate) = cdnow_history(), _cdnow()
    twice = history_of(*(np.tile(v, 2) for v in (history.frequency, history.recency, history.age)))
    again, doubled = bg_nbd.fit(twice)
    assert _parameters(again) == pytest.approx(_parameters(model), rel=1e-4)
    assert doubled.standard_errors * np.sqrt(2) == pytest.approx(estimate.standard_errors, rel=1e-3)


def test_the_likelihood_is_that_of_equation_6() -> None:
    r, alpha, a, b = _parameters(PUBLISHED)
    x, recency, age = _array(0, 1, 3, 12), _array(0, 2, 10, 30), _array(5, 2, 20, 39)
    shared = poch(r, x) * alpha**r
    alive = poch(b, x) / poch(a + b, x) / (alpha + age) ** (r + x)
    # B(a + 1, b + x - 1) / B(a, b)
    dead = a * poch(b, np.maximum(x, 1) - 1) / poch(a + b, x) / (alpha + recency) ** (r + x)
    expected = np.log(shared * (alive + (x > 0) * dead))
    assert PUBLISHED.log_likelihood(x, recency, age) == pytest.approx(expected, rel=1e-12)


def test_the_likelihood_survives_large_numbers() -> None:
    # Where Eq. 6 as it stands is 0 / 0: Fader & Hardie (2013).
    found = PUBLISHED.log_likelihood(
        _array(0, 2000, 2000), _array(0, 10, 5e4), _array(5e4, 5e4, 5e4)
    )
    assert np.isfinite(found).all()


@pytest.mark.parametrize("at", [_parameters(PUBLISHED), [3.0, 40.0, 0.05, 0.4]])
def test_the_gradient_is_that_of_the_likelihood(at: list[float]) -> None:
    history = cdnow_history()
    known = history.frequency, history.recency, history.age
    mine = bg_nbd._gradient(BgNbd(*at), *known).sum(axis=1)
    for which in range(4):
        ends = [
            BgNbd(*(value * np.exp(step * (i == which)) for i, value in enumerate(at)))
            for step in (-1e-5, 1e-5)
        ]
        below, above = (end.log_likelihood(*known).sum() for end in ends)
        assert mine[which] == pytest.approx((above - below) / 2e-5, rel=1e-5, abs=1e-3)


def test_without_a_repeat_everybody_is_alive() -> None:
    alive = PUBLISHED.probability_alive(_array(0, 0), _array(0, 0), _array(0, 1e6))
    assert alive.tolist() == [1, 1]


def test_silence_makes_a_departure_likelier() -> None:
    age = np.linspace(30, 200, 50)
    alive = PUBLISHED.probability_alive(np.full(50, 6.0), np.full(50, 30.0), age)
    assert (np.diff(alive) < 0).all()
    assert ((alive > 0) & (alive < 1)).all()
    # At the moment of a purchase it is 1 / (1 + a / (b + x - 1)).
    assert alive[0] == pytest.approx(1 / (1 + 0.793 / (2.426 + 5)))


def test_after_the_same_silence_the_frequent_are_likelier_gone() -> None:
    # The increasing frequency paradox, with the numbers of BTYD's example.
    x = np.arange(5.0, 21.0)
    alive = PUBLISHED.probability_alive(x, np.full(16, 30.0), np.full(16, 39.0))
    assert (np.diff(alive) < 0).all()


def test_expected_purchases_are_those_of_equation_9() -> None:
    random = np.random.default_rng(11)
    r, alpha, b = (10 ** random.uniform(-1, 0.7, 300) for _ in range(3))
    # Away from the poles of the published form, a + b = 1 and a = 1.
    a, time = random.uniform(1.2, 4, 300), alpha * random.uniform(0.01, 3, 300)
    series = hyp2f1(r, b, a + b - 1, time / (alpha + time))
    published = (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + time)) ** r * series)
    mine = [
        BgNbd(*model).expected_purchases(_array(until))[0]
        for *model, until in zip(r, alpha, a, b, time, strict=True)
    ]
    assert mine == pytest.approx(published, rel=1e-9)


@pytest.mark.parametrize(
    ("model", "time"),
    [
        # Where Eq. 9 is 0 / 0, has a pole, or its hypergeometric function overflows.
        (BgNbd(0.5, 10, 1.0, 2.0), 20),
        (BgNbd(0.5, 10, 0.3, 0.7), 20),
        (BgNbd(0.5, 10, 0.1, 0.2), 1000),
        (BgNbd(300, 100, 0.8, 290), 300),
        (BgNbd(800, 5, 50, 800), 2),
    ],
)
def test_expected_purchases_are_right_where_the_published_form_is_not(
    model: BgNbd, time: float
) -> None:
    def purchases(p: float) -> float:
        return float(-np.expm1(-model.r * np.log1p(p * time / model.alpha)) / p)

    # Over the quantiles of p, where the integrand is bounded.
    dropout = beta(model.a, model.b)
    integral, _ = quad(
        lambda share: purchases(max(float(dropout.ppf(share)), 1e-200)),
        0,
        1,
        limit=500,
        epsabs=0,
        epsrel=1e-9,
    )
    assert model.expected_purchases(_array(time)) == pytest.approx([integral], rel=1e-6)


def test_expected_purchases_have_the_limits_of_the_model() -> None:
    time = _array(1e-6, 3, 30)
    at_first = PUBLISHED.expected_purchases(time)[0]
    assert at_first == pytest.approx(1e-6 * PUBLISHED.r / PUBLISHED.alpha, rel=1e-5)
    # Nobody ever leaves: the mean of the negative binomial distribution.
    never = BgNbd(0.7, 5, 4.5e-5, 2.2e4).expected_purchases(time)
    assert never == pytest.approx(0.7 / 5 * time, rel=1e-7)
    # Everybody leaves in the end, after 1 / p purchases: mean (a + b - 1) / (a - 1).
    last = BgNbd(5, 1, 3, 4).expected_purchases(_array(1e9))
    assert last == pytest.approx([3], rel=1e-6)
    assert PUBLISHED.expected_purchases(_array(0)).tolist() == [0]


def test_more_time_means_more_purchases() -> None:
    times = np.linspace(0, 400, 60)
    assert (np.diff(PUBLISHED.expected_purchases(times)) > 0).all()
    history = cdnow_history()
    sums = [
        PUBLISHED.conditional_expected_purchases(
            time, history.frequency, history.recency, history.age
        ).sum()
        for time in (0.0, 1.0, 10.0, 100.0)
    ]
    assert sums[0] == 0
    assert sums == sorted(sums)


def test_an_unknown_history_is_that_of_a_new_customer() -> None:
    none = _array(0)
    assert PUBLISHED.conditional_expected_purchases(20, none, none, none) == pytest.approx(
        PUBLISHED.expected_purchases(_array(20))
    )


@pytest.mark.parametrize(
    ("model", "seed"), [(PUBLISHED, 1), (BgNbd(r=1.2, alpha=9.0, a=1.5, b=6.0), 2)]
)
def test_known_parameters_are_found_again(model: BgNbd, seed: int) -> None:
    age = np.random.default_rng(seed).uniform(20, 80, 8000)
    history, later, is_alive = simulated(model, age, time=26, seed=seed)
    found, estimate = bg_nbd.fit(history)
    # Four standard errors: wrong once in four thousand seeds, and this one is fixed.
    assert (np.abs(estimate.parameters - _parameters(model)) < 4 * estimate.standard_errors).all()
    assert (estimate.standard_errors < 0.5 * estimate.parameters).all()
    known = history.frequency, history.recency, history.age
    expected = found.conditional_expected_purchases(26, *known)
    assert expected.sum() == pytest.approx(later.sum(), rel=0.05)
    alive = found.probability_alive(*known)
    for low, high in ((0.0, 0.5), (0.5, 0.8), (0.8, 0.95)):
        part = (alive > low) & (alive <= high)
        assert part.sum() > 100
        assert alive[part].mean() == pytest.approx(is_alive[part].mean(), abs=0.05)


def test_who_never_leaves_is_seen() -> None:
    age = np.random.default_rng(3).uniform(20, 80, 3000)
    history, _, _ = simulated(BgNbd(1.0, 5.0, 1e-9, 1.0), age, time=1, seed=3)
    found, estimate = bg_nbd.fit(history)
    assert [found.r, found.alpha] == pytest.approx([1.0, 5.0], rel=0.15)
    # p is 0: a / b is as small as it may be, and says so.
    assert estimate.at_limit[2]
    assert np.isnan(estimate.standard_errors).all()
    assert found.probability_alive(history.frequency, history.recency, history.age).min() > 0.9


def test_customers_who_are_all_the_same_have_a_defined_answer() -> None:
    found, estimate = bg_nbd.fit(history_of([3.0] * 50, 20.0, 20.0))
    assert any(estimate.at_limit)
    expected = found.conditional_expected_purchases(10, _array(3), _array(20), _array(20))
    # Three purchases in 20 weeks, and nobody seen to leave.
    assert expected == pytest.approx([1.5], rel=1e-3)


@pytest.mark.parametrize(
    ("frequency", "sentence"),
    [
        ([4.0], "1 of 1 customers bought on a second day up to 2024-06-30"),
        ([0.0] * 500, "0 of 500 customers"),
        ([0.0] * 500 + [1.0] * 9, "9 of 509 customers .* need 10"),
    ],
)
def test_too_few_repeats_are_refused(frequency: list[float], sentence: str) -> None:
    with pytest.raises(LakehouseError, match=sentence):
        bg_nbd.fit(history_of(frequency, 0.0))
