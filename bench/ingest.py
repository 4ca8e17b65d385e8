"""How fast the loader is: rows per second from CSV to bronze, beside a plain copy of the same file.

    python -m bench.ingest --rows 5000000

The plain copy reads every cell as text and writes Delta: no contract, no types, no checksum, no
rescued rows, no ledger. The ratio says what those cost.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from lakehouse.generate import generate
from lakehouse.ingest import load
from lakehouse.lake import Lake
from lakehouse.session import open_session

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

WARM_UP_ROWS = 20_000


def main() -> None:
    """Generates a clickstream, loads it both ways in one warm session, prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=2_000_000, help="rows of the clickstream")
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate(folder / "warm", ["rees46"], rees46_rows=WARM_UP_ROWS)
        files = generate(folder / "raw", ["rees46"], rees46_rows=rows)
        megabytes = sum(file.bytes for file in files) / 1e6
        lake = Lake.at(folder / "lake")
        spark = open_session(lake, "bench")
        load(spark, Lake.at(folder / "warm_lake"), folder / "warm")

        plain_seconds: list[float] = []
        load_seconds: list[float] = []
        for turn in range(2):
            started = time.monotonic()
            plain = spark.read.option("header", True).csv(str(folder / "raw" / "rees46"))
            plain.write.format("delta").save(str(folder / f"plain{turn}"))
            plain_seconds.append(time.monotonic() - started)
            started = time.monotonic()
            load(spark, Lake.at(folder / f"lake{turn}"), folder / "raw")
            load_seconds.append(time.monotonic() - started)

        table = Table("way", "seconds (best of 2)", "rows/s", "MB/s")
        for way, seconds in (("plain copy", min(plain_seconds)), ("load", min(load_seconds))):
            rate = f"{rows / seconds:,.0f}"
            table.add_row(way, f"{seconds:.1f}", rate, f"{megabytes / seconds:.0f}")
        console = Console(width=100)
        console.print(table)
        console.print(f"load ÷ plain copy: {min(load_seconds) / min(plain_seconds):.2f}")
        console.print(f"peak memory of Spark's JVM: {_peak_megabytes(_jvm_process(spark)):,.0f} MB")


def _jvm_process(spark: SparkSession) -> int:
    jvm = spark.sparkContext._jvm
    assert jvm is not None
    return int(jvm.java.lang.ProcessHandle.current().pid())


def _peak_megabytes(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    [peak] = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(peak.split()[1]) / 1024


if __name__ == "__main__":
    main()
