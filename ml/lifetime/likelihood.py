"""The maximum of a likelihood whose parameters are all positive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from lakehouse.errors import LakehouseError
from ml.metrics import Floats

# Of the logarithms of the parameters: the mean log-likelihood of a customer, and its gradient.
MeanLogLikelihood = Callable[[Floats], tuple[float, Floats]]

# How far a parameter may go from the first start, as a factor e^10: beyond, a likelihood that
# still rises has its maximum at infinity.
_REACH = 10.0
# Of the gradient per customer; a maximum that is flatter than this is one.
_TOLERANCE = 1e-5
# Near the cube root of the machine's precision, where a central difference is most exact.
_STEP = 1e-5


@dataclass(frozen=True)
class Estimate:
    """Maximum-likelihood estimates; arrays have one value per parameter.

    Attributes:
        parameters: the estimates.
        standard_errors: from the inverse Hessian of the log-likelihood, by the delta method; NaN
            where the maximum is at a limit or the likelihood is flat there.
        log_likelihood: at the maximum, summed over customers.
        at_limit: whether a parameter ended where the search does: the data do not bound it, and it
            says no more than "very large" or "very small".
        count: of customers.
    """

    parameters: Floats
    standard_errors: Floats
    log_likelihood: float
    at_limit: tuple[bool, ...]
    count: int


def maximise(function: MeanLogLikelihood, starts: Floats, count: int) -> Estimate:
    """The best maximum found from several starts, the same for the same input.

    Args:
        function: the mean log-likelihood and its gradient, of the parameters' logarithms.
        starts: of shape (starts, parameters); the search reaches a factor e^10 about the first.
        count: the customers that the mean is of.

    Raises:
        LakehouseError: the search ended on no maximum.
    """
    logs = np.log(starts)
    lower, upper = logs[0] - _REACH, logs[0] + _REACH

    def negative(log_parameters: Floats) -> tuple[float, Floats]:
        value, gradient = function(log_parameters)
        return -value, -gradient

    found = [
        optimize.minimize(
            negative,
            start,
            jac=True,
            method="SLSQP",
            bounds=optimize.Bounds(lower, upper),
            options={"ftol": 1e-15, "maxiter": 1000},
        )
        for start in logs
    ]
    best = np.asarray(min(found, key=lambda result: float(result.fun)).x, dtype=np.float64)
    value, gradient = function(best)
    at_limit = np.isclose(best, lower) & (gradient < 0) | np.isclose(best, upper) & (gradient > 0)
    if not np.isfinite(value) or np.abs(gradient[~at_limit]).max(initial=0) > _TOLERANCE:
        raise LakehouseError(
            "The fit found no maximum: the orders do not tell the parameters apart; "
            "give it more customers or a longer period."
        )
    errors = np.full(len(best), np.nan)
    if not at_limit.any():
        errors = _standard_errors(function, best, count)
    parameters = np.exp(best)
    return Estimate(
        parameters=parameters,
        standard_errors=parameters * errors,
        log_likelihood=value * count,
        at_limit=tuple(bool(reached) for reached in at_limit),
        count=count,
    )


def _standard_errors(function: MeanLogLikelihood, at: Floats, count: int) -> Floats:
    """Of the parameters' logarithms; NaN where the likelihood is not curved downwards."""
    steps = _STEP * np.eye(len(at))
    rows = [(function(at + step)[1] - function(at - step)[1]) / (2 * _STEP) for step in steps]
    information = -count * np.array(rows)
    information = (information + information.T) / 2
    if np.linalg.eigvalsh(information).min() <= 0:
        return np.full(len(at), np.nan)
    return np.sqrt(np.diag(np.linalg.inv(information)))
