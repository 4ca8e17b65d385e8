"""Whether a model serves: a rule that is fixed before training, and read once on unseen units.

A model serves only if the lower bound of a paired bootstrap of its gain over the tuned baseline is
above the margin. Model and baseline are scored on the same resamples of units, so that what makes
a unit hard for both does not blur the comparison (Efron & Tibshirani, An Introduction to the
Bootstrap, 1993, chapters 13 and 16).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lakehouse.errors import LakehouseError
from ml.metrics import Floats, Metric, Weights

RESAMPLES = 2_000
# Weights that are held at once: resamples of one chunk times units.
_CHUNK_CELLS = 4_000_000


@dataclass(frozen=True)
class Rule:
    """When a model is better than its baseline.

    Attributes:
        metric: what it is called, e.g. `ndcg_at_10`.
        baseline: what it has to beat.
        margin: by how much at least, in the metric's unit.
        higher_is_better: false for errors.
        confidence: of the interval of the gain.
        min_unit_count: below which the test says nothing.
        seed: of the resamples.
    """

    metric: str
    baseline: str
    margin: float
    higher_is_better: bool = True
    confidence: float = 0.95
    min_unit_count: int = 30
    seed: int = 1


@dataclass(frozen=True)
class Verdict:
    """What the test part says.

    Attributes:
        model_score: of the model, in the metric's unit.
        baseline_score: of the baseline.
        gain: how much better the model is; positive is better whatever the metric.
        lower: bound of the gain's interval.
        upper: bound of the gain's interval.
        unit_count: of the test part.
        serves: whether the model may be used.
        reason: a sentence that says why.
    """

    model_score: float
    baseline_score: float
    gain: float
    lower: float
    upper: float
    unit_count: int
    serves: bool
    reason: str


def judge(rule: Rule, model: Metric, baseline: Metric) -> Verdict:
    """Compares a model with its baseline on the units of the test part.

    Args:
        rule: fixed before training.
        model: the metric of the model's predictions.
        baseline: the metric of the baseline's, on the same units in the same order.

    Raises:
        LakehouseError: there are too few units, or they have no score, e.g. for want of a class.
    """
    count = model.unit_count
    if baseline.unit_count != count:
        raise ValueError(f"{count} units of the model, {baseline.unit_count} of the baseline")
    if count < rule.min_unit_count:
        raise LakehouseError(
            f"{count} units to test on are too few to compare with {rule.baseline}: "
            f"{rule.min_unit_count} are needed."
        )
    ones = np.ones((1, count))
    model_score, baseline_score = float(model.scores(ones)[0]), float(baseline.scores(ones)[0])
    if np.isnan(model_score) or np.isnan(baseline_score):
        raise LakehouseError(
            f"The {count} units to test on have no {rule.metric}: all are of one kind."
        )
    sign = 1.0 if rule.higher_is_better else -1.0
    gains = sign * _resampled_gains(model, baseline, rule.seed)
    tail = (1 - rule.confidence) / 2
    lower, upper = (float(q) for q in np.nanquantile(gains, [tail, 1 - tail]))
    gain = sign * (model_score - baseline_score)
    serves = lower > rule.margin
    comparison = "above" if serves else "not above"
    reason = (
        f"{rule.metric} {model_score:.4f} against {baseline_score:.4f} of {rule.baseline}: the "
        f"lower bound of the gain, {lower:.4f}, is {comparison} the margin {rule.margin:g}"
        + ("." if serves else f", so {rule.baseline} serves.")
    )
    return Verdict(model_score, baseline_score, gain, lower, upper, count, serves, reason)


def interval(metric: Metric, confidence: float = 0.95, seed: int = 1) -> tuple[float, float]:
    """The bootstrap percentile interval of a metric."""
    tail = (1 - confidence) / 2
    scores = np.concatenate([metric.scores(w) for w in _resamples(metric.unit_count, seed)])
    low, high = np.nanquantile(scores, [tail, 1 - tail])
    return float(low), float(high)


def _resampled_gains(model: Metric, baseline: Metric, seed: int) -> Floats:
    return np.concatenate(
        [model.scores(w) - baseline.scores(w) for w in _resamples(model.unit_count, seed)]
    )


def _resamples(unit_count: int, seed: int) -> Iterator[Weights]:
    """Chunks of (resamples, units): how often each unit was drawn, with replacement."""
    generator = np.random.default_rng(seed)
    share = np.full(unit_count, 1 / unit_count)
    chunk = max(1, min(RESAMPLES, _CHUNK_CELLS // unit_count))
    for start in range(0, RESAMPLES, chunk):
        drawn = generator.multinomial(unit_count, share, size=min(chunk, RESAMPLES - start))
        yield drawn.astype(np.float64)
