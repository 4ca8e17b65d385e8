"""What a day costs on 60 days of history: the build that grows, beside the build from nothing.

    python -m bench.increments --rows 3000000
    python -m bench.increments --rows 3000000 --everything

A clickstream of 61 days is generated and its last day kept apart. The models that grow are built
with 60 days, then with the last day, then from nothing with all: the first build warms the process
up. With `--everything` it is every model of the project, reports included, which do not grow.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench.figures import Aim, Figure, markdown_table
from bench.processes import Stopwatch
from lakehouse.generate import generate
from lakehouse.ingest import load
from lakehouse.lake import Lake
from lakehouse.session import open_session
from lakehouse.transform import check, run_dbt

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LAST_DAY = "2019-11-30"
# The models that grow by days, and what lies between them.
GROWING = "config.materialized:incremental int_rees46__events int_thelook__events int_robots"


def measure(rows: int = 3_000_000, everything: bool = False) -> list[Figure]:
    """Seconds and CPU seconds of a build with one day more, each beside those of a whole build."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate(folder / "raw", ["rees46"], rees46_rows=rows)
        keep_apart(folder / "raw" / "rees46" / "2019-Nov.csv", folder / "day" / "rees46")
        lake = Lake.at(folder / "lake")
        spark = open_session(lake, "bench")
        selection = [] if everything else ["-s", *GROWING.split()]
        load(spark, lake, folder / "raw")
        cost(spark, lake, selection)
        load(spark, lake, folder / "day")
        grown = cost(spark, lake, selection)
        whole = cost(spark, lake, ["--full-refresh", *selection])
    command = f"python -m bench.increments --rows {rows}" + " --everything" * everything
    what = "every model" if everything else "the models that grow"
    return [
        Figure(
            name=f"one day on 60 days of {rows:,} events, {what}",
            value=grown[place],
            unit=unit,
            compared_with=f"the same from nothing ({whole[place]:.1f} {unit})",
            ratio=grown[place] / whole[place],
            command=command,
            aim=Aim(0.1, of_ratio=True),
        )
        for place, unit in enumerate(("s", "CPU s"))
    ]


def keep_apart(file: Path, folder: Path) -> None:
    """Moves the rows of the last day, which end the file, into a file of their own."""
    folder.mkdir(parents=True)
    start = f"{LAST_DAY} ".encode()
    rest = file.with_suffix(".rest")
    with (
        file.open("rb") as lines,
        rest.open("wb") as before,
        (folder / f"{LAST_DAY}.csv").open("wb") as last,
    ):
        header = next(lines)
        before.write(header)
        last.write(header)
        for line in lines:
            (last if line.startswith(start) else before).write(line)
    rest.replace(file)


def cost(spark: SparkSession, lake: Lake, selection: list[str]) -> tuple[float, float]:
    """Seconds, and CPU seconds of this process and of Spark's, of one `dbt run`."""
    watch, started = Stopwatch(spark), time.monotonic()
    check(run_dbt(lake, ["--quiet", "run", *selection]))
    return time.monotonic() - started, watch.processor_seconds()


def main() -> None:
    """Measures and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=3_000_000, help="rows of the clickstream")
    parser.add_argument("--everything", action="store_true", help="reports included")
    options = parser.parse_args()
    print(markdown_table(measure(options.rows, options.everything)), end="")


if __name__ == "__main__":
    main()
