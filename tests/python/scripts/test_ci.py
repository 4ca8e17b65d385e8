"""CI: tests, then a demo; either's failure is CI's, and the tests' closing line is the last."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from lakehouse.session import PROJECT_DIR

# Says what it was asked for and fails where it is told to; the demo leaves a folder behind.
MAKE = """#!/bin/sh
echo "make $1" >> "$ASKED"
if [ "$1" = demo ]; then
    mkdir -p "${2#LAKEHOUSE_DEMO=}/lake" && echo "${2#LAKEHOUSE_DEMO=}" >> "$ASKED"
    echo "Done."
    exit "$DEMO"
fi
read line && echo "somebody is there: $line"
echo "== 3 passed =="
exit "$TESTS"
"""


def _ci(folder: Path, tests: int = 0, demo: int = 0) -> tuple[int, list[str], list[str]]:
    """Exit code, the lines that it prints, and what make was asked for."""
    (folder / "bin").mkdir()
    (folder / "bin" / "make").write_text(MAKE)
    (folder / "bin" / "make").chmod(0o755)
    (folder / ".ci").mkdir()
    shutil.copy(PROJECT_DIR / ".ci" / "run", folder / ".ci")
    asked = folder / "asked"
    variables = {
        "PATH": f"{folder}/bin:{os.environ['PATH']}",
        "ASKED": str(asked),
        "TESTS": str(tests),
        "DEMO": str(demo),
    }
    result = subprocess.run(
        [str(folder / ".ci" / "run")],
        env={**os.environ, **variables},
        input="a line\n",
        capture_output=True,
        text=True,
        check=False,
    )
    return result.returncode, result.stdout.splitlines(), asked.read_text().splitlines()


def test_tests_then_a_demo_that_leaves_nothing(tmp_path: Path) -> None:
    code, said, asked = _ci(tmp_path)
    assert (code, said) == (0, ["== 3 passed ==", "Done.", "== 3 passed =="])
    assert asked[:2] == ["make test", "make demo"]
    assert not Path(asked[2]).parent.exists()


@pytest.mark.parametrize(
    ("tests", "demo", "steps"), [(2, 0, ["make test"]), (0, 134, ["make test", "make demo"])]
)
def test_either_failure_counts(tmp_path: Path, tests: int, demo: int, steps: list[str]) -> None:
    code, _, asked = _ci(tmp_path, tests, demo)
    assert code == tests + demo
    assert [line for line in asked if line.startswith("make")] == steps
