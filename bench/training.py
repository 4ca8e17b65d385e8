"""What each model costs to train and to score: seconds, processor seconds and memory.

    python -m bench.training                # on generated data, which it loads and builds first
    python -m bench.training --lake LAKE    # on a lake that was built; its models are trained anew

Each model has a process of its own, for all shops that have rows for it; starting Spark is in its
seconds, and is told beside. Memory is the peak of what Java or Python held, whichever held more.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from bench.figures import Figure, markdown_table
from bench.processes import LAKEHOUSE, build_generated, run_timed
from ml.catalogue import MODELS

COMMAND = "python -m bench.training"
START = """from lakehouse.lake import Lake
from lakehouse.session import open_session
open_session(Lake.from_environment())"""


def measure(lake: Path | None = None) -> list[Figure]:
    """Figures of a bare start of Spark, then of training and scoring each model.

    Args:
        lake: that was built; None for one of generated data.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if lake is None:
            lake = build_generated(folder)
        figures = _cost("Spark's start alone", [sys.executable, "-c", START], folder / "none")
        for model in MODELS:
            for command in ("train", "score"):
                title = f"lakehouse {command} {model.name}"
                figures += _cost(title, [*LAKEHOUSE, command, model.name], lake)
    return figures


def _cost(title: str, command: list[str], lake: Path) -> list[Figure]:
    """Seconds, processor seconds and memory of a command, measured by a process of its own."""
    inside = [sys.executable, "-m", "bench.training", "--inside", json.dumps(command)]
    run = subprocess.run(
        [*inside, "--lake", str(lake)], check=True, stdout=subprocess.PIPE, text=True
    )
    units = ("s", "CPU s", "MB at most")
    return [
        Figure(title, value, unit, None, None, COMMAND)
        for unit, value in zip(units, json.loads(run.stdout), strict=True)
    ]


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lake", type=Path, help="that was built; without: generated data")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        # The peak is of all children of a process: each command has a parent of its own.
        lake = options.lake.resolve()
        cost = run_timed(json.loads(options.inside), lake.parent, {"LAKE_ROOT": str(lake)})
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e6
        print(json.dumps([*cost, peak]))
        return
    Console(width=160, highlight=False).print(markdown_table(measure(options.lake)), markup=False)


if __name__ == "__main__":
    main()
