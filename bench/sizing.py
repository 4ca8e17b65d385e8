"""How many cores a day of events needs, from what a million of them cost on this machine.

    python -m bench.sizing --load-seconds 4.4 --build-seconds 40 --cores 2

Both figures are seconds per million events, as docs/performance.md gives them.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

MILLIONS_A_DAY = (1, 10, 100, 1000)
# On a cluster cores wait for each other, for the network and for the last task of a stage.
EFFICIENCY = 0.5
EXECUTOR_CORES = 4
# Bytes of an event in the lake: its CSV of 133 bytes is 33 in bronze, as much again in each of
# staging and the conformed layer; gold is small beside them.
BYTES_AN_EVENT = 100


@dataclass(frozen=True)
class Cost:
    """What a million events cost, in seconds of one core."""

    load_core_seconds: float
    build_core_seconds: float

    @classmethod
    def measured(cls, load_seconds: float, build_seconds: float, cores: int) -> Cost:
        """From seconds per million events on a machine whose cores were all busy."""
        return cls(load_seconds * cores, build_seconds * cores)


@dataclass(frozen=True)
class Sizing:
    """What a day of events needs.

    Attributes:
        core_hours: of work.
        core_count: to do it within the window.
        executor_count: of `EXECUTOR_CORES` cores each.
        gigabytes: that the lake grows by.
    """

    core_hours: float
    core_count: int
    executor_count: int
    gigabytes: float


def sizing(cost: Cost, millions_a_day: float, window_hours: float) -> Sizing:
    """What a day of events needs to be loaded and built within a window.

    Args:
        cost: of a million events.
        millions_a_day: how many there are.
        window_hours: the time in which it must be done.
    """
    core_seconds = (cost.load_core_seconds + cost.build_core_seconds) * millions_a_day
    cores = math.ceil(core_seconds / (window_hours * 3600 * EFFICIENCY))
    return Sizing(
        core_hours=core_seconds / 3600,
        core_count=cores,
        executor_count=math.ceil(cores / EXECUTOR_CORES),
        gigabytes=millions_a_day * BYTES_AN_EVENT / 1000,
    )


def rows(cost: Cost, window_hours: float) -> list[tuple[str, ...]]:
    """The table of docs/scale.md, a row for each number of events."""
    return [
        (
            f"{millions:,} million",
            f"{found.core_hours:,.2f}",
            f"{found.core_count:,}",
            f"{found.executor_count:,}",
            f"{found.gigabytes:,.1f} GB",
        )
        for millions in MILLIONS_A_DAY
        for found in [sizing(cost, millions, window_hours)]
    ]


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--load-seconds", type=float, required=True, help="per million events")
    parser.add_argument("--build-seconds", type=float, required=True, help="per million events")
    parser.add_argument("--cores", type=int, default=2, help="of the machine that was measured")
    parser.add_argument("--window-hours", type=float, default=4.0, help="to be done in")
    given = parser.parse_args()
    cost = Cost.measured(given.load_seconds, given.build_seconds, given.cores)
    table = Table("events a day", "core hours", "cores", "executors", "lake grows by")
    for row in rows(cost, given.window_hours):
        table.add_row(*row)
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
