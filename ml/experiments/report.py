"""What an experiment says at a moment, and whether it is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from math import ceil

import numpy as np
import pyarrow as pa

from lakehouse.errors import LakehouseError
from ml.experiments.boundaries import Floats, critical_values
from ml.experiments.declaration import Experiment
from ml.experiments.effects import Comparison, compare, cuped, moments, sample_ratio_p
from ml.experiments.exposures import Sample, sample
from ml.experiments.plan import plan

# So unlikely a split means a fault, however often it is looked at (Kohavi, Tang and Xu,
# Trustworthy Online Controlled Experiments, 2020, ch. 21).
SAMPLE_RATIO_ALPHA = 0.001

# Two looks closer than this part of the planned units would be one; the boundary's integration
# gets finer as looks come closer.
_FRACTION_DECIMALS = 3


class Verdict(StrEnum):
    """What to do now."""

    KEEP_GOING = "keep going"
    BETTER = "stop: better"
    WORSE = "stop: worse"
    NO_DIFFERENCE = "stop: no difference"
    INVALID = "invalid"


@dataclass(frozen=True)
class Look:
    """A moment at which variants were compared; the next report needs all of them.

    Attributes:
        unit_count: units that were analysed.
    """

    as_of: datetime
    unit_count: int
    verdict: Verdict


@dataclass(frozen=True)
class Effect:
    """A treatment against the control.

    The intervals hold at all looks together (repeated confidence intervals: Jennison and Turnbull,
    JRSS B 1989); that of the difference leaves out 0 where z is past the boundary.

    Attributes:
        lift: the difference over the control's mean, 0.05 for 5%; None if that is not above 0.
    """

    difference: float
    interval: tuple[float, float]
    lift: float | None
    lift_interval: tuple[float, float] | None
    z: float


@dataclass(frozen=True)
class VariantResult:
    """One variant.

    Attributes:
        exposed: units that saw it and no other variant.
        analysed: those whose outcome days are over.
        mean: of the metric, adjusted by the covariate if there is one; None between looks.
        effect: None between looks, and for the control.
    """

    name: str
    strategy: str
    exposed: int
    analysed: int
    mean: float | None
    effect: Effect | None


@dataclass(frozen=True)
class Report:
    """An experiment at a moment.

    Attributes:
        text: the verdict in words.
        variants: the control first.
        planned_units: analysed units at the last look.
        next_look_at: analysed units from which on the next look is due; None unless it keeps going.
        critical_value: the |z| that ends the experiment at this look; None between looks.
        crossover_count: units that saw several variants, and were left out.
        sample_ratio_p: None while there are too few units to tell.
        variance_reduction: by the covariate, in 0 to 1; None without one, and between looks.
        looks: those so far, this one included.
    """

    experiment: str
    as_of: datetime
    verdict: Verdict
    text: str
    variants: tuple[VariantResult, ...]
    planned_units: int
    next_look_at: int | None
    critical_value: float | None
    crossover_count: int
    sample_ratio_p: float | None
    variance_reduction: float | None
    looks: tuple[Look, ...]


def report(
    experiment: Experiment,
    exposures: pa.Table,
    outcomes: pa.Table,
    looks: Sequence[Look],
    as_of: datetime,
) -> Report:
    """What the experiment says at a moment.

    Variants are compared when a look is due; in between they are only counted, since a result that
    nobody sees cannot tempt anybody to stop. A report as of the last look is that look again.

    Args:
        experiment: the declaration.
        exposures: of the schema `EXPOSURES`.
        outcomes: of the schema `OUTCOMES`.
        looks: that were made before, the first one first.
        as_of: nothing later is seen; with a zone, if those of the looks have one.

    Raises:
        LakehouseError: what `sample` raises; a look is due and a variant has fewer than two units;
            a look is later than this moment; an earlier look ended the experiment.
    """
    before = _before(experiment, looks, as_of)
    units = sample(experiment, exposures, outcomes, as_of)
    planned_units = plan(experiment).total
    due = _due(experiment, planned_units, before)
    ratio_p = sample_ratio_p(units.exposed, experiment.shares)
    counted = Report(
        experiment=experiment.name,
        as_of=as_of,
        verdict=Verdict.KEEP_GOING,
        text=_keep_going(due),
        variants=_counts(experiment, units),
        planned_units=planned_units,
        next_look_at=due,
        critical_value=None,
        crossover_count=units.crossover_count,
        sample_ratio_p=ratio_p,
        variance_reduction=None,
        looks=before,
    )
    if ratio_p is not None and ratio_p < SAMPLE_RATIO_ALPHA:
        text = f"invalid: sample ratio (p = {ratio_p:.1g})"
        return replace(counted, verdict=Verdict.INVALID, text=text, next_look_at=None)
    if len(units.variant) < due:
        return counted
    return _compared(experiment, units, counted)


def _before(experiment: Experiment, looks: Sequence[Look], as_of: datetime) -> tuple[Look, ...]:
    before = tuple(look for look in looks if look.as_of != as_of)
    if before and before[-1].as_of > as_of:
        raise LakehouseError(
            f"The experiment {experiment.name} was looked at {before[-1].as_of:%Y-%m-%d %H:%M}, "
            f"later than {as_of:%Y-%m-%d %H:%M}: give a later moment."
        )
    if before and before[-1].verdict is not Verdict.KEEP_GOING:
        raise LakehouseError(
            f"The experiment {experiment.name} ended with its look of "
            f"{before[-1].as_of:%Y-%m-%d %H:%M} ({before[-1].verdict}): report it as of then."
        )
    return before


def _counts(experiment: Experiment, units: Sample) -> tuple[VariantResult, ...]:
    analysed = np.bincount(units.variant, minlength=len(experiment.variants)).tolist()
    counts = zip(experiment.variants, units.exposed, analysed, strict=True)
    return tuple(
        VariantResult(variant.name, variant.strategy, exposed, done, mean=None, effect=None)
        for variant, exposed, done in counts
    )


def _compared(experiment: Experiment, units: Sample, counted: Report) -> Report:
    values, variance_reduction = units.outcome, None
    if units.covariate is not None:
        adjusted = cuped(units.outcome, units.covariate)
        values, variance_reduction = adjusted.values, adjusted.variance_reduction
    arms = moments(values, units.variant, len(experiment.variants))
    comparison = compare(arms[0], arms[1:])

    counts = [*(look.unit_count for look in counted.looks), len(units.variant)]
    fractions = [_fraction(count, counted.planned_units) for count in counts]
    boundary = critical_values(experiment.spending, experiment.comparison_alpha, fractions)
    critical_value = float(boundary[-1])
    names = [variant.name for variant in experiment.treatments]
    verdict, text = _decided(names, comparison.z, critical_value, is_last=fractions[-1] == 1)

    looks = (*counted.looks, Look(counted.as_of, len(units.variant), verdict))
    next_look_at = None
    if verdict is Verdict.KEEP_GOING:
        next_look_at = _due(experiment, counted.planned_units, looks)
        text = _keep_going(next_look_at)
    effects = [None, *_effects(comparison, critical_value)]
    variants = tuple(
        replace(variant, mean=float(mean), effect=effect)
        for variant, mean, effect in zip(counted.variants, arms.mean, effects, strict=True)
    )
    return replace(
        counted,
        verdict=verdict,
        text=text,
        variants=variants,
        next_look_at=next_look_at,
        critical_value=critical_value,
        variance_reduction=variance_reduction,
        looks=looks,
    )


def _decided(
    names: Sequence[str], z: Floats, critical_value: float, *, is_last: bool
) -> tuple[Verdict, str]:
    if z.max() >= critical_value:
        return Verdict.BETTER, f"stop: {names[int(z.argmax())]} is better"
    worse = [name for name, score in zip(names, z, strict=True) if score <= -critical_value]
    worse_text = f"{' and '.join(worse)} {'is' if len(worse) == 1 else 'are'} worse"
    if len(worse) == len(names):
        return Verdict.WORSE, f"stop: {worse_text}"
    if not is_last:
        return Verdict.KEEP_GOING, ""
    text = "stop: no difference shown at the planned size"
    if worse:
        text += f" for {' and '.join(name for name in names if name not in worse)}; {worse_text}"
    return Verdict.NO_DIFFERENCE, text


def _effects(comparison: Comparison, critical_value: float) -> list[Effect]:
    return [
        Effect(
            float(difference),
            _interval(difference, critical_value * error),
            None if np.isnan(lift) else float(lift),
            None if np.isnan(lift) else _interval(lift, critical_value * lift_error),
            float(z),
        )
        for difference, error, lift, lift_error, z in zip(
            comparison.difference,
            comparison.standard_error,
            comparison.lift,
            comparison.lift_standard_error,
            comparison.z,
            strict=True,
        )
    ]


def _interval(middle: float, half: float) -> tuple[float, float]:
    return float(middle - half), float(middle + half)


def _fraction(unit_count: int, planned_units: int) -> float:
    return min(1.0, round(unit_count / planned_units, _FRACTION_DECIMALS))


def _due(experiment: Experiment, planned_units: int, looks: Sequence[Look]) -> int:
    """From how many units on the next look is due: the planned one, at least half a step away."""
    last = _fraction(looks[-1].unit_count, planned_units) if looks else 0.0
    steps = range(1, experiment.looks + 1)
    later = (step for step in steps if step >= last * experiment.looks + 0.5)
    return ceil(planned_units * next(later, experiment.looks) / experiment.looks)


def _keep_going(due: int) -> str:
    return f"keep going: the next look is due at {due:,} analysed units"
