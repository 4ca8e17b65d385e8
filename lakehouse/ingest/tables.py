"""Bronze tables: made from contracts, and rid of a batch. By their Delta logs, without Spark."""

from __future__ import annotations

from collections.abc import Mapping

from lakehouse.contracts.bronze import SCHEMA_NAMES, bronze_columns
from lakehouse.contracts.model import TableContract
from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake

STATISTICS = "delta.dataSkippingStatsColumns"


def ensure_bronze(lake: Lake, table: TableContract) -> None:
    """Creates a bronze table if it does not exist, and adds the columns that it lacks.

    Raises:
        LakehouseError: the contract gives a column another type than its table has.
    """
    ensure_table(lake, table.name, bronze_columns(table), {STATISTICS: ",".join(_skipping(table))})


def ensure_table(
    lake: Lake, table: str, columns: Mapping[str, str], settings: Mapping[str, str] | None = None
) -> None:
    """Creates a table of bronze if it does not exist, and adds the columns that it lacks.

    Args:
        lake: the lake.
        table: its name.
        columns: SQL type of each column; all are nullable.
        settings: Delta's, for a new table.

    Raises:
        LakehouseError: a column of the table has another type.
    """
    from deltalake import DeltaTable, Field, Schema
    from deltalake.schema import PrimitiveType

    fields = {
        name: Field(name, PrimitiveType(SCHEMA_NAMES.get(type_, type_)))
        for name, type_ in columns.items()
    }
    path = lake.path("bronze", table)
    if not lake.has_table("bronze", table):
        DeltaTable.create(
            path, Schema(list(fields.values())), mode="ignore", configuration=dict(settings or {})
        )
        return
    delta = lake.open_log("bronze", table)
    there = {field.name: field.type for field in delta.schema().fields}
    for name, field in fields.items():
        if name in there and there[name] != field.type:
            raise LakehouseError(
                f"Column {name} of bronze/{table} is {_sql(there[name])}, but the contract says "
                f"{columns[name]}. Change the contract back, or withdraw the table's files, delete "
                f"{path} and load them again."
            )
    missing = [field for name, field in fields.items() if name not in there]
    if missing:
        delta.alter.add_columns(missing)


def remove_batch(lake: Lake, table: str, batch_id: str) -> int:
    """Takes the rows of one batch out of a bronze table, and no others.

    Files that hold only this batch, as the loader writes them, leave by the log alone.

    Returns:
        How many rows there were; without any, nothing is committed.
    """
    removed = lake.open_log("bronze", table).delete(f"_batch_id = '{batch_id}'")
    return int(removed["num_deleted_rows"] or 0)


def batches_of(lake: Lake, table: str) -> set[str]:
    """The batches in a bronze table, as far as the statistics of its files tell."""
    import pyarrow as pa

    files = pa.table(lake.open_log("bronze", table).get_add_actions(flatten=True)).to_pylist()
    found = {file.get(f"{bound}._batch_id") for file in files for bound in ("min", "max")}
    return {batch for batch in found if batch is not None}


def _skipping(table: TableContract) -> list[str]:
    """Columns by which readers skip files; minima and maxima of all would cost 15% of a load."""
    moments = [
        name
        for name, type_ in bronze_columns(table).items()
        if type_ in ("date", "timestamp") and not name.startswith("_")
    ]
    return [*moments[:1], "_batch_id", "_ingested_at"]


def _sql(type_: object) -> str:
    """A type of a Delta schema as SQL calls it."""
    name = str(getattr(type_, "type", type_))
    return {delta: sql for sql, delta in SCHEMA_NAMES.items()}.get(name, name)
