"""What the lake keeps of experiments: in a folder and in a store, twice over, many at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pyarrow as pa
import pytest
from deltalake.exceptions import CommitFailedError
from deltalake.table import TableMerger

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from lakehouse.lock import LakeBusyError
from lakehouse.reading import read_table
from ml import tables
from ml.experiments.exposures import EXPOSURES, last_moment
from ml.experiments.record import (
    Exposure,
    declare,
    find,
    keep_look,
    kept_looks,
    log,
    logged,
    looks_of,
)
from ml.experiments.report import Effect, Look, Report, VariantResult, Verdict
from tests.python.ml.experiment_data import START, experiment, outcome_table

DAY = timedelta(days=1)
WRITERS = 4


@pytest.fixture(params=["folder", "store"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Lake:
    """A lake in a folder, or in an object store (a disk spoken to like one)."""
    return Lake.at(tmp_path if request.param == "folder" else f"file://{tmp_path}")


def shown(unit_id: str, *items: str, variant: str = "als") -> Exposure:
    return Exposure(variant, unit_id, START, "popular", items)


def test_a_declaration_is_kept_once(root: Lake) -> None:
    assert declare(root, experiment(), START)
    assert not declare(root, experiment(), START + DAY)
    assert declare(root, experiment(name="another"), START)
    assert find(root, "als_against_popular") == experiment()
    rows = read_table(root, "ml", "experiments").to_pylist()
    assert {row["name"]: row["created_at"] for row in rows} == {
        "als_against_popular": START,
        "another": START,
    }


def test_another_declaration_of_the_name_is_refused_and_the_first_stays(root: Lake) -> None:
    declare(root, experiment(), START)
    with pytest.raises(LakehouseError, match="Another experiment als_against_popular is declared"):
        declare(root, experiment(looks=4), START)
    assert find(root, "als_against_popular") == experiment()


def test_an_unknown_experiment_is_told_with_those_there_are(lake: Lake) -> None:
    with pytest.raises(LakehouseError, match=r"no experiment 'als'\. There are: none"):
        find(lake, "als")
    declare(lake, experiment(), START)
    with pytest.raises(LakehouseError, match=r"There are: als_against_popular\."):
        find(lake, "als")


def test_an_exposure_is_logged_once(root: Lake) -> None:
    first = [shown("ann", "a", "b"), shown("bob"), shown("ann", "a", "b")]
    assert log(root, experiment(), first) == 2
    # What differs in anything, the order of items too, is another one.
    assert log(root, experiment(), [*first, shown("ann", "b", "a")]) == 1
    assert log(root, experiment(name="another"), first) == 2
    assert log(root, experiment(), []) == 0
    found = logged(root, "als_against_popular").to_pylist()
    assert sorted((row["unit_id"], row["items"]) for row in found) == [
        ("ann", ["a", "b"]),
        ("ann", ["b", "a"]),
        ("bob", []),
    ]
    assert {row["exposed_at"] for row in found} == {START}
    assert root.version("ml", "experiment_exposures") == 3


def test_moments_without_a_zone_are_in_utc(lake: Lake) -> None:
    zoneless = replace(shown("ann"), exposed_at=START.replace(tzinfo=None))
    assert [log(lake, experiment(), [row]) for row in (zoneless, shown("ann"))] == [1, 0]


def test_what_cannot_be_reported_on_is_not_logged(lake: Lake) -> None:
    with pytest.raises(LakehouseError, match="has no variant 'neural'"):
        log(lake, experiment(), [shown("ann"), shown("bob", variant="neural")])
    nobody: Any = None
    with pytest.raises(LakehouseError, match="rows without unit_id"):
        log(lake, experiment(), [shown("ann"), shown(nobody)])
    assert not lake.has_table("ml", "experiment_exposures")


def test_without_a_log_there_are_no_exposures_and_no_looks(lake: Lake) -> None:
    assert logged(lake, "als_against_popular").cast(EXPOSURES).num_rows == 0
    assert kept_looks(lake, "als_against_popular") == []


def test_writers_at_once_lose_nothing_and_double_nothing(root: Lake) -> None:
    together = Barrier(WRITERS)

    def write(number: int) -> int:
        together.wait()
        return sum(
            log(root, experiment(), [shown("all", f"{n}"), shown(f"{number}", f"{n}")])
            for n in range(3)
        )

    with ThreadPoolExecutor(WRITERS) as pool:
        added = sum(pool.map(write, range(WRITERS)))
    units = logged(root, "als_against_popular")["unit_id"].to_pylist()
    assert {unit: units.count(unit) for unit in units} == dict.fromkeys(["all", *"0123"], 3)
    assert added == len(units)


def test_one_of_two_declarations_at_once_is_kept(lake: Lake) -> None:
    together = Barrier(2)

    def write(looks: int) -> bool:
        together.wait()
        try:
            return declare(lake, experiment(looks=looks), START)
        except LakehouseError:
            return False

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(write, [4, 5])) == [False, True]
    assert read_table(lake, "ml", "experiments").num_rows == 1


def test_a_table_that_others_write_to_all_the_time_is_told(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: TableMerger) -> None:
        raise CommitFailedError("a concurrent transaction")

    monkeypatch.setattr(TableMerger, "execute", fail)
    monkeypatch.setattr("time.sleep", lambda _: None)
    rows = pa.Table.from_pylist([{"name": "a"}], schema=tables.schema("experiments"))
    with pytest.raises(LakeBusyError, match=r"Others write to ml\.experiments all the time"):
        tables.add_new(lake, "experiments", rows, key=["name"])


def looked(*moments: datetime, lift: float | None = 0.5) -> Report:
    """A report at the last of these moments; each had 100 units more, and is a look."""
    looks = tuple(
        Look(moment, 100 * number, Verdict.KEEP_GOING)
        for number, moment in enumerate(moments, start=1)
    )
    effect = Effect(1.0, (-1.0, 3.0), lift, None if lift is None else (lift - 1, lift + 1), 2.0)
    return Report(
        experiment="als_against_popular",
        as_of=moments[-1],
        verdict=Verdict.KEEP_GOING,
        text="keep going",
        variants=(
            VariantResult("control", "popular", 60, 50, 2.0, None),
            VariantResult("als", "als", 60, 50, 3.0, effect),
            VariantResult("basket", "basket", 60, 50, 3.0, effect),
        ),
        planned_units=500,
        next_look_at=200,
        critical_value=4.0,
        crossover_count=0,
        sample_ratio_p=1.0,
        variance_reduction=None,
        looks=looks,
    )


def test_looks_are_kept_with_what_was_seen(root: Lake) -> None:
    keep_look(root, looked(START))
    second = looked(START, START + DAY, lift=None)
    rows = keep_look(root, second)
    assert looks_of(rows) == second.looks
    assert [(row["look"], row["variant"], row["lift"]) for row in rows] == [
        (1, "als", 0.5),
        (1, "basket", 0.5),
        (2, "als", None),
        (2, "basket", None),
    ]
    assert rows[0] == {
        "experiment": "als_against_popular",
        "look": 1,
        "variant": "als",
        "as_of": START,
        "unit_count": 100,
        "verdict": "keep going",
        "difference": 1.0,
        "difference_lower": -1.0,
        "difference_upper": 3.0,
        "lift": 0.5,
        "lift_lower": -0.5,
        "lift_upper": 1.5,
        "z": 2.0,
        "critical_value": 4.0,
    }


def test_the_look_of_a_moment_is_kept_once_and_stays(lake: Lake) -> None:
    first = keep_look(lake, looked(START))
    assert keep_look(lake, looked(START, lift=0.1)) == first
    assert lake.version("ml", "experiment_looks") == 1


def test_between_looks_nothing_is_kept(lake: Lake) -> None:
    assert keep_look(lake, replace(looked(START), critical_value=None, looks=())) == []
    first = keep_look(lake, looked(START))
    between = replace(looked(START), as_of=START + DAY, critical_value=None)
    assert keep_look(lake, between) == first


def test_of_two_first_looks_at_once_one_is_refused(lake: Lake) -> None:
    first = keep_look(lake, looked(START))
    with pytest.raises(LakeBusyError, match="meanwhile: run it again"):
        keep_look(lake, looked(START + DAY))
    assert kept_looks(lake, "als_against_popular") == first


def test_the_last_moment_is_never_to_come() -> None:
    far = datetime.max.replace(tzinfo=START.tzinfo)
    table = outcome_table(["ann", None], [START, START + DAY], [1, 1])
    assert last_moment(table) == START + DAY
    before = datetime.now(START.tzinfo)
    for odd in (table.slice(0, 0), outcome_table(["ann"], [far], [1])):
        assert before <= last_moment(odd) <= datetime.now(START.tzinfo)
