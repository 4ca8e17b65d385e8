"""A lake is kept small, and no kept release loses a row."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from lakehouse.release import record
from lakehouse.release.maintain import MIN_FILE_COUNT, maintain
from lakehouse.release.publish import publish, roll_back
from lakehouse.staleness import read_built, remember, stale_nodes, table_versions
from tests.python.release.small_project import ALL, build, project, write


def file_count(lake: Lake, table: str) -> int:
    return len(list(Path(lake.path("gold", table)).glob("*.parquet")))


def stale(lake: Lake) -> list[str]:
    return stale_nodes(project(), read_built(lake), table_versions(lake))


@pytest.fixture
def five(lake: Lake) -> Lake:
    """A lake with five releases, and a build between each two that was not published."""
    for number in range(1, 6):
        build(lake, 10 * number)
        build(lake, number)
        publish(lake, project())
    return lake


def test_what_no_kept_release_needs_goes(five: Lake) -> None:
    assert file_count(five, "rpt_a") == 10
    done = maintain(five, keep=2, retention_hours=0)
    assert done.deleted_releases == (1, 2, 3)
    assert (done.deleted_count, done.compacted) == (16, ())
    assert record.numbers(five) == [4, 5]
    assert file_count(five, "rpt_a") == 2
    for number in (4, 5):
        release = record.find(five, number)
        assert record.missing_files(five, release) == []
        rows = record.open_table(five, release, "rpt_b").to_table()
        assert rows["build"].to_pylist() == [number, number]
    assert stale(five) == []


def test_the_current_release_and_the_one_before_stay_however_old(five: Lake) -> None:
    roll_back(five, 2)
    assert maintain(five, keep=1, retention_hours=0).deleted_releases == (3, 4)
    assert record.numbers(five) == [1, 2, 5]
    assert record.missing_files(five, record.find(five, 1)) == []
    assert roll_back(five).number == 1


def test_a_release_that_cannot_be_read_does_not_keep_others_from_being_kept(five: Lake) -> None:
    # As Delta's own clean-up of its log leaves it.
    five.open_log("gold", "rpt_a").create_checkpoint()
    Path(five.path("gold", "rpt_a"), "_delta_log", f"{1:020}.json").unlink()
    assert record.missing_files(five, record.find(five, 1)) == ["rpt_a"]
    maintain(five, keep=5, retention_hours=0)
    assert record.missing_files(five, record.find(five, 5)) == []


def test_a_file_of_bronze_stays_one_of_a_batch(lake: Lake) -> None:
    path = lake.path("bronze", "orders")
    for number in range(MIN_FILE_COUNT + 1):
        rows = pa.table({"_batch_id": [f"b{number}"]})
        write_deltalake(path, rows, mode="append")
    assert maintain(lake, keep=1, retention_hours=0).compacted == ()
    assert len(lake.open_log("bronze", "orders").file_uris()) == MIN_FILE_COUNT + 1


def test_files_that_left_lately_stay_for_open_queries(five: Lake) -> None:
    done = maintain(five, keep=1, retention_hours=1)
    assert done.deleted_releases == (1, 2, 3)
    assert done.deleted_count == 0
    assert file_count(five, "rpt_a") == 10


def test_small_files_are_written_together_and_nothing_is_stale_by_it(lake: Lake) -> None:
    build(lake, 1)
    for number in range(MIN_FILE_COUNT):
        rows = pa.table({"key": [f"{number}"], "build": [1]})
        write_deltalake(lake.path("gold", "rpt_a"), rows, mode="append")
    remember(lake, project(), ALL, [])
    release = publish(lake, project()).release
    assert maintain(lake, keep=1, retention_hours=0).compacted == ("gold.rpt_a",)
    assert len(lake.open_log("gold", "rpt_a").file_uris()) == 1
    assert record.open_table(lake, release, "rpt_a").count_rows() == MIN_FILE_COUNT + 2
    assert stale(lake) == []


def test_a_lake_without_releases_or_tables_is_maintained_too(lake: Lake) -> None:
    assert maintain(lake, keep=1, retention_hours=0).deleted_count == 0
    write(lake, "rpt_a", 1)
    write(lake, "rpt_a", 2)
    assert maintain(lake, keep=1, retention_hours=0).deleted_count == 1
    with pytest.raises(LakehouseError, match="At least one release"):
        maintain(lake, keep=0, retention_hours=0)
