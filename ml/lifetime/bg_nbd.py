"""BG/NBD: how often a customer will buy again, and whether they still do.

While a customer is alive they buy at random times with a rate lambda, and after each repeat
purchase they leave for good with a probability p; lambda ~ Gamma(r, alpha) and p ~ Beta(a, b) over
customers. Fader, Hardie & Lee, "Counting Your Customers the Easy Way: An Alternative to the
Pareto/NBD Model", Marketing Science 24(2), 2005; equations are numbered as there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, expit, gammaln

from lakehouse.errors import LakehouseError
from ml.lifetime.history import History
from ml.lifetime.likelihood import Estimate, maximise
from ml.metrics import Floats

# Fewer customers who came back cannot tell four parameters apart.
MINIMUM_REPEAT_CUSTOMERS = 10

# Nodes of the sum over p. With 192 the relative error stays below 1e-9 for a from 0.003 to 90, for
# r and b up to 600 and for horizons up to 800 times alpha.
_NODES = 192
# Histories whose sums over p are held at once: a few megabytes.
_CHUNK = 4096
# Starts of r, alpha (in mean ages), a and b.
_STARTS = np.array(
    [
        [1.0, 1.0, 1.0, 1.0],
        [0.2, 0.2, 0.5, 2.0],
        [0.5, 0.1, 2.0, 10.0],
        [3.0, 1.0, 0.1, 1.0],
        [10.0, 5.0, 1.0, 5.0],
    ]
)


@dataclass(frozen=True)
class BgNbd:
    """The model with its parameters.

    Attributes:
        r: shape of the gamma distribution of purchase rates.
        alpha: its rate, in the unit of time of the histories.
        a: first shape of the beta distribution of dropout probabilities.
        b: its second shape.
    """

    r: float
    alpha: float
    a: float
    b: float

    def log_likelihood(self, frequency: Floats, recency: Floats, age: Floats) -> Floats:
        """Of each history (Eq. 6).

        In logarithms throughout, as in Fader & Hardie, "Overcoming the BG/NBD Model's #NUM! Error
        Problem", 2013: large frequencies neither overflow nor vanish.
        """
        r, a, b, x = self.r, self.a, self.b, frequency
        buying = gammaln(r + x) - gammaln(r) + r * np.log(self.alpha)
        staying = gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
        silence = -(r + x) * np.log(self.alpha + age)
        left = np.logaddexp(0.0, self._log_odds_of_dropout(x, recency, age))
        return np.asarray(buying + staying + silence + left)

    def probability_alive(self, frequency: Floats, recency: Floats, age: Floats) -> Floats:
        """That a customer has not left by the end of their age.

        It is 1 without a repeat purchase, since nobody leaves before one. Fader & Hardie,
        "Computing P(alive) Using the BG/NBD Model", 2008.
        """
        return np.asarray(expit(-self._log_odds_of_dropout(frequency, recency, age)))

    def expected_purchases(self, time: Floats) -> Floats:
        """Repeat purchases of a new customer up to a time after their first (Eq. 9)."""
        return _expected_while_alive(time, self.r, self.alpha, self.a, self.b)

    def conditional_expected_purchases(
        self, time: float, frequency: Floats, recency: Floats, age: Floats
    ) -> Floats:
        """Purchases of a known customer in the time after the end of their age (Eq. 10).

        Eq. 10 is the probability that they are alive, times Eq. 9 with what is known of them:
        r + x, alpha + T, a and b + x.
        """
        histories, inverse = np.unique(
            np.column_stack([frequency, age]), axis=0, return_inverse=True
        )
        x, known_age = histories.T
        expected = _expected_while_alive(
            time, self.r + x, self.alpha + known_age, self.a, self.b + x
        )
        return expected[inverse] * self.probability_alive(frequency, recency, age)

    def cumulative_purchases(self, times: Floats, age: Floats) -> Floats:
        """Repeat purchases of all customers together, as a curve (section 7, tracking plot).

        Args:
            times: since the first purchase of the oldest customer.
            age: T of each customer, by which they entered when the oldest were max(T) - T old.

        Returns:
            One number per time.
        """
        entries, counts = np.unique(age.max() - age, return_counts=True)
        since = np.maximum(times[:, None] - entries[None, :], 0.0)
        return np.asarray(self.expected_purchases(since) @ counts)

    def _log_odds_of_dropout(self, x: Floats, recency: Floats, age: Floats) -> Floats:
        """Of having left after the last purchase; -∞ without a repeat purchase."""
        silent = np.log(self.alpha + age) - np.log(self.alpha + recency)
        odds = np.log(self.a) - np.log(self.b + np.maximum(x, 1) - 1) + (self.r + x) * silent
        return np.where(x > 0, odds, -np.inf)


def fit(history: History) -> tuple[BgNbd, Estimate]:
    """BG/NBD by maximum likelihood; the estimates are in the order r, alpha, a, b.

    Raises:
        LakehouseError: too few customers bought on a second day, or their likelihood has no
            maximum.
    """
    repeating = int((history.frequency > 0).sum())
    if repeating < MINIMUM_REPEAT_CUSTOMERS:
        raise LakehouseError(
            f"{repeating} of {len(history.frequency)} customers bought on a second day up to "
            f"{history.end}, and predicted purchases need {MINIMUM_REPEAT_CUSTOMERS}: "
            "choose a later end of the calibration, or load more orders."
        )
    # Many customers share their history, those of one purchase above all.
    histories, counts = np.unique(
        np.column_stack([history.frequency, history.recency, history.age]),
        axis=0,
        return_counts=True,
    )
    x, recency, age = histories.T

    def mean_log_likelihood(log_parameters: Floats) -> tuple[float, Floats]:
        model = BgNbd(*np.exp(log_parameters).tolist())
        value = np.average(model.log_likelihood(x, recency, age), weights=counts)
        gradient = np.average(_gradient(model, x, recency, age), axis=1, weights=counts)
        return float(value), np.asarray(gradient)

    starts = _STARTS * [1.0, float(history.age.mean()), 1.0, 1.0]
    estimate = maximise(mean_log_likelihood, starts, len(history.frequency))
    return BgNbd(*estimate.parameters.tolist()), estimate


def _gradient(model: BgNbd, x: Floats, recency: Floats, age: Floats) -> Floats:
    """Of the log-likelihood by the logarithms of the parameters, of shape (4, histories)."""
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    dead = 1 - model.probability_alive(x, recency, age)
    silent = np.log(alpha + age) - np.log(alpha + recency)
    earlier = 1 / (alpha + recency) - 1 / (alpha + age)
    leaving = digamma(a + b) - digamma(a + b + x)
    staying = digamma(b + x) - digamma(b) - dead / (b + np.maximum(x, 1) - 1)
    return np.stack(
        [
            r * (digamma(r + x) - digamma(r) + np.log(alpha / (alpha + age)) + dead * silent),
            r - alpha * (r + x) * (1 / (alpha + age) + dead * earlier),
            a * leaving + dead,
            b * (leaving + staying),
        ]
    )


def _expected_while_alive(
    time: Floats | float,
    r: Floats | float,
    alpha: Floats | float,
    a: float,
    b: Floats | float,
) -> Floats:
    """Eq. 9 for each of the broadcast arguments, without its hypergeometric function.

    Eq. 9 takes a difference of nearly equal numbers over a - 1, and its 2F1(r, b; a + b - 1; .)
    overflows for frequent buyers and has a pole where a + b is 1. It is the mean over p of
    (1 - (alpha / (alpha + p t))^r) / p, which is Eq. 5 with lambda integrated out, smooth and
    positive: this sums that mean over p on the scale of its logit, by the trapezoidal rule.
    """
    reach, shape, failures = np.broadcast_arrays(np.divide(time, alpha), r, b)
    kinds, kind = np.unique(failures.ravel(), return_inverse=True)
    p, weight = _dropout_nodes(a, kinds)
    # Of weights and quotients by p, of which neither is too large or small by itself.
    weight /= p
    columns = reach.ravel()[:, None], shape.ravel()[:, None]
    total = np.empty(reach.size)
    for begin in range(0, total.size, _CHUNK):
        part = slice(begin, begin + _CHUNK)
        times, shapes = (column[part] for column in columns)
        purchases = -np.expm1(-shapes * np.log1p(p[kind[part]] * times))
        total[part] = (weight[kind[part]] * purchases).sum(axis=1)
    return total.reshape(reach.shape)


def _dropout_nodes(a: float, b: Floats) -> tuple[Floats, Floats]:
    """Values of p ~ Beta(a, b) and their weights, which sum to 1: both of shape (len(b), nodes).

    On the logit's scale the density falls like exp(a v) to the left and exp(-b v) to the right. The
    nodes are even in u, v = mode + width sinh(u): dense about the mode, and as far as 40 e-folds
    into either tail.
    """
    b = b[:, None]
    width = np.minimum(1.0, np.sqrt(1 / a + 1 / b))
    left = np.arcsinh(10 + 40 / (a * width))
    right = np.arcsinh(10 + 40 / (b * width))
    u = -left + (left + right) * np.linspace(0.0, 1.0, _NODES)
    logit = np.log(a / b) + width * np.sinh(u)
    log_p, log_q = -np.logaddexp(0.0, -logit), -np.logaddexp(0.0, logit)
    log_weight = a * log_p + b * log_q + np.log(np.cosh(u))
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    # Further left, p would be 0 to the machine.
    return np.maximum(np.exp(log_p), 1e-200), weight / weight.sum(axis=1, keepdims=True)
