"""Every benchmark in one run, written to docs/performance.md: `make bench`.

python -m bench                              # some two hours on two cores
python -m bench --events 1000000 110000000   # growth up to other sizes
python -m bench --only build loading
"""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path

from bench import build, growth, increments, ingest, small_files
from bench.figures import Figure, markdown_table
from lakehouse.console import console
from lakehouse.session import PROJECT_DIR

TRIED = Path(__file__).with_name("tried.md")
PAGE = PROJECT_DIR / "docs" / "performance.md"
PACKAGES = ("pyspark", "delta-spark", "dbt-core", "dbt-spark", "duckdb", "pandas")
INTRODUCTION = """# Performance

Every figure here comes from one run of `make bench` on one machine, and is a measurement, not a
promise: seconds differ from machine to machine and from hour to hour. The ratios compare things
that were done in the same run.
"""


def main() -> None:
    """Measures and writes the page."""
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--scale", type=float, default=1.0, help="of the build's data (1)")
    parser.add_argument("--rows", type=int, default=ingest.ROWS, help="to load")
    parser.add_argument("--events", type=int, nargs="+", default=growth.SIZES, help="to grow by")
    parser.add_argument("--page", type=Path, default=PAGE, help="to write")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="of the chapters")
    options = parser.parse_args()
    chapters: dict[str, tuple[str, Callable[[], Iterable[Figure]]]] = {
        "loading": ("Loading", lambda: ingest.measure(options.rows)),
        "small": ("Loading small files", small_files.measure),
        "build": ("Building", lambda: build.measure(options.scale)),
        "increments": ("One day more", increments.measure),
        "growth": ("Growing", lambda: growth.measure(options.events)),
    }
    unknown = set(options.only or ()) - chapters.keys()
    if unknown:
        parser.error(f"no such chapter: {', '.join(sorted(unknown))}; {', '.join(chapters)}")
    parts = [INTRODUCTION, _machine()]
    left_out = [
        title for name, (title, _) in chapters.items() if name not in (options.only or chapters)
    ]
    if left_out:
        parts.append(f"Not measured in this run: {', '.join(left_out)}.\n")
    for name, (title, measured) in chapters.items():
        if not options.only or name in options.only:
            console.print(f"measuring: {title} …")
            load = os.getloadavg()[0]
            table = markdown_table(measured())
            parts.append(f"## {title}\n\nThe machine's load beforehand: {load:.1f}.\n\n{table}")
            # A chapter takes long: what was measured stays if the next one fails.
            page = "\n".join([*parts, TRIED.read_text(encoding="utf-8")])
            options.page.write_text(page, encoding="utf-8")
    console.print(f"wrote {options.page}", soft_wrap=True)


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"Machine: {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}; {packages}.\n"
    )


if __name__ == "__main__":
    main()
