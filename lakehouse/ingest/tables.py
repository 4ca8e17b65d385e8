"""Bronze tables: made from contracts, and brought back to what the ledger knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from lakehouse.contracts.bronze import bronze_schema
from lakehouse.contracts.model import Contract, TableContract
from lakehouse.errors import LakehouseError
from lakehouse.ingest.ledger import LEDGER_TABLE, ledger_schema
from lakehouse.lake import Lake

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from pyspark.sql.types import StructType

# The only operation by which the loader adds rows; others (OPTIMIZE, VACUUM) change no content.
DATA_COMMIT = "WRITE"
RESTORE = "RESTORE"
STATISTICS = "delta.dataSkippingStatsColumns"


def ensure_tables(spark: SparkSession, lake: Lake, contracts: Mapping[str, Contract]) -> None:
    """Creates, empty, every bronze table of the contracts and the ledger if they do not exist.

    A table that exists gets the columns that its contract has gained. By path, no metastore.

    Raises:
        LakehouseError: a contract gives a column another type than its table has.
    """
    ensure_ledger(spark, lake)
    for contract in contracts.values():
        ensure_bronze(spark, lake, contract.tables)


def ensure_ledger(spark: SparkSession, lake: Lake) -> None:
    """Creates the ledger if it does not exist."""
    if not lake.has_table("bronze", LEDGER_TABLE):
        _create(spark, lake, LEDGER_TABLE, ledger_schema())


def ensure_bronze(spark: SparkSession, lake: Lake, tables: Iterable[TableContract]) -> None:
    """Creates these tables if they do not exist, and adds columns that they lack.

    Raises:
        LakehouseError: a contract gives a column another type than its table has.
    """
    for table in tables:
        schema = bronze_schema(table)
        if lake.has_table("bronze", table.name):
            _add_missing_columns(spark, lake, table.name, schema)
        else:
            _create(spark, lake, table.name, schema, {STATISTICS: ",".join(_skipping(table))})


def restore_to_ledger(spark: SparkSession, lake: Lake, table: str, known: int | None) -> int:
    """Undoes a load that was killed between its data and its ledger entry.

    Args:
        spark: the session.
        lake: the lake.
        table: bronze table.
        known: its last Delta version in the ledger; None if the ledger has no entry for it.

    Returns:
        The table's current version.

    Raises:
        LakehouseError: more than one load is unknown to the ledger, which no killed load explains.
    """
    from delta.tables import DeltaTable

    current = lake.version("bronze", table)
    base = 0 if known is None else known
    if current <= base:
        return current
    delta = DeltaTable.forPath(spark, lake.path("bronze", table))
    rows = delta.history(current - base).select("version", "operation").collect()
    since = sorted((row["version"], row["operation"]) for row in rows if row["version"] > base)
    restored = max((at for at, operation in since if operation == RESTORE), default=base)
    orphans = [at for at, operation in since if operation == DATA_COMMIT and at > restored]
    if not orphans:
        return current
    if len(orphans) > 1:
        raise LakehouseError(
            f"Table bronze/{table} has {len(orphans)} loads (Delta versions "
            f"{', '.join(map(str, orphans))}) that the ledger bronze/{LEDGER_TABLE} does not know: "
            f"the ledger was replaced, or something else wrote here. Restore the ledger, or delete "
            f"{lake.path('bronze', table)} and load its files again."
        )
    return restore(spark, lake, table, base)


def restore(spark: SparkSession, lake: Lake, table: str, version: int) -> int:
    """Brings a table back to a version; returns the version that this makes."""
    from delta.tables import DeltaTable

    DeltaTable.forPath(spark, lake.path("bronze", table)).restoreToVersion(version)
    return lake.version("bronze", table)


def _skipping(table: TableContract) -> list[str]:
    """Columns by which readers skip files; minima and maxima of all would cost 15% of a load."""
    moments = [c.name for c in table.columns if c.type in ("date", "timestamp")]
    return [*moments[:1], "_batch_id", "_ingested_at"]


def _create(
    spark: SparkSession,
    lake: Lake,
    table: str,
    schema: StructType,
    properties: Mapping[str, str] | None = None,
) -> None:
    from delta.tables import DeltaTable

    builder = DeltaTable.createIfNotExists(spark).location(lake.path("bronze", table))
    for key, value in (properties or {}).items():
        builder = builder.property(key, value)
    builder.addColumns(schema).execute()


def _add_missing_columns(spark: SparkSession, lake: Lake, table: str, schema: StructType) -> None:
    existing = {f.name: f.dataType for f in lake.read(spark, "bronze", table).schema.fields}
    for field in schema.fields:
        if field.name in existing and existing[field.name] != field.dataType:
            raise LakehouseError(
                f"Column {field.name} of bronze/{table} is {existing[field.name].simpleString()}, "
                f"but the contract says {field.dataType.simpleString()}. Change the contract back, "
                f"or delete {lake.path('bronze', table)} and its rows in the ledger, then load."
            )
    missing = [f for f in schema.fields if f.name not in existing]
    if missing:
        columns = ", ".join(f"`{f.name}` {f.dataType.simpleString()}" for f in missing)
        spark.sql(f"alter table delta.`{lake.path('bronze', table)}` add columns ({columns})")
