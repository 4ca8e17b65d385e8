"""Two rankings in one list: whose items are clicked more, by the same people at the same time."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from scipy.special import bdtr, betaincinv

from lakehouse.errors import LakehouseError
from ml.experiments.tables import of_schema

Team = Literal["first", "second"]

_CLICK: list[pa.Field[Any]] = [
    pa.field("unit_id", pa.string(), nullable=False),
    pa.field("first_clicks", pa.int64(), nullable=False),
    pa.field("second_clicks", pa.int64(), nullable=False),
]

# A row for each list that was shown: how many clicks went to the items of either ranking.
CLICKS = pa.schema(_CLICK)


@dataclass(frozen=True)
class Interleaved:
    """A list to show.

    Attributes:
        items: best first.
        teams: the ranking that each was drafted from.
    """

    items: tuple[str, ...]
    teams: tuple[Team, ...]


def team_draft(
    first: Sequence[str], second: Sequence[str], length: int, seed: str | int
) -> Interleaved:
    """Two rankings as one list: in each round both draft their best item that is left.

    A coin says who drafts first (Radlinski, Kurup and Joachims, CIKM 2008, algorithm 2). The
    list ends where the ranking whose turn it is has nothing left.

    Args:
        first: items, best first.
        second: the same of the other ranking.
        length: of the list, at most.
        seed: of the coins; the same one gives the same list, on any machine.
    """
    coin = random.Random(seed)
    rankings: dict[Team, Sequence[str]] = {"first": first, "second": second}
    drafted: dict[str, Team] = {}
    turns: list[Team] = []
    while len(drafted) < length:
        if not turns:
            turns = ["first", "second"] if coin.random() < 0.5 else ["second", "first"]
        team = turns.pop()
        item = next((item for item in rankings[team] if item not in drafted), None)
        if item is None:
            break
        drafted[item] = team
    return Interleaved(tuple(drafted), tuple(drafted.values()))


def credit(shown: Interleaved, clicked: Collection[str]) -> tuple[int, int]:
    """How many clicked items the first ranking drafted, and how many the second."""
    teams = [team for item, team in zip(shown.items, shown.teams, strict=True) if item in clicked]
    return teams.count("first"), teams.count("second")


@dataclass(frozen=True)
class Preference:
    """Which ranking units prefer.

    Attributes:
        first_wins: units that clicked more items of the first ranking.
        second_wins: those that clicked more of the second.
        ties: those that clicked as many of either, none included.
        margin: wins and half of the ties of the first over all units, less 0.5; above 0 for the
            first (Chapelle, Joachims, Radlinski and Yue, TOIS 2012).
        first_share: the first's part of units that prefer one.
        interval: of that part, exact (Clopper and Pearson 1934).
        p_value: of a part of one half, two-sided and exact (the sign test).
    """

    first_wins: int
    second_wins: int
    ties: int
    margin: float
    first_share: float
    interval: tuple[float, float]
    p_value: float


def preference(clicks: pa.Table, alpha: float = 0.05) -> Preference:
    """Which ranking was preferred; a unit has one vote, however many lists it saw.

    Args:
        clicks: of the schema `CLICKS`.
        alpha: one less the level of the interval.

    Raises:
        LakehouseError: the table lacks a column or a value, or no unit clicked more items of one
            ranking than of the other.
    """
    votes = (
        of_schema(clicks, CLICKS, "clicks")
        .group_by("unit_id")
        .aggregate([("first_clicks", "sum"), ("second_clicks", "sum")])
    )
    lead = votes["first_clicks_sum"].to_numpy() - votes["second_clicks_sum"].to_numpy()
    first, second = int((lead > 0).sum()), int((lead < 0).sum())
    decided, ties = first + second, int((lead == 0).sum())
    if not decided:
        raise LakehouseError("No unit clicked more of one ranking than of the other yet.")
    low = betaincinv(first, second + 1, alpha / 2) if first else 0.0
    high = betaincinv(first + 1, second, 1 - alpha / 2) if second else 1.0
    return Preference(
        first,
        second,
        ties,
        (first + ties / 2) / (decided + ties) - 0.5,
        first / decided,
        (float(low), float(high)),
        float(np.minimum(1.0, 2 * bdtr(min(first, second), decided, 0.5))),
    )
