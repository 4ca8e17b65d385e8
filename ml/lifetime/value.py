"""Lifetime value over a horizon: expected purchases times what one is expected to be worth."""

from __future__ import annotations

import numpy as np

from lakehouse.errors import LakehouseError
from ml.lifetime.bg_nbd import BgNbd
from ml.lifetime.gamma_gamma import GammaGamma
from ml.lifetime.history import DAYS_IN, History
from ml.metrics import Floats

DAYS_IN_MONTH = 365.25 / 12


def discount(months: int, monthly_rate: float) -> float:
    """What an amount is worth now that comes in equal parts at the ends of the months, per unit."""
    return sum((1 + monthly_rate) ** -end for end in range(1, months + 1)) / months


def lifetime_value(
    purchases: BgNbd,
    values: GammaGamma,
    history: History,
    months: int,
    monthly_rate: float = 0.0,
) -> Floats:
    """What each customer is expected to spend in the months after their history.

    Args:
        purchases: fitted to histories in the unit of `history`.
        values: of one purchase.
        history: of the customers.
        months: the horizon, in months of 365.25 / 12 days.
        monthly_rate: by which money is worth less each month, 0.01 for 1%. The purchases of a month
            are discounted from its end, so that those of the first count 1 / (1 + rate).

    Returns:
        One amount per customer, in the currency of the history.

    Raises:
        LakehouseError: there is no month, the rate is negative, or values have no finite mean.
    """
    if months < 1 or monthly_rate < 0:
        raise LakehouseError(
            f"A lifetime value needs a month or more and a rate of 0 or more, not {months} months "
            f"at {monthly_rate}."
        )
    # Without a rate the months need not be told apart.
    ends = range(1, months + 1) if monthly_rate else [months]
    discounted, before = np.zeros(len(history.frequency)), 0.0 * history.frequency
    for end in ends:
        expected = purchases.conditional_expected_purchases(
            end * DAYS_IN_MONTH / DAYS_IN[history.unit],
            history.frequency,
            history.recency,
            history.age,
        )
        discounted += (expected - before) / (1 + monthly_rate) ** end
        before = expected
    return discounted * values.expected_value(history.frequency, history.mean_value)
