"""A red test is seen in the first minute: what is quick to fail runs first."""

from __future__ import annotations

import subprocess
import sys
from itertools import groupby

from lakehouse.session import PROJECT_DIR

SLOWEST_FIRST = (
    "tests/e2e/test_generated_data.py",
    "tests/e2e/test_golden.py",
    "tests/python/ingest/test_ingest_load.py",
    "tests/python/report/test_report_page.py",
)


def _collected(*arguments: str) -> list[str]:
    """The files of the tests that pytest would run, in its order."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", *arguments, *SLOWEST_FIRST]
    result = subprocess.run(command, cwd=PROJECT_DIR, capture_output=True, text=True, check=True)
    tests = (line.partition("::")[0] for line in result.stdout.splitlines() if "::" in line)
    return [file for file, _ in groupby(tests)]


def test_what_needs_less_runs_first() -> None:
    assert _collected() == list(reversed(SLOWEST_FIRST))


def test_the_slow_ones_can_be_left_out() -> None:
    assert _collected("-m", "not slow") == [SLOWEST_FIRST[-1]]
