"""What a build costs, beside a plain Spark script and DuckDB that compute the same gold tables.

    python -m bench.build                 # the demo's data
    python -m bench.build --scale 3

All in one run, each in a fresh process on a copy of the same bronze: `lakehouse build` (models,
contracts and tests), the same build again in its process, one model by `dbt run`, what is left to
do when nothing changed, the SELECTs alone as a hand-written script runs them (`bench.plain_build`),
and translated for DuckDB (`bench.duckdb_build`). The tables are compared row by row.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console

from bench.figures import Aim, Figure, markdown_table
from bench.processes import Stopwatch, run_timed
from lakehouse.lake import Lake
from lakehouse.reading import read_table
from lakehouse.session import PROJECT_DIR

ONE_MODEL = "rpt_customer_clv"
ONE = f"dbt run -s {ONE_MODEL}, fresh process"
PLAIN = "the plain script, fresh process"
AIMS = {
    ("lakehouse build, fresh process", "s"): Aim(120),
    ("lakehouse build, fresh process", "CPU s"): Aim(1.5, of_ratio=True),
    ("lakehouse build, again in its process", "s"): Aim(50),
    (ONE, "s"): Aim(25),
}
MANIFEST = "manifest.json"
# They tell of the run, not of the data.
_OF_THE_RUN = {"loaded_at", "changed_at", "_version"}


def measure(scale: float = 1.0) -> list[Figure]:
    """Seconds and processor seconds of every way, compared with the plain script.

    Args:
        scale: of the generated data; 1 is the demo's.

    Raises:
        subprocess.CalledProcessError: one of them failed.
    """
    command = f"python -m bench.build --scale {scale:g}"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        loaded = folder / "loaded"
        _lakehouse("generate", "--out", str(folder / "raw"), "--scale", str(scale), lake=loaded)
        _lakehouse("load", str(folder / "raw"), lake=loaded)
        target, manifest = folder / "target", folder / MANIFEST
        lakes = {way: folder / way for way in ("lakehouse", "plain", "duckdb")}
        shutil.copytree(loaded, lakes["lakehouse"])
        report = folder / "builds.json"
        costs = {}
        build = [sys.executable, "-m", "bench.build", "--inside", str(report)]
        variables = {"LAKE_ROOT": str(lakes["lakehouse"]), "DBT_TARGET_PATH": str(target)}
        run_timed(build, PROJECT_DIR, variables)
        costs["lakehouse build, fresh process"], costs["lakehouse build, again in its process"] = (
            json.loads(report.read_text())
        )
        variables["DBT_TARGET_PATH"] = str(folder / "t")
        one = [sys.executable, "-m", "lakehouse", "dbt", "--quiet", "run", "-s", ONE_MODEL]
        run_timed(one, PROJECT_DIR, variables)
        costs[ONE] = run_timed(one, PROJECT_DIR, variables)
        changed = [sys.executable, "-m", "lakehouse", "build", "--changed"]
        costs["lakehouse build --changed, nothing changed"] = run_timed(
            changed, PROJECT_DIR, variables
        )
        for way, name in (("plain", PLAIN), ("duckdb", "DuckDB, fresh process")):
            _copy_inputs(lakes["lakehouse"], lakes[way])
            script = [sys.executable, "-m", f"bench.{way}_build"]
            arguments = [str(lakes[way]), str(manifest)]
            costs[name] = run_timed([*script, *arguments], PROJECT_DIR, {})
        compared = {way: _compare(lakes["lakehouse"], lakes[way]) for way in ("plain", "duckdb")}
    figures = []
    for name, cost in costs.items():
        for unit, value, plain in zip(("s", "CPU s"), cost, costs[PLAIN], strict=True):
            other, ratio = (None, None) if name == PLAIN else ("the plain script", value / plain)
            aim = AIMS.get((name, unit))
            figures.append(Figure(name, value, unit, other, ratio, command, aim))
    for way, counts in compared.items():
        figures += [
            Figure(f"gold tables of {way}: {verdict}", count, "tables", None, None, command)
            for verdict, count in sorted(counts.items())
        ]
    return figures


def _lakehouse(*arguments: str, lake: Path) -> None:
    run_timed(
        [sys.executable, "-m", "lakehouse", *arguments], PROJECT_DIR, {"LAKE_ROOT": str(lake)}
    )


def _copy_inputs(built: Path, other: Path) -> None:
    """Bronze and the seeds: what is there before any model."""
    shutil.copytree(built / "bronze", other / "bronze")
    for seed in (PROJECT_DIR / "seeds").rglob("*.csv"):
        shutil.copytree(built / "silver" / seed.stem, other / "silver" / seed.stem)


def _compare(built: Path, other: Path) -> Counter[str]:
    """How many gold tables hold the same rows, differ, or are missing."""
    ours, theirs = Lake.at(built), Lake.at(other)
    verdicts: Counter[str] = Counter()
    for table in ours.tables("gold"):
        if not theirs.has_table("gold", table):
            verdicts["not computed"] += 1
        else:
            same = _contents(ours, table) == _contents(theirs, table)
            verdicts["equal" if same else "different"] += 1
    return verdicts


def _contents(lake: Lake, table: str) -> Counter[str]:
    rows: list[dict[str, Any]] = read_table(lake, "gold", table).to_pylist()
    return Counter(
        repr([_plain(row[name]) for name in sorted(row) if name not in _OF_THE_RUN]) for row in rows
    )


def _plain(value: object) -> object:
    """Doubles to the digits that do not depend on the order of adding; numbers without a type."""
    if isinstance(value, float):
        return float(f"{value:.9g}")
    return Decimal(value).normalize() if isinstance(value, int | Decimal) else value


def _build_twice(report: Path) -> None:
    """Builds the lake of the environment twice; writes seconds and processor seconds of each.

    Those of the first include what starts with it: this process, Spark and its Java. Its manifest
    is kept beside the report: the second one's SELECTs read the tables that are there already.
    """
    from lakehouse.commands.build import build_tables
    from lakehouse.session import open_session

    lake = Lake.from_environment()
    started = time.monotonic()
    build_tables(lake)
    built = time.monotonic()
    watch = Stopwatch(open_session(lake), since_start=True)
    first = (built - started, watch.processor_seconds())
    shutil.copy(Path(os.environ["DBT_TARGET_PATH"], MANIFEST), report.with_name(MANIFEST))
    watch = Stopwatch(open_session(lake))
    build_tables(lake)
    second = (time.monotonic() - built, watch.processor_seconds())
    report.write_text(json.dumps([first, second]))


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.build",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--scale", type=float, default=1.0, help="of the generated data (1)")
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        _build_twice(options.inside)
    else:
        Console(width=160).print(markdown_table(measure(options.scale)), markup=False)


if __name__ == "__main__":
    main()
