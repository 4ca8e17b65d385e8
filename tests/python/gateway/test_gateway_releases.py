"""What clients see while releases come and go: one consistent set, without reconnecting."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import write_deltalake
from pyhive.exc import Error

from lakehouse.lake import Lake
from lakehouse.release import record
from lakehouse.release.publish import publish, roll_back
from lakehouse.staleness import remember
from tests.python.gateway.served import Served, message, served, wait_until
from tests.python.release.small_project import ALL, REPORTS, build, project

pytestmark = pytest.mark.slow
BOTH = (
    "select distinct build, 'a' as report from rpt_a "
    "union all select distinct build, 'b' as report from rpt_b"
)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A gateway of a lake whose releases change."""
    folder: Path = tmp_path_factory.mktemp("releases")
    lake = Lake.at(folder / "lake")
    build(lake, 1)
    publish(lake, project())
    with served(lake, folder) as running:
        yield running


def _release(lake: Lake, number: int) -> None:
    build(lake, number)
    publish(lake, project())


def _show(own: Served, release: record.Release) -> None:
    """Makes a release that no build made, and waits until it is shown."""
    record.keep(own.lake, release)
    record.make_current(own.lake, release.number)
    own.wait_for(f"Release {release.number} is shown")


def _builds(rows: list[tuple[Any, ...]]) -> set[int]:
    return {row[0] for row in rows}


def test_readers_in_a_loop_see_one_build_at_a_time(own: Served) -> None:
    seen: list[set[int]] = []
    is_over = threading.Event()

    def read(user: str) -> None:
        with own.cursor(user) as cursor:
            while not is_over.is_set():
                cursor.execute(BOTH)
                seen.append(_builds(cursor.fetchall()))

    readers = [threading.Thread(target=read, args=(f"reader{place}",)) for place in range(4)]
    for reader in readers:
        reader.start()
    for number in range(2, 6):
        _release(own.lake, number)
        own.wait_for(f"Release {number} is shown")
        count = len(seen)
        wait_until(lambda count=count: len(seen) > count + 8, "readers go on")
    is_over.set()
    for reader in readers:
        reader.join()
    assert all(len(builds) == 1 for builds in seen)
    assert seen[-1] == {5}
    assert len({min(builds) for builds in seen}) > 2


def test_an_open_session_sees_the_new_release_and_an_open_result_the_old(own: Served) -> None:
    before = record.require_current(own.lake).number
    with own.cursor("stays") as stays, own.cursor("fetches") as fetches:
        stays.execute(BOTH)
        old = _builds(stays.fetchall())
        fetches.arraysize = 1
        fetches.execute(
            "select build, e.n from rpt_a lateral view explode(sequence(1, 5000)) e as n"
        )
        first = fetches.fetchone()
        build(own.lake, 100)
        assert _builds(own.ask(BOTH)) == old  # Built, and not released.
        publish(own.lake, project())
        own.wait_for(f"Release {before + 1} is shown")
        stays.execute(BOTH)
        assert _builds(stays.fetchall()) == {100}
        rest = fetches.fetchall()
        assert len(rest) == 2 * 5000 - 1
        assert _builds([first, *rest]) == old


def test_a_rollback_is_seen(own: Served) -> None:
    _release(own.lake, 200)
    number = record.require_current(own.lake).number
    own.wait_for(f"Release {number} is shown")
    back = roll_back(own.lake, None).number
    wait_until(lambda: _builds(own.ask(BOTH)) != {200}, "the release before is shown")
    assert back < number


def test_columns_of_a_new_release_are_seen_and_a_table_that_left_is_gone(own: Served) -> None:
    with own.cursor() as cursor:
        cursor.execute("select * from rpt_a")
        rows = pa.table({"key": ["x"], "build": [300], "more": [1.5]})
        build(own.lake, 300)
        write_deltalake(
            own.lake.path("gold", "rpt_a"), rows, mode="overwrite", schema_mode="overwrite"
        )
        remember(own.lake, project(), ALL, ())
        release = publish(own.lake, project()).release
        own.wait_for(f"Release {release.number} is shown")
        cursor.execute("select * from rpt_a")
        assert cursor.fetchall() == [("x", 300, 1.5)]
        cursor.execute("describe rpt_a")
        assert [row[0] for row in cursor.fetchall()] == ["key", "build", "more"]
        cursor.execute("show tables in gold")
        assert [row[1] for row in cursor.fetchall()] == list(REPORTS)
        _show(
            own,
            replace(release, number=release.number + 1, tables={"rpt_a": release.tables["rpt_a"]}),
        )
        cursor.execute("show tables in gold")
        assert [row[1] for row in cursor.fetchall()] == ["rpt_a"]
        with pytest.raises(Error) as caught:
            cursor.execute("select * from gold.rpt_b")
        assert "TABLE_OR_VIEW_NOT_FOUND" in message(caught.value)
        record.make_current(own.lake, release.number)


def test_a_release_that_cannot_be_read_is_told_and_the_one_before_stays(own: Served) -> None:
    builds = _builds(own.ask("select build from rpt_a"))
    _release(own.lake, 400)
    number = record.require_current(own.lake).number
    own.wait_for(f"Release {number} is shown")
    build(own.lake, 500)
    release = publish(own.lake, project()).release
    own.wait_for(f"Release {release.number} is shown")
    # One whose table was made anew after it: its number of a version means another table.
    other = replace(release.tables["rpt_b"], table_id="other")
    wrong = replace(
        release, number=release.number + 1, tables=dict(release.tables) | {"rpt_b": other}
    )
    record.keep(own.lake, wrong)
    record.make_current(own.lake, wrong.number)
    own.wait_for(f"Release {wrong.number} cannot be read: ")
    own.wait_for(f"Release {release.number} is still shown")
    assert _builds(own.ask(BOTH)) == {500} != builds
    record.make_current(own.lake, release.number)


def test_a_release_that_was_forgotten_is_not_shown(own: Served) -> None:
    number = record.require_current(own.lake).number
    record.delete_all(own.lake)
    own.wait_for("There is no release any more: no table is shown")
    assert own.ask("show tables in gold") == []
    with pytest.raises(Error) as caught:
        own.ask("select * from gold.rpt_a")
    assert "TABLE_OR_VIEW_NOT_FOUND" in message(caught.value)
    _release(own.lake, 600)
    assert record.require_current(own.lake).number != number
    wait_until(lambda: own.ask("show tables in gold") != [], "the next release is shown")
    assert _builds(own.ask(BOTH)) == {600}


def test_a_lake_without_a_release_is_not_served(lake: Lake, tmp_path: Path) -> None:
    build(lake, 1)
    with (
        pytest.raises(AssertionError, match=r"has no release yet\. Run: lakehouse build"),
        served(lake, tmp_path / "served"),
    ):
        pass


def test_a_server_that_hangs_is_started_anew(lake: Lake, tmp_path: Path) -> None:
    build(lake, 1)
    publish(lake, project())
    with served(lake, tmp_path / "served", "--patience", "20") as running:
        os.kill(_java_of(running.process.pid), signal.SIGSTOP)
        running.wait_for("The server has not answered for 20 s. It is started anew")
        wait_until(
            lambda: running.said.read_text().count("is served at") == 2, "it is served again"
        )
        assert _builds(running.ask(BOTH)) == {1}


def _java_of(process: int) -> int:
    """The process id of the Java that a gateway started."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="utf-8")
    (found,) = [
        child
        for child in map(int, children.split())
        if "java" in Path(f"/proc/{child}/cmdline").read_text(encoding="utf-8").split("\0")[0]
    ]
    return found
