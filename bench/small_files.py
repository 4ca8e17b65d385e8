"""What a start costs: `lakehouse load` of small files, each in a fresh process.

    python -m bench.small_files

Processor seconds are those of Python and of Spark's Java together; unlike seconds, they say the
same on a busy machine.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from rich.console import Console

from bench.figures import Aim, Figure, markdown_table
from bench.processes import run_timed
from lakehouse.session import PROJECT_DIR

COMMAND = "python -m bench.small_files"
HEADER = (
    "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session"
)


def measure() -> list[Figure]:
    """Seconds of loading one file into a new lake, six more, and all seven again."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for what, count in (("1 file, new lake", 1), ("6 files more", 6), ("the same 7 again", 0)):
            _add_files(folder / "raw" / "rees46", count)
            seconds, processor_seconds = run_timed(
                [sys.executable, "-m", "lakehouse", "load", str(folder / "raw")],
                PROJECT_DIR,
                {"LAKE_ROOT": str(folder / "lake")},
            )
            title = f"lakehouse load, fresh process: {what}"
            aim = Aim(15) if count == 1 else None
            figures.append(Figure(title, seconds, "s", None, None, COMMAND, aim))
            figures.append(Figure(title, processor_seconds, "CPU s", None, None, COMMAND))
    return figures


def _add_files(folder: Path, count: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    there = len(list(folder.iterdir()))
    for number in range(there, there + count):
        row = f"2019-10-01 00:00:00 UTC,view,1,1,,shiseido,35.79,{number},72d76fde"
        (folder / f"{number}.csv").write_text(f"{HEADER}\n{row}\n", encoding="utf-8")


def main() -> None:
    """Prints the figures."""
    Console(width=160, highlight=False).print(markdown_table(measure()), markup=False)


if __name__ == "__main__":
    main()
