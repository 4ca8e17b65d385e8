"""Exposures joined to outcomes: worked out by hand."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest

from lakehouse.errors import LakehouseError
from ml.experiments.exposures import sample
from tests.python.ml.experiment_data import START, experiment, exposure_table, outcome_table

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)

# ann: control, seen again later; bob: als; cid: both; dee: control, her days are not over yet.
EXPOSED = exposure_table(
    ["ann", "ann", "bob", "cid", "cid", "dee"],
    ["control", "control", "als", "als", "control", "control"],
    [START, START + 3 * DAY, START + DAY, START, START + DAY, START + 6 * DAY],
)
DONE = outcome_table(
    ["ann", "ann", "ann", "ann", "ann", "bob", "bob", "cid", "dee", None],
    [
        START - 10 * DAY,
        START - SECOND,
        START,
        START + 7 * DAY - SECOND,
        START + 7 * DAY,
        START + 2 * DAY,
        START - 29 * DAY,
        START,
        START + 6 * DAY,
        START,
    ],
    [100, 50, 1, 2, 4, 8, 16, 32, 64, 128],
)


def test_outcomes_count_in_the_days_from_the_first_exposure() -> None:
    found = sample(experiment(covariate_days=28), EXPOSED, DONE, START + 8 * DAY)
    assert found.exposed == (2, 1)
    assert found.crossover_count == 1
    assert found.variant.tolist() == [0, 1]
    assert found.outcome.tolist() == [3, 8]
    assert found.covariate is not None
    assert found.covariate.tolist() == [150, 0]


def test_a_conversion_is_at_least_one() -> None:
    rate = {"kind": "conversion", "baseline_rate": 0.1}
    found = sample(experiment(metric=rate, covariate_days=30), EXPOSED, DONE, START + 8 * DAY)
    assert found.outcome.tolist() == [1, 1]
    assert found.covariate is not None
    assert found.covariate.tolist() == [1, 1]


def test_later_rows_are_not_seen() -> None:
    found = sample(experiment(), EXPOSED, DONE, START + 12 * timedelta(hours=1))
    assert found.exposed == (1, 1)
    assert found.crossover_count == 0
    assert (len(found.variant), len(found.outcome)) == (0, 0)
    assert found.covariate is None


def test_the_order_of_rows_makes_no_difference() -> None:
    found = sample(experiment(), EXPOSED, DONE, START + 20 * DAY)
    shuffled = np.random.default_rng(2)
    again = sample(
        experiment(),
        EXPOSED.take(shuffled.permutation(EXPOSED.num_rows)),
        DONE.take(shuffled.permutation(DONE.num_rows)),
        START + 20 * DAY,
    )
    assert found.outcome.tolist() == again.outcome.tolist() == [3, 8, 64]
    assert found.variant.tolist() == again.variant.tolist() == [0, 1, 0]


def test_other_experiments_are_left_alone() -> None:
    other = exposure_table(["bob"], ["whatever"], [START], name="another")
    found = sample(experiment(), pa.concat_tables([EXPOSED, other]), DONE, START + 8 * DAY)
    assert found.exposed == (2, 1)


def test_moments_without_a_zone_are_in_utc() -> None:
    zoneless = DONE.set_column(1, "occurred_at", DONE["occurred_at"].cast(pa.timestamp("us")))
    found = sample(experiment(), EXPOSED, zoneless, START + 8 * DAY)
    assert found.outcome.tolist() == [3, 8]


def test_nobody_exposed_is_said() -> None:
    with pytest.raises(LakehouseError, match=r"Nobody was exposed .* by 2024-04-30 00:00"):
        sample(experiment(), EXPOSED, DONE, START - DAY)
    with pytest.raises(LakehouseError, match="Nobody was exposed"):
        sample(experiment(), EXPOSED.slice(0, 0), DONE.slice(0, 0), START)


def test_a_variant_that_was_not_declared_is_named() -> None:
    table = exposure_table(["ann"], ["neural"], [START])
    with pytest.raises(LakehouseError, match="exposures of the variant neural"):
        sample(experiment(), table, DONE, START)


def test_tables_that_lack_something_are_named() -> None:
    with pytest.raises(LakehouseError, match="The outcomes lack occurred_at, value"):
        sample(experiment(), EXPOSED, DONE.select(["unit_id"]), START)
    nobody = EXPOSED.set_column(2, "unit_id", pa.array([None] * 6, pa.string()))
    with pytest.raises(LakehouseError, match="The exposures have rows without unit_id"):
        sample(experiment(), nobody, DONE, START)
    words = DONE.set_column(2, "value", pa.array(["much"] * 10))
    with pytest.raises(LakehouseError, match="The outcomes cannot be read"):
        sample(experiment(), EXPOSED, words, START)
    nan = DONE.set_column(2, "value", pa.array([float("nan")] * 10))
    with pytest.raises(LakehouseError, match="no finite numbers"):
        sample(experiment(), EXPOSED, nan, START + 8 * DAY)


def test_columns_may_come_in_any_order_and_with_others() -> None:
    columns = ["value", "occurred_at", "unit_id"]
    more = DONE.select(columns).append_column("shop_id", pa.array(["s"] * 10))
    assert sample(experiment(), EXPOSED, more, START + 8 * DAY).outcome.tolist() == [3, 8]
