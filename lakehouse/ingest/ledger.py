"""The ledger `bronze/_loads`: one row per content of a file; its row is the commit of a load."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any

from lakehouse.contracts.bronze import SCHEMA_NAMES
from lakehouse.contracts.dbt_sources import LEDGER_COLUMNS
from lakehouse.ingest.report import LOADED, REJECTED
from lakehouse.lake import Lake

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from pyspark.sql.types import StructType

LEDGER_TABLE = "_loads"
BATCH_ID_DIGITS = 16
EPOCH = datetime.datetime.fromtimestamp(0, datetime.UTC)


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
    table_version: int
    loaded_at: datetime.datetime


@dataclass(frozen=True)
class TableTotals:
    """What the ledger says about one table; rows are those of loaded files."""

    shop_id: str
    table_name: str
    file_count: int
    row_count: int
    rescued_count: int
    rejected_file_count: int
    last_loaded_at: datetime.datetime | None


def batch_id(table_name: str, sha256: str) -> str:
    """The id of a content in a table: the same wherever and whenever it is loaded."""
    return hashlib.sha256(f"{table_name}{sha256}".encode()).hexdigest()[:BATCH_ID_DIGITS]


def ledger_schema() -> StructType:
    """The Spark schema of the ledger."""
    from pyspark.sql.types import StructType

    schema = StructType()
    for name, (type_, _) in LEDGER_COLUMNS.items():
        schema = schema.add(name, SCHEMA_NAMES.get(type_, type_))
    return schema


def read_ledger(spark: SparkSession, lake: Lake) -> list[LedgerEntry]:
    """All entries, oldest first; empty if nothing was ever loaded. Times are UTC with zone."""
    from pyspark.sql import functions as sf

    if not lake.has_table("bronze", LEDGER_TABLE):
        return []
    rows = (
        lake.read(spark, "bronze", LEDGER_TABLE)
        .select(
            *(sf.col(name) for name in LEDGER_COLUMNS if name != "loaded_at"),
            sf.unix_micros("loaded_at").alias("loaded_at"),
        )
        .orderBy("loaded_at", "table_version", "source_file")
        .collect()
    )
    return [_entry(row.asDict()) for row in rows]


def _entry(row: dict[str, Any]) -> LedgerEntry:
    loaded_at = EPOCH + datetime.timedelta(microseconds=row["loaded_at"])
    return LedgerEntry(**{**row, "loaded_at": loaded_at})


def write_entry(spark: SparkSession, lake: Lake, entry: LedgerEntry, replaces: bool) -> None:
    """Commits one entry.

    Args:
        spark: the session.
        lake: the lake.
        entry: what to write.
        replaces: the ledger has an entry of the same batch (rejected before), which goes in the
            same commit.
    """
    frame = spark.createDataFrame([astuple(entry)], ledger_schema())
    writer = frame.write.format("delta").mode("append")
    if replaces:
        same = f"table_name = '{entry.table_name}' and batch_id = '{entry.batch_id}'"
        writer = writer.mode("overwrite").option("replaceWhere", same)
    writer.save(lake.path("bronze", LEDGER_TABLE))


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
    )
