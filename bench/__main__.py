"""Every benchmark in one run, written to docs/performance.md: `make bench`.

python -m bench                              # some two hours on two cores
python -m bench --events 1000000 110000000   # growth up to other sizes
python -m bench --only build loading         # the other chapters stay as they are
python -m bench --only gateway --lake LAKE   # on a lake that is there
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from bench import build, gateway, growth, increments, ingest, small_files, training
from bench.figures import Figure, markdown_table
from lakehouse.console import console
from lakehouse.session import PROJECT_DIR

TRIED = Path(__file__).with_name("tried.md")
PAGE = PROJECT_DIR / "docs" / "performance.md"
PACKAGES = ("pyspark", "delta-spark", "dbt-core", "dbt-spark", "duckdb", "pandas")
INTRODUCTION = """# Performance

Every figure here comes from `make bench` on one machine, a chapter's from one run, and is a
measurement, not a promise: seconds differ from machine to machine and from hour to hour. The ratios
compare things that were done in the same run.
"""
_CHAPTER = "## "


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
    parser.add_argument(
        "--lake", type=Path, help="that was built and released: for training and the gateway"
    )
    parser.add_argument("--only", nargs="+", metavar="NAME", help="of the chapters")
    options = parser.parse_args()
    lake = options.lake.resolve() if options.lake else None
    chapters: dict[str, tuple[str, Callable[[], Iterable[Figure]]]] = {
        "loading": ("Loading", lambda: ingest.measure(options.rows)),
        "small": ("Loading small files", small_files.measure),
        "build": ("Building", lambda: build.measure(options.scale)),
        "increments": ("One day more", increments.measure),
        "training": ("Training", lambda: training.measure(lake)),
        "gateway": ("The gateway", lambda: gateway.measure(lake)),
        "growth": ("Growing", lambda: growth.measure(options.events)),
    }
    unknown = set(options.only or ()) - chapters.keys()
    if unknown:
        parser.error(f"no such chapter: {', '.join(sorted(unknown))}; {', '.join(chapters)}")
    for name, (title, measured) in chapters.items():
        if not options.only or name in options.only:
            console.print(f"measuring: {title} …")
            load, day = os.getloadavg()[0], datetime.datetime.now(datetime.UTC)
            table = markdown_table(measured())
            text = f"On {day:%Y-%m-%d}; the machine's load beforehand was {load:.1f}.\n\n{table}"
            # A chapter takes long: what was measured stays if the next one fails.
            known = _read_chapters(options.page) | {title: text}
            titles = [title for title, _ in chapters.values()]
            options.page.write_text(_page(titles, known), encoding="utf-8")
    console.print(f"wrote {options.page}", soft_wrap=True)


def _read_chapters(page: Path) -> dict[str, str]:
    """Title and text of what the page has already."""
    if not page.exists():
        return {}
    _, *parts = f"\n{page.read_text(encoding='utf-8')}".split(f"\n{_CHAPTER}")
    return {title: text.strip("\n") for title, _, text in (p.partition("\n") for p in parts)}


def _page(titles: Sequence[str], known: Mapping[str, str]) -> str:
    """The page, with what is known of these chapters."""
    missing = [title for title in titles if title not in known]
    return "\n".join(
        [
            INTRODUCTION,
            _machine(),
            *([f"Not measured: {', '.join(missing)}.\n"] if missing else []),
            *(f"{_CHAPTER}{t}\n\n{known[t].strip()}\n" for t in titles if t in known),
            TRIED.read_text(encoding="utf-8"),
        ]
    )


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"Machine: {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}; {packages}.\n"
    )


if __name__ == "__main__":
    main()
