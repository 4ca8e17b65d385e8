"""What customers will buy in the days ahead: by the model, and by what it has to beat."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ml.lifetime import bg_nbd, gamma_gamma
from ml.lifetime.bg_nbd import BgNbd
from ml.lifetime.gamma_gamma import GammaGamma
from ml.lifetime.history import DAYS_IN, Activity, History
from ml.lifetime.likelihood import Estimate


@dataclass(frozen=True)
class LifetimeModel:
    """BG/NBD and Gamma-Gamma with their parameters, in the unit of the histories."""

    purchases: BgNbd
    values: GammaGamma

    @classmethod
    def of_state(cls, state: dict[str, Any]) -> LifetimeModel:
        """The model that `state` gave."""
        return cls(BgNbd(**state["purchases"]), GammaGamma(**state["values"]))

    def state(self) -> dict[str, Any]:
        """All parameters, as JSON can hold them."""
        return asdict(self)

    def forecast(self, history: History, day_count: int) -> Activity:
        """What each customer is expected to buy in the days after their history."""
        x = history.frequency
        expected = self.purchases.conditional_expected_purchases(
            day_count / DAYS_IN[history.unit], x, history.recency, history.age
        )
        return Activity(expected, expected * self.values.expected_value(x, history.mean_value))


def fit(history: History) -> tuple[LifetimeModel, tuple[Estimate, Estimate]]:
    """Both models by maximum likelihood, and how sure their parameters are.

    Raises:
        LakehouseError: too few customers came back, or a likelihood has no maximum.
    """
    purchases, purchase_estimate = bg_nbd.fit(history)
    values, value_estimate = gamma_gamma.fit(history)
    return LifetimeModel(purchases, values), (purchase_estimate, value_estimate)


def like_the_last(last: Activity, look_back: int, day_count: int) -> Activity:
    """The days ahead like those before: what each customer did in these, by their number.

    Args:
        last: what customers did in the days before, the first purchase of a new one included.
        look_back: how many days these were.
        day_count: how many days are ahead.
    """
    share = day_count / look_back
    return Activity(share * last.purchases, share * last.value)


def like_all(history: History, day_count: int) -> Activity:
    """All customers alike: their repeat purchases, per time that they were customers."""
    x, z = history.frequency, history.mean_value
    share = np.full(len(x), day_count / DAYS_IN[history.unit] / max(history.age.sum(), 1.0))
    return Activity(share * x.sum(), share * float(x @ z))
