"""How the cost of a build grows with the clickstream: seconds and memory per million events.

    python -m bench.growth                     # 1 and 10 million events
    python -m bench.growth --rows 110000000    # the size of a published clickstream: hours

Each size is generated, loaded and built (models and tests) in a process and a folder of its own,
with the memory of `profiles/spark-defaults.conf`. The sizes of one run are compared with the one
before: where cost grows by the row, the ratio is 1 or less.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from bench.figures import Aim, Figure, markdown_table
from bench.processes import Stopwatch
from lakehouse.session import PROJECT_DIR

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SIZES = (1_000_000, 10_000_000)
SHOP = "rees46"


@dataclass(frozen=True)
class Growth:
    """What one size took.

    Attributes:
        rows: events generated.
        load_seconds: files to bronze.
        build_seconds: bronze to gold, tests included, in the session that loaded.
        load_cpu_seconds: of loading, Python's and the JVM's.
        cpu_seconds: of load and build together, Python's and the JVM's.
        peak_heap: bytes of the JVM's heap, sum over its pools of the most each ever held.
        peak_resident: bytes, the most that the JVM held of the machine's memory.
        raw_bytes: of the files.
        lake_bytes: of the lake after the build.
        scratch_bytes: the most that shuffles and spills held of the disk at one time.
    """

    rows: int
    load_seconds: float
    build_seconds: float
    load_cpu_seconds: float
    cpu_seconds: float
    peak_heap: int
    peak_resident: int
    raw_bytes: int
    lake_bytes: int
    scratch_bytes: int

    @property
    def seconds_per_million(self) -> float:
        """Of load and build together."""
        return (self.load_seconds + self.build_seconds) / self.rows * 1e6

    @property
    def cpu_seconds_per_million(self) -> float:
        """Of load and build together."""
        return self.cpu_seconds / self.rows * 1e6

    @property
    def load_cpu_seconds_per_million(self) -> float:
        """Of loading alone."""
        return self.load_cpu_seconds / self.rows * 1e6


def measure(sizes: Sequence[int] = SIZES, folder: Path | None = None) -> list[Figure]:
    """The figures of each size, those per million events compared with the size before.

    Args:
        sizes: how many events, ascending.
        folder: where the folders of the sizes are made, and removed again; the temporary folder if
            not given.

    Raises:
        subprocess.CalledProcessError: a size could not be loaded or built.
    """
    grown = [_in_a_process_of_its_own(rows, folder) for rows in sizes]
    figures: list[Figure] = []
    for before, found in zip([None, *grown[:-1]], grown, strict=True):
        figures += figures_of(found, before)
    return figures


def figures_of(found: Growth, before: Growth | None) -> list[Figure]:
    """The figures of one size.

    Args:
        found: what it took.
        before: what the size took that it is compared with.
    """
    command = f"python -m bench.growth --rows {found.rows}"
    if before:
        command = f"python -m bench.growth --rows {before.rows} {found.rows}"
    name = f"{found.rows:,} events"
    earlier = f"the same at {before.rows:,} events" if before else None

    def per_million(what: str, value: float, value_before: float | None, unit: str) -> Figure:
        ratio = value / value_before if value_before else None
        aim = Aim(1.1, of_ratio=True) if before else None
        return Figure(f"{what} per million, {name}", value, unit, earlier, ratio, command, aim)

    def plain(what: str, value: float, unit: str, aim: Aim | None = None) -> Figure:
        return Figure(f"{what}, {name}", value, unit, None, None, command, aim)

    return [
        per_million(
            "load and build",
            found.seconds_per_million,
            before.seconds_per_million if before else None,
            "s",
        ),
        per_million(
            "processor time of load and build",
            found.cpu_seconds_per_million,
            before.cpu_seconds_per_million if before else None,
            "CPU s",
        ),
        per_million(
            "processor time of loading",
            found.load_cpu_seconds_per_million,
            before.load_cpu_seconds_per_million if before else None,
            "CPU s",
        ),
        plain("load", found.load_seconds, "s"),
        plain("build", found.build_seconds, "s"),
        plain("peak of the heap", found.peak_heap / 2**30, "GiB", Aim(6)),
        plain("peak of the JVM's resident memory", found.peak_resident / 2**30, "GiB"),
        Figure(
            f"the lake on disk, {name}",
            found.lake_bytes / 1e9,
            "GB",
            "its raw files",
            found.lake_bytes / found.raw_bytes,
            command,
        ),
        Figure(
            f"peak of scratch on disk, {name}",
            found.scratch_bytes / 1e9,
            "GB",
            "its raw files",
            found.scratch_bytes / found.raw_bytes,
            command,
        ),
    ]


def _in_a_process_of_its_own(rows: int, folder: Path | None) -> Growth:
    """Generates, loads and builds a size; its folder is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="growth_", dir=folder) as name:
        scratch = Path(name) / "scratch"
        scratch.mkdir()
        result = Path(name) / "growth.json"
        with _peak_of(scratch) as peak:
            subprocess.run(
                [sys.executable, "-m", "bench.growth", "--inside", name, "--rows", str(rows)],
                cwd=PROJECT_DIR,
                env=os.environ | {"TMPDIR": str(scratch), "SPARK_LOCAL_DIRS": str(scratch)},
                stdout=sys.stderr,
                check=True,
            )
        return Growth(**json.loads(result.read_text(encoding="utf-8")), scratch_bytes=peak[0])


