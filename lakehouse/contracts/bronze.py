"""The bronze table of a contract: its columns, and those that the loader adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse.contracts.model import TableContract

if TYPE_CHECKING:
    from pyspark.sql.types import StructType

# name -> (type, description)
ADDED_COLUMNS = {
    "_rescued": (
        "string",
        "JSON of the raw text of what did not fit the contract, by header; a row with too few or "
        "too many fields stands under _row; null for a clean row.",
    ),
    "_source_file": ("string", "File that the row came from, relative to the folder loaded."),
    "_batch_id": ("string", "Load of the file: derived from table and content; see _loads."),
    "_ingested_at": ("timestamp", "When the row was loaded, UTC."),
}

# SQL type -> what Spark's schema calls it, where the two differ.
SCHEMA_NAMES = {"int": "integer", "bigint": "long"}


def bronze_columns(table: TableContract) -> dict[str, str]:
    """Name and SQL type of every column of the bronze table, in order."""
    added = {name: type_ for name, (type_, _) in ADDED_COLUMNS.items()}
    return {column.name: column.sql_type for column in table.columns} | added


def bronze_schema(table: TableContract) -> StructType:
    """The Spark schema of the bronze table: all columns nullable, no comments."""
    from pyspark.sql.types import StructType

    schema = StructType()
    for name, type_ in bronze_columns(table).items():
        schema = schema.add(name, SCHEMA_NAMES.get(type_, type_), nullable=True)
    return schema
