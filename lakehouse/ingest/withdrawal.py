"""Takes a loaded file out of the lake again, whole."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lakehouse.contracts.reader import load_contracts
from lakehouse.errors import LakehouseError
from lakehouse.ingest.ledger import LedgerEntry, read_ledger, write_entry
from lakehouse.ingest.pseudonyms import finish_rewriting
from lakehouse.ingest.report import LOADED, WITHDRAWN
from lakehouse.ingest.tables import remove_batch
from lakehouse.lake import Lake
from lakehouse.lock import lake_lock


@dataclass(frozen=True)
class Withdrawal:
    """What left the lake.

    Attributes:
        source_file: None for a batch that the ledger never knew (what a killed load left).
        row_count: rows that left bronze now.
    """

    table_name: str
    batch_id: str
    source_file: str | None
    row_count: int


def withdraw(lake: Lake, what: str) -> Withdrawal:
    """Withdraws one batch: first from the ledger, so that nobody reads it, then its rows.

    Killed in between, it ends its work when it is run again. The file can be loaded again later.

    Args:
        lake: the lake.
        what: a batch id, or a file as the ledger names it (`thelook/orders.csv`).

    Raises:
        LakehouseError: the lake holds no such batch, several files of this name, or another
            process is writing.
    """
    with lake_lock(lake, f"withdraw {what}"):
        finish_rewriting(lake)
        entry = _entry_of(read_ledger(lake), what)
        if entry is None:
            return _withdraw_unknown(lake, what)
        if entry.status == LOADED:
            now = datetime.datetime.now(datetime.UTC)
            write_entry(lake, replace(entry, status=WITHDRAWN, loaded_at=now), replaces=True)
        rows = 0
        if lake.has_table("bronze", entry.table_name):
            rows = remove_batch(lake, entry.table_name, entry.batch_id)
        return Withdrawal(entry.table_name, entry.batch_id, entry.source_file, rows)


def _entry_of(entries: Sequence[LedgerEntry], what: str) -> LedgerEntry | None:
    found = [entry for entry in entries if what in (entry.batch_id, entry.source_file)]
    loaded = [entry for entry in found if entry.status == LOADED]
    if len(loaded) > 1:
        batches = ", ".join(
            f"{entry.batch_id} ({entry.row_count:,} rows, loaded {entry.loaded_at:%Y-%m-%d %H:%M})"
            for entry in loaded
        )
        raise LakehouseError(f"{what} was loaded with several contents; name a batch: {batches}.")
    return next(iter(loaded or reversed(found)), None)


def _withdraw_unknown(lake: Lake, batch_id: str) -> Withdrawal:
    """Rows that no ledger entry accounts for, as a killed load leaves them."""
    if batch_id.isalnum():
        for contract in load_contracts().values():
            for table in contract.tables:
                if lake.has_table("bronze", table.name):
                    rows = remove_batch(lake, table.name, batch_id)
                    if rows:
                        return Withdrawal(table.name, batch_id, None, rows)
    raise LakehouseError(
        f"The lake {lake.root} holds no file or batch {batch_id}. The ledger bronze/_loads and "
        "gold.rpt_load_quality name them all."
    )
