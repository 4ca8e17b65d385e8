"""CI: all tests, those on the real files too where they are at hand; nobody answers it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from lakehouse.session import PROJECT_DIR

# Says what it was asked for and where the real files are, and fails where it is told to.
MAKE = """#!/bin/sh
read line && echo "somebody is there: $line"
echo "make $* with ${REAL_DATA_DIR:-none}"
echo "== 3 passed =="
exit "$TESTS"
"""


def _ci(folder: Path, tests: int = 0) -> tuple[int, list[str]]:
    """Exit code, and the lines that it prints."""
    (folder / "bin").mkdir()
    (folder / "bin" / "make").write_text(MAKE)
    (folder / "bin" / "make").chmod(0o755)
    (folder / "project" / ".ci").mkdir(parents=True)
    shutil.copy(PROJECT_DIR / ".ci" / "run", folder / "project" / ".ci")
    given = {name: value for name, value in os.environ.items() if name != "REAL_DATA_DIR"}
    result = subprocess.run(
        [str(folder / "project" / ".ci" / "run")],
        env=given | {"PATH": f"{folder}/bin:{os.environ['PATH']}", "TESTS": str(tests)},
        input="a line\n",
        capture_output=True,
        text=True,
        check=False,
    )
    return result.returncode, result.stdout.splitlines()


def test_the_tests_are_run_and_say_the_last_line(tmp_path: Path) -> None:
    assert _ci(tmp_path) == (0, ["make test with none", "== 3 passed =="])


def test_real_files_are_found_beside_the_project(tmp_path: Path) -> None:
    (tmp_path / "shared" / "data").mkdir(parents=True)
    _, said = _ci(tmp_path)
    assert said[0] == f"make test with {tmp_path.resolve()}/shared/data"


@pytest.mark.parametrize("code", [1, 134])
def test_a_failure_is_cis(tmp_path: Path, code: int) -> None:
    assert _ci(tmp_path, code)[0] == code
