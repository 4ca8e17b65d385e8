"""Only what passed every test together is published, whole, and stays as it was."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from deltalake import DeltaTable

from lakehouse.errors import LakehouseError
from lakehouse.ingest.pending import Pending, write_pending
from lakehouse.lake import Lake
from lakehouse.lock import LakeBusyError, lake_lock
from lakehouse.release import record
from lakehouse.release.publish import HeldBackError, publish, roll_back
from lakehouse.session import PROJECT_DIR
from lakehouse.staleness import remember
from tests.python.release.small_project import REPORTS, TESTS, build, project, write

# Builds and publishes until it is killed; says so once it has begun.
WRITER = """
import sys
from lakehouse.lake import Lake
from lakehouse.release.publish import publish
from tests.python.release.small_project import build, project
lake, number = Lake.at(sys.argv[1]), int(sys.argv[2])
print("begun", flush=True)
while True:
    number += 1
    build(lake, number)
    publish(lake, project())
"""


def builds(lake: Lake, release: record.Release) -> set[int]:
    """The builds that the rows of a release are of."""
    return {
        int(row["build"])
        for name in REPORTS
        for row in record.open_table(lake, release, name).to_table().to_pylist()
    }


def current(lake: Lake) -> record.Release:
    release = record.current(lake)
    assert release is not None
    return release


def writer(lake: Lake, number: int) -> subprocess.Popen[str]:
    """A process that builds and publishes, from a number on."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, lake.root, str(number)],
        cwd=PROJECT_DIR,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    return process


def test_what_passed_is_published(lake: Lake) -> None:
    assert record.current(lake) is None
    build(lake, 1)
    published = publish(lake, project())
    assert (published.is_new, published.changed) == (True, REPORTS)
    assert published.release == current(lake)
    assert published.release.number == 1
    assert published.release.test_count == len(TESTS)
    assert published.release.row_count == 4
    assert published.release.tables["rpt_a"].keys == ("key",)
    again = publish(lake, project())
    assert (again.release, again.is_new) == (published.release, False)
    assert record.numbers(lake) == [1]


def test_a_later_build_leaves_the_release_as_it_was(lake: Lake) -> None:
    build(lake, 1)
    publish(lake, project())
    reader = record.open_table(lake, current(lake), "rpt_a")
    build(lake, 2)
    assert builds(lake, current(lake)) == {1}
    second = publish(lake, project())
    assert (second.release.number, second.changed) == (2, REPORTS)
    assert builds(lake, current(lake)) == {2}
    # Who began before the switch ends with what was there.
    assert set(reader.to_table()["build"].to_pylist()) == {1}


def test_only_tables_that_changed_count_as_changed(lake: Lake) -> None:
    build(lake, 1)
    publish(lake, project())
    write(lake, "rpt_b", 2)
    remember(lake, project(), ["model.p.rpt_b", TESTS[1]], [])
    assert publish(lake, project()).changed == ("rpt_b",)


def test_a_failed_test_holds_the_release_back(lake: Lake) -> None:
    build(lake, 1)
    publish(lake, project())
    build(lake, 2, failed=[TESTS[1]])
    with pytest.raises(HeldBackError, match="No release: b_is_right failed, or did not run"):
        publish(lake, project())
    assert builds(lake, current(lake)) == {1}


def test_what_was_not_built_or_tested_since_holds_it_back(lake: Lake) -> None:
    with pytest.raises(HeldBackError, match="rpt_a, rpt_b, a_is_right, b_is_right"):
        publish(lake, project())
    build(lake, 1)
    with pytest.raises(HeldBackError, match="rpt_b, b_is_right failed"):
        publish(lake, project(rpt_b="select other code"))
    write(lake, "rpt_a", 2)
    with pytest.raises(HeldBackError, match="rpt_a, a_is_right failed"):
        publish(lake, project())
    assert record.numbers(lake) == []


def test_nobody_is_half_forgotten_in_a_release(lake: Lake) -> None:
    build(lake, 1)
    write_pending(lake, Pending("request", ()))
    with pytest.raises(HeldBackError, match="Run: lakehouse forget"):
        publish(lake, project())


def test_nothing_is_published_while_somebody_writes(lake: Lake) -> None:
    build(lake, 1)
    with lake_lock(lake, "load"), pytest.raises(LakeBusyError):
        publish(lake, project())


def test_a_number_is_given_once(lake: Lake) -> None:
    build(lake, 1)
    release = publish(lake, project()).release
    with pytest.raises(LakehouseError, match="published release 1 meanwhile"):
        record.keep(lake, release)


