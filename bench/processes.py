"""Processor seconds: of this process and its Spark, and of commands with all that they start."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from lakehouse.session import PROJECT_DIR

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PR_SET_CHILD_SUBREAPER = 36
LAKEHOUSE = (sys.executable, "-m", "lakehouse")
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


class Stopwatch:
    """Started when it is made: processor seconds of this process and of its Spark's Java."""

    def __init__(self, spark: SparkSession, since_start: bool = False) -> None:
        """Keeps what was used so far; nothing if it is to count since the processes started."""
        java = spark.sparkContext._jvm
        assert java is not None
        self._java = int(java.java.lang.ProcessHandle.current().pid())
        self._before = 0.0 if since_start else self._used()

    def processor_seconds(self) -> float:
        """What was used since."""
        return self._used() - self._before

    def _used(self) -> float:
        fields = Path(f"/proc/{self._java}/stat").read_text(encoding="utf-8").rpartition(")")[2]
        user, system = fields.split()[11:13]
        return time.process_time() + (int(user) + int(system)) / TICKS_A_SECOND


def run_timed(
    command: Sequence[str], folder: Path, variables: Mapping[str, str]
) -> tuple[float, float]:
    """Runs a command: seconds until it ends, processor seconds of all that it started.

    Args:
        command: program and arguments; `sys.executable -m lakehouse …`.
        folder: where it runs.
        variables: of its environment, in addition to those of this process.

    Raises:
        CalledProcessError: it failed.
    """
    # What the process leaves running at its end, Spark's JVM, is then ours to wait for and counts.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    others = _children()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    environment = {**os.environ, **variables}
    subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=True)
    seconds = time.monotonic() - started
    for child in _children() - others:
        with suppress(ChildProcessError):
            os.waitpid(child, 0)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def build_generated(folder: Path) -> Path:
    """A lake in the folder with generated data, loaded and built; where it lies.

    Raises:
        CalledProcessError: a step failed.
    """
    lake = folder / "lake"
    for step in (["generate", "--out", f"{folder}/raw"], ["load", f"{folder}/raw"], ["build"]):
        run_timed([*LAKEHOUSE, *step], PROJECT_DIR, {"LAKE_ROOT": str(lake)})
    return lake


def _children() -> set[int]:
    """The process ids of this process's children, such as a Spark that it started before."""
    lists = Path("/proc/self/task").glob("*/children")
    return {int(child) for found in lists for child in found.read_text(encoding="utf-8").split()}
