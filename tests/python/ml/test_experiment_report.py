"""Reports: what a reader gets at each moment of an experiment's life."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from lakehouse.errors import LakehouseError
from ml.experiments.assignment import assign
from ml.experiments.boundaries import critical_values
from ml.experiments.declaration import Experiment
from ml.experiments.plan import plan
from ml.experiments.report import Look, Report, Verdict, report
from tests.python.ml.experiment_data import START, experiment, exposure_table, outcome_table

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


class Shop:
    """Customers that come one an hour, see their variant, and spend a day later.

    Attributes:
        lift: of a variant's spending over the control's.
        kept: the part of a variant's exposures that the log keeps.
    """

    def __init__(
        self,
        declared: Experiment,
        lift: dict[str, float] | None = None,
        kept: dict[str, float] | None = None,
        seed: int = 1,
    ) -> None:
        generator = np.random.default_rng(seed)
        count = plan(declared).total + 400
        ids = [f"customer-{number}" for number in range(count)]
        variants = [variant.name for variant in assign(declared, ids)]
        moments = [START + number * HOUR for number in range(count)]
        habit = generator.gamma(1, 20, count)
        spent = habit * generator.gamma(1, 1, count)
        spent *= [1 + (lift or {}).get(name, 0.0) for name in variants]
        logged = generator.random(count) < [(kept or {}).get(name, 1.0) for name in variants]
        self.declared = declared
        self.exposures = exposure_table(ids, variants, moments, declared.name).filter(
            pa.array(logged)
        )
        self.outcomes = outcome_table(
            [*ids, *ids],
            [moment + shift for shift in (-DAY, DAY) for moment in moments],
            [*habit.tolist(), *spent.tolist()],
        )

    def at(self, unit_count: int, looks: Sequence[Look] = ()) -> Report:
        """The report at the moment when so many units are analysed."""
        days = timedelta(days=self.declared.outcome_days)
        moment = self.exposures["exposed_at"][unit_count - 1].as_py() + days
        return self.on(moment, looks)

    def on(self, moment: datetime, looks: Sequence[Look] = ()) -> Report:
        return report(self.declared, self.exposures, self.outcomes, looks, moment)


SMALL = experiment(metric={"kind": "mean", "baseline_mean": 20, "baseline_sd": 30})


def test_between_looks_units_are_counted_and_nothing_is_shown() -> None:
    due = -(-plan(SMALL).total // 5)
    found = Shop(SMALL).at(due - 1)
    assert found.verdict is Verdict.KEEP_GOING
    assert found.text == f"keep going: the next look is due at {due:,} analysed units"
    assert found.next_look_at == due
    assert sum(variant.analysed for variant in found.variants) == due - 1
    # Those of the last seven days are exposed, and wait.
    assert sum(variant.exposed for variant in found.variants) == due - 1 + 7 * 24
    assert [variant.mean for variant in found.variants] == [None, None]
    assert [variant.effect for variant in found.variants] == [None, None]
    assert (found.looks, found.critical_value, found.variance_reduction) == ((), None, None)


def test_without_an_effect_all_looks_go_by() -> None:
    shop = Shop(SMALL)
    planned = plan(SMALL)
    looks: tuple[Look, ...] = ()
    for number, value in enumerate(planned.critical_values, start=1):
        found = shop.at(-(-planned.total * number // 5), looks)
        looks = found.looks
        assert len(looks) == number
        assert found.critical_value == pytest.approx(value, abs=0.02)
        if number < 5:
            assert found.verdict is Verdict.KEEP_GOING
            assert found.next_look_at == -(-planned.total * (number + 1) // 5)
    assert found.verdict is Verdict.NO_DIFFERENCE
    assert found.text == "stop: no difference shown at the planned size"
    assert found.next_look_at is None
    with pytest.raises(LakehouseError, match=r"als_against_popular ended with its look of 2024"):
        shop.at(planned.total + 100, looks)
    assert shop.on(looks[-1].as_of, looks) == found


@pytest.mark.parametrize(
    ("lift", "verdict", "text"),
    [(0.8, Verdict.BETTER, "stop: als is better"), (-0.5, Verdict.WORSE, "stop: als is worse")],
)
def test_a_large_effect_stops_early(lift: float, verdict: Verdict, text: str) -> None:
    shop = Shop(SMALL, {"als": lift})
    found = shop.at(plan(SMALL).total // 2)
    assert (found.verdict, found.text, found.next_look_at) == (verdict, text, None)
    control, als = found.variants
    assert control.effect is None
    assert als.effect is not None
    assert control.mean is not None
    assert als.mean is not None
    assert found.critical_value is not None
    assert abs(als.effect.z) > found.critical_value
    assert als.effect.difference == pytest.approx(als.mean - control.mean)
    assert als.effect.lift == pytest.approx(als.mean / control.mean - 1)
    low, high = als.effect.interval
    assert low * high > 0
    assert low < als.effect.difference < high
    assert als.effect.lift_interval is not None
    assert als.effect.lift_interval[0] < lift < als.effect.lift_interval[1]


def test_the_boundary_decides_however_near_z_is() -> None:
    distances = []
    for seed in range(12):
        found = Shop(SMALL, {"als": 0.45}, seed=seed).at(plan(SMALL).total // 2)
        effect = found.variants[1].effect
        assert effect is not None
        assert found.critical_value is not None
        distance = effect.z - found.critical_value
        assert (found.verdict is Verdict.BETTER) == (distance >= 0)
        assert (effect.interval[0] > 0) == (distance > 0)
        distances.append(distance)
    # Both happened, and near the boundary.
    assert min(distances, key=abs) == pytest.approx(0, abs=0.25)
    assert min(distances) < 0 < max(distances)


def test_the_figures_are_those_of_the_units() -> None:
    shop = Shop(SMALL)
    count = plan(SMALL).total // 2
    found = shop.at(count)
    names = shop.exposures["variant"].to_numpy()[:count]
    spent = shop.outcomes["value"].to_numpy()[len(shop.exposures) :][:count]
    for variant in found.variants:
        theirs = spent[names == variant.name]
        assert variant.analysed == len(theirs)
        assert variant.mean == pytest.approx(theirs.mean())


def test_a_covariate_makes_the_interval_shorter() -> None:
    helped = SMALL.model_copy(update={"covariate_days": 7})
    count = plan(SMALL).total // 2
    plain, adjusted = Shop(SMALL).at(count), Shop(helped).at(count)
    assert plain.variance_reduction is None
    # Spending is the habit times noise of mean 1 and variance 1: rho squared is 1 / 3.
    assert adjusted.variance_reduction == pytest.approx(1 / 3, abs=0.1)
    assert _width(adjusted) / _width(plain) == pytest.approx(np.sqrt(2 / 3), abs=0.06)


def test_a_log_that_loses_exposures_is_invalid_and_no_look() -> None:
    found = Shop(SMALL, {"als": 0.8}, kept={"als": 0.6}).at(plan(SMALL).total // 2)
    assert found.verdict is Verdict.INVALID
    assert found.text.startswith("invalid: sample ratio (p = ")
    assert found.sample_ratio_p is not None
    assert found.sample_ratio_p < 0.001
    assert (found.looks, found.critical_value) == ((), None)
    assert [variant.effect for variant in found.variants] == [None, None]


def test_a_late_look_moves_the_next_one() -> None:
    shop = Shop(SMALL)
    total = plan(SMALL).total
    first = shop.at(round(0.33 * total))
    # 0.4 of the planned units would be less than half a step away.
    assert first.next_look_at == -(-total * 3 // 5)
    second = shop.at(round(0.7 * total), first.looks)
    assert second.next_look_at == -(-total * 4 // 5)
    expected = critical_values("obrien_fleming", 0.05, [0.33, 0.7])
    assert second.critical_value == pytest.approx(expected[-1], abs=0.01)


def test_a_report_of_the_past_is_refused() -> None:
    shop = Shop(SMALL)
    total = plan(SMALL).total
    looks = shop.at(total // 2).looks
    with pytest.raises(LakehouseError, match=r"later than .*: give a later moment"):
        shop.at(total // 3, looks)


THREE = experiment(
    metric={"kind": "mean", "baseline_mean": 20, "baseline_sd": 30},
    variants=[
        {"name": "control", "strategy": "popular"},
        {"name": "als", "strategy": "als"},
        {"name": "basket", "strategy": "basket"},
    ],
)


@pytest.mark.parametrize(
    ("lift", "text"),
    [
        ({"als": 0.9, "basket": 0.4}, "stop: als is better"),
        ({"als": -0.7, "basket": -0.7}, "stop: als and basket are worse"),
        (
            {"als": -0.7},
            "stop: no difference shown at the planned size for basket; als is worse",
        ),
    ],
)
def test_several_treatments_are_told_apart(lift: dict[str, float], text: str) -> None:
    total = plan(THREE).total
    found = Shop(THREE, lift).at(total)
    assert found.text == text
    one_look = critical_values("obrien_fleming", 0.025, [1.0])
    assert found.critical_value == pytest.approx(one_look[0])


def test_no_sales_at_all_are_no_difference() -> None:
    shop = Shop(SMALL)
    shop.outcomes = shop.outcomes.slice(0, 0)
    found = shop.at(plan(SMALL).total)
    assert found.verdict is Verdict.NO_DIFFERENCE
    effect = found.variants[1].effect
    assert effect is not None
    assert (effect.z, effect.interval) == (0, (0, 0))
    assert (effect.lift, effect.lift_interval) == (None, None)


def _width(found: Report) -> float:
    effect = found.variants[1].effect
    assert effect is not None
    return effect.interval[1] - effect.interval[0]
