"""What small files cost: `lakehouse load` of one and of six, each in a fresh process.

    python -m bench.small_files

Processor seconds are those of Python and of Spark's JVM together; unlike seconds, they say the same
on a busy machine.
"""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from rich.console import Console
from rich.table import Table

from lakehouse.session import PROJECT_DIR

PR_SET_CHILD_SUBREAPER = 36
HEADER = (
    "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session"
)


def main() -> None:
    """Loads one file, then six more, then all seven again; prints the figures."""
    table = Table("load", "seconds", "processor seconds")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for what, count in (("1 file, new lake", 1), ("6 files more", 6), ("the same 7 again", 0)):
            _add_files(folder / "raw" / "rees46", count)
            seconds, cpu_seconds = _load(folder)
            table.add_row(what, f"{seconds:.1f}", f"{cpu_seconds:.1f}")
    Console(width=100).print(table)


def _add_files(folder: Path, count: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    there = len(list(folder.iterdir()))
    for number in range(there, there + count):
        row = f"2019-10-01 00:00:00 UTC,view,1,1,,shiseido,35.79,{number},72d76fde"
        (folder / f"{number}.csv").write_text(f"{HEADER}\n{row}\n", encoding="utf-8")


def _load(folder: Path) -> tuple[float, float]:
    # What the process leaves running at its end, Spark's JVM, is then ours to wait for and counts.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "lakehouse", "load", str(folder / "raw")],
        cwd=PROJECT_DIR,
        env=os.environ | {"LAKE_ROOT": str(folder / "lake")},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    seconds = time.monotonic() - started
    with suppress(ChildProcessError):
        while True:
            os.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
