"""The ledger `bronze/_loads`: one row per content of a file; its row is the commit of a load."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from lakehouse.contracts.dbt_sources import LEDGER_COLUMNS
from lakehouse.ingest.report import LOADED, REJECTED
from lakehouse.ingest.tables import ensure_table
from lakehouse.lake import Lake
from lakehouse.reading import open_dataset, read_table

LEDGER_TABLE = "_loads"
BATCH_ID_DIGITS = 16


@dataclass(frozen=True)
class LedgerEntry:
    """One row of the ledger; fields are described in the dbt source `bronze.loads`."""

    shop_id: str
    table_name: str
    batch_id: str
    source_file: str
    size_bytes: int
    sha256: str
    row_count: int
    rescued_count: int
    status: str
    rejected_reason: str | None
    table_version: int | None
    loaded_at: datetime.datetime
    as_of: datetime.datetime | None
    name_order: str | None
    source_state: str | None


@dataclass(frozen=True)
class TableTotals:
    """What the ledger says about one table; rows are those of loaded files.

    Attributes:
        changed_at: when a file was last loaded or withdrawn.
    """

    shop_id: str
    table_name: str
    file_count: int
    row_count: int
    rescued_count: int
    rejected_file_count: int
    last_loaded_at: datetime.datetime | None
    changed_at: datetime.datetime | None


def batch_id(table_name: str, sha256: str) -> str:
    """The id of a content in a table: the same wherever and whenever it is loaded."""
    return hashlib.sha256(f"{table_name}{sha256}".encode()).hexdigest()[:BATCH_ID_DIGITS]


def ensure_ledger(lake: Lake) -> None:
    """Creates the ledger if it does not exist, and adds columns that an older one lacks."""
    ensure_table(lake, LEDGER_TABLE, {name: type_ for name, (type_, _) in LEDGER_COLUMNS.items()})


def read_ledger(lake: Lake) -> list[LedgerEntry]:
    """All entries, oldest first; empty if nothing was ever loaded. Times are UTC with zone."""
    if not lake.has_table("bronze", LEDGER_TABLE):
        return []
    rows = read_table(lake, "bronze", LEDGER_TABLE).to_pylist()
    return sorted(map(_entry, rows), key=lambda e: (e.loaded_at, e.source_file, e.batch_id))


def _entry(row: dict[str, Any]) -> LedgerEntry:
    # A ledger of before has fewer columns.
    values: dict[str, Any] = {name: row.get(name) for name in LEDGER_COLUMNS}
    return LedgerEntry(**values)


def write_entry(lake: Lake, entry: LedgerEntry, replaces: bool) -> None:
    """Commits one entry.

    Args:
        lake: the lake.
        entry: what to write.
        replaces: the ledger has an entry of the same batch, which goes in the same commit.
    """
    import pyarrow as pa
    from deltalake import write_deltalake

    row = asdict(entry)
    columns = open_dataset(lake, "bronze", LEDGER_TABLE).schema
    rows = pa.table({name: [row.get(name)] for name in columns.names}, columns)
    path = lake.path("bronze", LEDGER_TABLE)
    if replaces:
        same = f"table_name = '{entry.table_name}' and batch_id = '{entry.batch_id}'"
        write_deltalake(path, rows, mode="overwrite", predicate=same)
    else:
        write_deltalake(path, rows, mode="append")


def table_totals(entries: Iterable[LedgerEntry]) -> dict[str, TableTotals]:
    """Totals by table, sorted by name."""
    by_table: dict[str, list[LedgerEntry]] = {}
    for entry in entries:
        by_table.setdefault(entry.table_name, []).append(entry)
    return {name: _totals(by_table[name]) for name in sorted(by_table)}


def _totals(entries: list[LedgerEntry]) -> TableTotals:
    loaded = [entry for entry in entries if entry.status == LOADED]
    return TableTotals(
        shop_id=entries[0].shop_id,
        table_name=entries[0].table_name,
        file_count=len(loaded),
        row_count=sum(entry.row_count for entry in loaded),
        rescued_count=sum(entry.rescued_count for entry in loaded),
        rejected_file_count=sum(entry.status == REJECTED for entry in entries),
        last_loaded_at=max((entry.loaded_at for entry in loaded), default=None),
        changed_at=max(
            (entry.loaded_at for entry in entries if entry.status != REJECTED), default=None
        ),
    )
