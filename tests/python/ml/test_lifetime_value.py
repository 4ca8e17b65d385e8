"""Lifetime value is expected purchases times expected value, discounted as stated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lakehouse.errors import LakehouseError
from ml.lifetime.bg_nbd import BgNbd
from ml.lifetime.gamma_gamma import GammaGamma
from ml.lifetime.value import discount, lifetime_value
from tests.python.ml.lifetime_data import cdnow_history

PURCHASES = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)
VALUES = GammaGamma(p=6.25, q=3.74, gamma=15.44)
WEEKS_IN_MONTH = 365.25 / 12 / 7


def test_without_a_rate_it_is_purchases_times_value() -> None:
    history = cdnow_history()
    x, recency, age = history.frequency, history.recency, history.age
    purchases = PURCHASES.conditional_expected_purchases(12 * WEEKS_IN_MONTH, x, recency, age)
    expected = purchases * VALUES.expected_value(x, history.mean_value)
    assert lifetime_value(PURCHASES, VALUES, history, months=12) == pytest.approx(expected)


def test_a_rate_discounts_each_month_from_its_end() -> None:
    history = cdnow_history()
    x, recency, age = history.frequency, history.recency, history.age
    first, both = (
        PURCHASES.conditional_expected_purchases(months * WEEKS_IN_MONTH, x, recency, age)
        for months in (1, 2)
    )
    discounted = first / 1.1 + (both - first) / 1.1**2
    expected = discounted * VALUES.expected_value(x, history.mean_value)
    mine = lifetime_value(PURCHASES, VALUES, history, months=2, monthly_rate=0.1)
    assert mine == pytest.approx(expected)


def test_a_vanishing_rate_is_none() -> None:
    history = cdnow_history()
    none = lifetime_value(PURCHASES, VALUES, history, months=6)
    little = lifetime_value(PURCHASES, VALUES, history, months=6, monthly_rate=1e-9)
    much = lifetime_value(PURCHASES, VALUES, history, months=6, monthly_rate=0.05)
    assert little == pytest.approx(none, rel=1e-6)
    assert (much < none).all()
    assert (much > none / 1.05**6).all()


def test_it_is_the_same_in_days_as_in_weeks() -> None:
    daily = cdnow_history("days")
    model = replace(PURCHASES, alpha=7 * PURCHASES.alpha)
    weekly = lifetime_value(PURCHASES, VALUES, cdnow_history(), months=3)
    assert np.allclose(lifetime_value(model, VALUES, daily, months=3), weekly)


@pytest.mark.parametrize(("months", "rate"), [(0, 0.0), (12, -0.01)])
def test_a_horizon_or_rate_that_is_none_is_refused(months: int, rate: float) -> None:
    with pytest.raises(LakehouseError, match="needs a month or more and a rate of 0 or more"):
        lifetime_value(PURCHASES, VALUES, cdnow_history(), months, rate)


def test_a_discount_is_what_a_unit_is_worth_that_comes_in_equal_parts() -> None:
    assert discount(12, 0.0) == 1
    assert discount(2, 0.1) == pytest.approx((1 / 1.1 + 1 / 1.21) / 2)
