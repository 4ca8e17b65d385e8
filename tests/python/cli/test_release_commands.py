"""`lakehouse release`, `releases`, `rollback`, `diff`, `maintain`, as they are typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from lakehouse import transform
from lakehouse.cli import app
from lakehouse.errors import ExitCode
from lakehouse.lake import Lake
from lakehouse.lock import lake_lock
from lakehouse.release import record
from tests.python.release.small_project import TESTS, build, project, write

Command = Callable[..., Result]


@pytest.fixture
def command(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs a command on a lake that is built of a small project."""
    monkeypatch.setattr(transform, "parsed_project", lambda *_: project())
    monkeypatch.setattr(transform, "last_parsed", lambda *_: project())
    runner = CliRunner(env={"LAKE_ROOT": lake.root, "COLUMNS": "200"})
    return lambda *arguments: runner.invoke(app, list(arguments))


def test_releases_are_published_listed_compared_and_gone_back_to(
    command: Command, lake: Lake
) -> None:
    assert "No release yet" in command("releases").output
    build(lake, 1)
    assert command("release").output == "Release 1: 2 tables, 2 of them changed\n"
    assert command("release").output == "Release 1 is current: nothing has changed since\n"
    build(lake, 2)
    assert command("release").output == "Release 2: 2 tables, 2 of them changed\n"
    listed = command("releases").output.splitlines()
    assert [line.count("current") for line in listed if line.startswith("│")] == [0, 1]
    told = command("diff").output
    assert "rpt_a: 2 → 2 rows\n  sum of build: 2 → 4\n" in told
    assert "Release 1 → 2: of 2 tables 2 differ; 0 were written again" in told
    assert "Release 2 → 1: of 2 tables" in command("diff", "2", "1").output
    assert command("rollback").output.startswith("Release 1 of ")
    assert "Release: 1 of " in command("status").output
    assert "To see this one: lakehouse rollback 2" in " ".join(command("release").output.split())
    said = command("maintain", "--keep", "1", "--retain-hours", "0").output
    assert said.startswith("Deleted 0 releases and 0 files")


def test_what_is_not_possible_is_one_sentence(command: Command, lake: Lake) -> None:
    build(lake, 1, failed=[TESTS[0]])
    write(lake, "rpt_b", 2)
    for arguments, sentence in (
        (["release"], "No release: rpt_b, a_is_right, b_is_right failed"),
        (["rollback"], "keeps no release before the current one"),
        (["rollback", "3"], "keeps no release 3; it keeps: none"),
        (["diff"], "keeps no release before the current one"),
        (["diff", "1", "2"], "keeps no release 1"),
    ):
        said = command(*arguments)
        assert said.exit_code == ExitCode.FAILED
        assert sentence in " ".join(said.output.split())
    assert command("maintain", "--keep", "0").exit_code == ExitCode.USAGE


def test_what_was_built_and_never_published_is_published_by_the_next_build(
    command: Command, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(lake, 1)
    monkeypatch.setattr(transform, "select_stale", lambda *_: [])
    said = command("build", "--changed")
    assert said.exit_code == 0
    assert said.output.endswith("Release 1: 2 tables, 2 of them changed\n")
    assert command("build", "--changed").output.endswith("is current: nothing has changed since\n")


def test_a_build_that_somebody_writes_beside_is_not_released_and_says_so(
    command: Command, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(lake, 1)
    monkeypatch.setattr(transform, "select_stale", lambda *_: [])
    with lake_lock(lake, "load"):
        said = command("build", "--changed")
    assert said.exit_code == 0
    assert "Another process is writing to the lake" in " ".join(said.output.split())
    assert record.current(lake) is None
