"""What is loaded, built and stale in a lake, and what to run next."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from lakehouse.contracts.model import TableContract
from lakehouse.contracts.reader import load_contracts
from lakehouse.ingest.ledger import LedgerEntry, TableTotals, read_ledger, table_totals
from lakehouse.ingest.pending import read_pending
from lakehouse.ingest.report import LOADED
from lakehouse.ingest.tables import batches_of
from lakehouse.lake import Lake
from lakehouse.reading import TableState, table_state
from lakehouse.staleness import read_built


@dataclass(frozen=True)
class LakeState:
    """The state of a lake.

    Attributes:
        left_over: table and batch of rows that no loaded file accounts for, as a killed load
            leaves them; nobody reads them.
        stale: gold tables that were last built before the newest load or withdrawal.
        next_step: the command to run next, and why.
    """

    bronze: tuple[TableTotals, ...]
    left_over: tuple[tuple[str, str], ...]
    gold: tuple[TableState, ...]
    stale: tuple[str, ...]
    next_step: str


def lake_state(lake: Lake) -> LakeState:
    """Reads the state of a lake from its ledger and its gold tables, without Spark."""
    entries = read_ledger(lake)
    bronze = _bronze_totals(entries)
    gold = tuple(table_state(lake, "gold", name) for name in lake.tables("gold"))
    newest_change = max((b.changed_at for b in bronze if b.changed_at), default=None)
    built = _last_built(lake)
    stale = tuple(
        t.name
        for t in gold
        if newest_change and max(t.changed_at, built.get(t.name, t.changed_at)) < newest_change
    )
    if read_pending(lake) is not None:
        next_step = "lakehouse forget, to finish one that was interrupted"
    elif newest_change is None:
        next_step = "lakehouse load DIR, to load the files in DIR/<shop>/"
    elif not gold:
        next_step = "lakehouse build, since nothing is built yet"
    elif stale:
        next_step = f"lakehouse build, since {len(stale)} gold tables are older than bronze"
    else:
        next_step = "nothing: gold is newer than bronze. lakehouse report SHOP shows its figures"
    return LakeState(bronze, _left_over(lake, entries), gold, stale, next_step)


def _last_built(lake: Lake) -> dict[str, datetime.datetime]:
    """When each model last succeeded, by name: one that had nothing new to write has no commit."""
    return {
        node.rpartition(".")[2]: datetime.datetime.fromisoformat(state.at)
        for node, state in read_built(lake).items()
        if node.startswith("model.")
    }


def _bronze_totals(entries: Sequence[LedgerEntry]) -> tuple[TableTotals, ...]:
    """What the ledger says of every table of the contracts; zeros where nothing came."""
    totals = table_totals(entries)
    return tuple(
        totals.get(table.name) or TableTotals(table.shop_id, table.name, 0, 0, 0, 0, None, None)
        for table in _tables()
    )


def _left_over(lake: Lake, entries: Sequence[LedgerEntry]) -> tuple[tuple[str, str], ...]:
    loaded = {entry.batch_id for entry in entries if entry.status == LOADED}
    return tuple(
        (table.name, batch)
        for table in _tables()
        if lake.has_table("bronze", table.name)
        for batch in sorted(batches_of(lake, table.name) - loaded)
    )


def _tables() -> list[TableContract]:
    return [table for contract in load_contracts().values() for table in contract.tables]