def _measure_here(rows: int, folder: Path) -> dict[str, float]:
    """Generates, loads and builds a size in this process; all of a Growth but its scratch."""
    from lakehouse.commands.build import build_tables
    from lakehouse.generate import generate
    from lakehouse.ingest import load
    from lakehouse.lake import Lake
    from lakehouse.session import open_session

    generate(folder / "raw", [SHOP], rees46_rows=rows)
    os.environ["LAKE_CATALOG_DIR"] = str(folder / "catalog")
    lake = Lake.at(folder / "lake")
    spark = open_session(lake)
    watch = Stopwatch(spark)
    started = time.monotonic()
    load(spark, lake, folder / "raw")
    loaded, load_cpu_seconds = time.monotonic(), watch.processor_seconds()
    build_tables(lake)
    built = time.monotonic()
    return {
        "rows": rows,
        "load_seconds": loaded - started,
        "build_seconds": built - loaded,
        "load_cpu_seconds": load_cpu_seconds,
        "cpu_seconds": watch.processor_seconds(),
        "peak_heap": _peak_heap(spark),
        "peak_resident": _peak_resident(_jvm_of(spark)),
        "raw_bytes": _size(folder / "raw"),
        "lake_bytes": _size(folder / "lake"),
    }


@contextmanager
def _peak_of(folder: Path) -> Iterator[list[int]]:
    """The most bytes that a folder held at one time in the block, looked at every two seconds."""
    peak = [0]
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(2):
            peak[0] = max(peak[0], _size(folder))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        ended.set()
        watcher.join()


def _size(folder: Path) -> int:
    """Bytes of a folder's files; those that go away meanwhile are none."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(parent) / name).lstat().st_size
            except FileNotFoundError:
                continue
    return total


def _java(spark: SparkSession) -> Any:
    """The package java.lang of the session's JVM."""
    assert spark._jvm is not None
    return spark._jvm.java.lang


def _jvm_of(spark: SparkSession) -> int:
    """The process id of the session's JVM."""
    return int(_java(spark).ProcessHandle.current().pid())


def _peak_heap(spark: SparkSession) -> int:
    beans = _java(spark).management.ManagementFactory.getMemoryPoolMXBeans()
    return sum(
        int(bean.getPeakUsage().getUsed()) for bean in beans if str(bean.getType().name()) == "HEAP"
    )


def _peak_resident(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024


def main() -> None:
    """Measures the sizes and prints the figures as a table."""
    parser = argparse.ArgumentParser(description="The cost of a build by the size of its events.")
    parser.add_argument(
        "--rows", type=int, nargs="+", default=list(SIZES), help="events, ascending"
    )
    parser.add_argument("--folder", type=Path, help="where there is disk for it")
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.inside:
        found = _measure_here(chosen.rows[0], chosen.inside)
        (chosen.inside / "growth.json").write_text(json.dumps(found), encoding="utf-8")
        return
    Console(width=200).print(markdown_table(measure(chosen.rows, chosen.folder)), markup=False)


if __name__ == "__main__":
    main()
