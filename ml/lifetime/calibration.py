"""How well lifetime value was predicted for months that the models have not seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from lakehouse.errors import LakehouseError
from ml.lifetime import bg_nbd, gamma_gamma
from ml.lifetime.bg_nbd import BgNbd
from ml.lifetime.gamma_gamma import GammaGamma
from ml.lifetime.history import (
    DAYS_IN,
    FloatArray,
    History,
    PurchaseDays,
    Unit,
    activity,
    summarise,
)
from ml.lifetime.likelihood import Estimate

MODEL, LAST_PERIOD, MEAN = "model", "last_period", "mean"


@dataclass(frozen=True)
class Calibration:
    """How predictions met what came.

    Attributes:
        mae: mean absolute error of a customer.
        rmse: root of the mean squared error of a customer.
        predicted_total: over all customers.
        actual_total: over all customers.
        deciles: one row per tenth of the customers by prediction, lowest first: `decile`,
            `customer_count`, `predicted_mean`, `actual_mean`. Customers of equal prediction are all
            in the lowest of their tenths, so that a tenth may be empty and then has no row.
    """

    mae: float
    rmse: float
    predicted_total: float
    actual_total: float
    deciles: pd.DataFrame

    @property
    def bias(self) -> float:
        """What was predicted too much in all, negative for too little."""
        return self.predicted_total - self.actual_total


@dataclass(frozen=True)
class Comparison:
    """Predictions of one quantity beside what came, one value per customer.

    Attributes:
        actual: what came.
        predicted: by `model`, `last_period` (as much as in the period of equal length before) and
            `mean` (all customers alike).
        calibrations: of each of them.
    """

    actual: FloatArray
    predicted: dict[str, FloatArray]
    calibrations: dict[str, Calibration]


@dataclass(frozen=True)
class Backtest:
    """Models that know the orders up to a day, and what they say of the time after it."""

    history: History
    bg_nbd: BgNbd
    bg_nbd_estimate: Estimate
    gamma_gamma: GammaGamma
    gamma_gamma_estimate: Estimate
    purchases: Comparison
    value: Comparison


def backtest(days: PurchaseDays, end: date, until: date, unit: Unit = "weeks") -> Backtest:
    """Fits the models to what was known at a day, and holds them to the purchases after it.

    The customers are those who had bought by then. Beside the model stand two naive predictions:

    - `last_period`: the next period like the last. The purchases of the period of equal length up
      to `end`, the first one of a new customer included.
    - `mean`: all customers alike. The repeat purchases of all, per time that they were customers.

    Args:
        days: the purchases, those after `until` unused.
        end: the last day that the models know.
        until: the last day that they are held to.
        unit: of time, for the models.

    Raises:
        LakehouseError: there is no time between the days, or too little to fit a model to.
    """
    length = until - end
    if length.days < 1:
        raise LakehouseError(f"The holdout ends on {until}, which is not after {end}.")
    history = summarise(days, end, unit)
    x, z = history.frequency, history.mean_value
    purchase_model, purchase_estimate = bg_nbd.fit(history)
    value_model, value_estimate = gamma_gamma.fit(history)
    time = length.days / DAYS_IN[unit]
    expected = purchase_model.conditional_expected_purchases(time, x, history.recency, history.age)
    came = activity(days, history.customer_ids, end, until)
    last = activity(days, history.customer_ids, end - length, end)
    share = np.full(len(x), time / history.age.sum())
    return Backtest(
        history=history,
        bg_nbd=purchase_model,
        bg_nbd_estimate=purchase_estimate,
        gamma_gamma=value_model,
        gamma_gamma_estimate=value_estimate,
        purchases=compare(
            came.purchases,
            {MODEL: expected, LAST_PERIOD: last.purchases, MEAN: share * x.sum()},
        ),
        value=compare(
            came.value,
            {
                MODEL: expected * value_model.expected_value(x, z),
                LAST_PERIOD: last.value,
                MEAN: share * (x @ z),
            },
        ),
    )


def compare(actual: FloatArray, predicted: Mapping[str, FloatArray]) -> Comparison:
    """Predictions of the same customers beside each other."""
    calibrations = {name: calibrate(values, actual) for name, values in predicted.items()}
    return Comparison(actual, dict(predicted), calibrations)


def calibrate(predicted: FloatArray, actual: FloatArray) -> Calibration:
    """How predictions met what came, of one or more customers.

    Raises:
        LakehouseError: there are no customers.
    """
    if not len(predicted):
        raise LakehouseError("There are no customers to hold predictions to.")
    error = predicted - actual
    smaller = np.searchsorted(np.sort(predicted), predicted, side="left")
    deciles = (
        pd.DataFrame(
            {
                "decile": 10 * smaller // len(predicted) + 1,
                "predicted": predicted,
                "actual": actual,
            }
        )
        .groupby("decile", as_index=False)
        .agg(
            customer_count=("actual", "size"),
            predicted_mean=("predicted", "mean"),
            actual_mean=("actual", "mean"),
        )
    )
    return Calibration(
        mae=float(np.abs(error).mean()),
        rmse=float(np.sqrt((error**2).mean())),
        predicted_total=float(predicted.sum()),
        actual_total=float(actual.sum()),
        deciles=deciles,
    )
