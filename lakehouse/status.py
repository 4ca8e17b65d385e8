"""What is loaded, built and stale in a lake, and what to run next."""

from __future__ import annotations

from dataclasses import dataclass

from lakehouse.contracts.reader import load_contracts
from lakehouse.ingest.ledger import LEDGER_TABLE, LedgerEntry, TableTotals, table_totals
from lakehouse.lake import Lake
from lakehouse.reading import TableState, read_table, table_state


@dataclass(frozen=True)
class LakeState:
    """The state of a lake.

    Attributes:
        stale: gold tables that are older than the newest load.
        next_step: the command to run next, and why.
    """

    bronze: tuple[TableTotals, ...]
    gold: tuple[TableState, ...]
    stale: tuple[str, ...]
    next_step: str


def lake_state(lake: Lake) -> LakeState:
    """Reads the state of a lake from its ledger and its gold tables, without Spark."""
    bronze = _bronze_totals(lake)
    gold = tuple(table_state(lake, "gold", name) for name in lake.tables("gold"))
    newest_load = max((b.last_loaded_at for b in bronze if b.last_loaded_at), default=None)
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


def _bronze_totals(lake: Lake) -> tuple[TableTotals, ...]:
    """What the ledger says of every table of the contracts; zeros where nothing came."""
    entries = (
        [LedgerEntry(**row) for row in read_table(lake, "bronze", LEDGER_TABLE).to_pylist()]
        if lake.has_table("bronze", LEDGER_TABLE)
        else []
    )
    totals = table_totals(entries)
    return tuple(
        totals.get(table.name) or TableTotals(contract.shop_id, table.name, 0, 0, 0, 0, None)
        for contract in load_contracts().values()
        for table in contract.tables
    )