def test_a_release_that_never_became_current_is_seen_or_passed_over(lake: Lake) -> None:
    build(lake, 1)
    first = publish(lake, project()).release
    # Killed between its two writings.
    record.keep(lake, record.Release(2, first.published_at, 2, first.tables))
    assert current(lake).number == 1
    again = publish(lake, project())
    assert (again.release.number, again.is_new) == (2, True)
    assert current(lake).number == 2
    record.keep(lake, record.Release(3, first.published_at, 2, {}))
    build(lake, 2)
    assert publish(lake, project()).release.number == 4
    assert builds(lake, current(lake)) == {2}


def test_a_rollback_stands_until_something_changes(lake: Lake) -> None:
    for number in (1, 2):
        build(lake, number)
        publish(lake, project())
    roll_back(lake)
    again = publish(lake, project())
    assert (again.release.number, again.is_new, again.is_current) == (2, False, False)
    assert current(lake).number == 1
    build(lake, 3)
    assert publish(lake, project()).is_current
    assert current(lake).number == 3


def test_rollback_goes_back_and_the_next_build_forward(lake: Lake) -> None:
    for number in (1, 2, 3):
        build(lake, number)
        publish(lake, project())
    assert roll_back(lake).number == 2
    assert builds(lake, current(lake)) == {2}
    assert roll_back(lake).number == 1
    with pytest.raises(LakehouseError, match="keeps no release before the current one"):
        roll_back(lake)
    assert roll_back(lake, 3).number == 3
    with pytest.raises(LakehouseError, match="keeps no release 9; it keeps: 1, 2, 3"):
        roll_back(lake, 9)
    assert roll_back(lake, 2).number == 2
    build(lake, 4)
    assert publish(lake, project()).release.number == 4


def test_no_rollback_to_what_cannot_be_read(lake: Lake) -> None:
    build(lake, 1)
    publish(lake, project())
    build(lake, 2)
    publish(lake, project())
    old = DeltaTable(lake.path("gold", "rpt_b"), version=0)
    [path] = old.get_add_actions(flatten=True).column("path").to_pylist()
    Path(lake.path("gold", "rpt_b"), str(path)).unlink()
    with pytest.raises(LakehouseError, match="1 of its tables have lost that version, rpt_b"):
        roll_back(lake)
    assert current(lake).number == 2


def test_a_table_that_was_deleted_and_made_anew_is_another_one(lake: Lake) -> None:
    build(lake, 1)
    release = publish(lake, project()).release
    shutil.rmtree(lake.path("gold", "rpt_a"))
    build(lake, 1)
    assert lake.version("gold", "rpt_a") == release.tables["rpt_a"].version
    with pytest.raises(LakehouseError, match=r"needs version 0 of gold\.rpt_a, which is gone"):
        record.open_table(lake, release, "rpt_a")
    assert record.missing_files(lake, release) == ["rpt_a"]
    assert publish(lake, project()).changed == REPORTS


def test_a_lake_is_moved_with_its_releases(lake: Lake, tmp_path: Path) -> None:
    build(lake, 1)
    publish(lake, project())
    moved = Lake.at(shutil.move(lake.root, tmp_path / "elsewhere"))
    assert builds(moved, current(moved)) == {1}
    build(moved, 2)
    assert publish(moved, project()).release.number == 2


def test_all_releases_go_at_once(lake: Lake) -> None:
    build(lake, 1)
    publish(lake, project())
    assert record.delete_all(lake) == 1
    assert record.current(lake) is None
    assert record.numbers(lake) == []
    assert record.delete_all(lake) is None


def test_readers_see_one_build_while_others_are_published(lake: Lake) -> None:
    build(lake, 1)
    publish(lake, project())
    process = writer(lake, 1)
    try:
        seen: set[int] = set()
        while len(seen) < 5:
            found = builds(lake, current(lake))
            assert len(found) == 1, found
            seen |= found
    finally:
        process.kill()
        process.wait()


def test_a_kill_at_any_moment_leaves_a_whole_release(lake: Lake) -> None:
    build(lake, 1)
    publish(lake, project())
    for moment in range(10):
        process = writer(lake, 100 * (moment + 1))
        time.sleep(0.03 + 0.041 * moment)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        release = current(lake)
        assert len(builds(lake, release)) == 1
        assert record.missing_files(lake, release) == []
    build(lake, 5000)
    publish(lake, project())
    assert builds(lake, current(lake)) == {5000}
