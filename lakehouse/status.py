"""What is loaded, built and stale in a lake, and what to run next."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from lakehouse.contracts.reader import load_contracts
from lakehouse.lake import Lake
from lakehouse.reading import TableState, has_table, read_table, table_names, table_state


@dataclass(frozen=True)
class BronzeState:
    """What the ledger says of one bronze table; without a file all counts are 0."""

    shop_id: str
    table_name: str
    file_count: int
    row_count: int
    rescued_count: int
    rejected_file_count: int
    loaded_at: datetime.datetime | None


@dataclass(frozen=True)
class LakeState:
    """The state of a lake.

    Attributes:
        stale: gold tables that are older than the newest load.
        next_step: the command to run next, and why.
    """

    bronze: tuple[BronzeState, ...]
    gold: tuple[TableState, ...]
    stale: tuple[str, ...]
    next_step: str


def lake_state(lake: Lake) -> LakeState:
    """Reads the state of a lake from its ledger and its gold tables, without Spark."""
    bronze = _bronze_states(lake)
    gold = tuple(table_state(lake, "gold", name) for name in table_names(lake, "gold"))
    newest_load = max((b.loaded_at for b in bronze if b.loaded_at), default=None)
    stale = tuple(t.name for t in gold if newest_load and t.changed_at < newest_load)
    if newest_load is None:
        next_step = "lakehouse load DIR, to load the files in DIR/<shop>/"
    elif not gold:
        next_step = "lakehouse build, since nothing is built yet"
    elif stale:
        next_step = (
            f"lakehouse build, since {len(stale)} gold tables are older than the newest load"
        )
    else:
        next_step = (
            "nothing: gold is newer than every load. lakehouse report SHOP shows its figures"
        )
    return LakeState(bronze, gold, stale, next_step)


def _bronze_states(lake: Lake) -> tuple[BronzeState, ...]:
    entries = (
        read_table(lake, "bronze", "_loads").to_pylist()
        if has_table(lake, "bronze", "_loads")
        else []
    )
    states = []
    for contract in load_contracts().values():
        for table in contract.tables:
            mine = [e for e in entries if e["table_name"] == table.name]
            loaded = [e for e in mine if e["status"] == "loaded"]
            states.append(
                BronzeState(
                    shop_id=contract.shop_id,
                    table_name=table.name,
                    file_count=len(loaded),
                    row_count=sum(e["row_count"] for e in loaded),
                    rescued_count=sum(e["rescued_count"] for e in loaded),
                    rejected_file_count=len(mine) - len(loaded),
                    loaded_at=max((e["loaded_at"] for e in loaded), default=None),
                )
            )
    return tuple(states)
