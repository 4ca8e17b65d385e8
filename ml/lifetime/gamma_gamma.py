"""Gamma-Gamma: what a purchase of a customer is worth.

The values of a customer's purchases are Gamma(p, nu), however many there are, and nu ~ Gamma(q,
gamma) over customers. Fader & Hardie, "The Gamma-Gamma Model of Monetary Value", 2013; equations
are numbered as there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betaln, digamma

from lakehouse.errors import LakehouseError
from ml.lifetime.history import History
from ml.lifetime.likelihood import Estimate, maximise
from ml.metrics import Floats

# Fewer customers who came back cannot tell three parameters apart.
MINIMUM_REPEAT_CUSTOMERS = 10

# Starts of p, q and gamma (in mean values).
_STARTS = np.array([[1.0, 2.0, 1.0], [5.0, 4.0, 0.5], [2.0, 1.5, 0.2], [20.0, 10.0, 1.0]])


@dataclass(frozen=True)
class GammaGamma:
    """The model with its parameters.

    Attributes:
        p: shape of the gamma distribution of a customer's values.
        q: shape of the gamma distribution of their rates over customers.
        gamma: its rate, in the currency of the values.
    """

    p: float
    q: float
    gamma: float

    def log_likelihood(self, frequency: Floats, mean_value: Floats) -> Floats:
        """Of the mean value of each customer with repeat purchases (Eq. 1a); both are positive."""
        shape, total = self.p * frequency, frequency * mean_value
        log_sum = np.log(self.gamma + total)
        return np.asarray(
            self.q * (np.log(self.gamma) - log_sum)
            + shape * (np.log(total) - log_sum)
            - np.log(mean_value)
            - betaln(shape, self.q)
        )

    def expected_value(self, frequency: Floats, mean_value: Floats) -> Floats:
        """Of a customer's future purchases, given their mean so far (Eq. 5).

        It lies between that mean and the one of all customers, and is the latter without a repeat
        purchase.

        Raises:
            LakehouseError: the distribution has no finite mean.
        """
        shape = self.p * frequency + self.q - 1
        if shape.size and shape.min() <= 0:
            raise LakehouseError(
                f"The values of purchases have no finite mean (q is {self.q:.3g}, not above 1): "
                "a few are too large for the rest; set wholesale orders apart."
            )
        return np.asarray(self.p * (self.gamma + frequency * mean_value) / shape)


def fit(history: History) -> tuple[GammaGamma, Estimate]:
    """Gamma-Gamma by maximum likelihood; the estimates are in the order p, q, gamma.

    It is of the customers with repeat purchases that were not all free.

    Raises:
        LakehouseError: there are too few, or their likelihood has no maximum.
    """
    known = (history.frequency > 0) & (history.mean_value > 0)
    x, z = history.frequency[known], history.mean_value[known]
    if len(x) < MINIMUM_REPEAT_CUSTOMERS:
        raise LakehouseError(
            f"{len(x)} of {len(known)} customers paid for a repeat purchase up to {history.end}, "
            f"and predicted values need {MINIMUM_REPEAT_CUSTOMERS}: "
            "choose a later end of the calibration, or load more orders."
        )

    def mean_log_likelihood(log_parameters: Floats) -> tuple[float, Floats]:
        model = GammaGamma(*np.exp(log_parameters).tolist())
        return float(model.log_likelihood(x, z).mean()), _gradient(model, x, z).mean(axis=1)

    estimate = maximise(mean_log_likelihood, _STARTS * [1.0, 1.0, float(z.mean())], len(x))
    return GammaGamma(*estimate.parameters.tolist()), estimate


def frequency_value_correlation(history: History) -> float:
    """Of the repeat purchases of customers who have some with their mean value (Pearson's).

    The model takes the two as independent; it is 0 where one of them does not vary.
    """
    known = history.frequency > 0
    x, z = history.frequency[known], history.mean_value[known]
    if len(x) < 2 or np.ptp(x) == 0 or np.ptp(z) == 0:
        return 0.0
    return float(np.corrcoef(x, z)[0, 1])


def _gradient(model: GammaGamma, x: Floats, z: Floats) -> Floats:
    """Of the log-likelihood by the logarithms of the parameters, of shape (3, customers)."""
    p, q, gamma = model.p, model.q, model.gamma
    shape, total = p * x, x * z
    log_sum, both = np.log(gamma + total), digamma(p * x + q)
    return np.stack(
        [
            shape * (both - digamma(shape) + np.log(total) - log_sum),
            q * (both - digamma(q) + np.log(gamma) - log_sum),
            q - gamma * (shape + q) / (gamma + total),
        ]
    )
