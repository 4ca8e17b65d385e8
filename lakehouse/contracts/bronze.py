"""The bronze table of a contract: its columns, and those that the loader adds."""

from __future__ import annotations

from lakehouse.contracts.model import TableContract

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

# SQL type -> what Delta's schema calls it, where the two differ.
SCHEMA_NAMES = {"int": "integer", "bigint": "long"}


def bronze_columns(table: TableContract) -> dict[str, str]:
    """Name and SQL type of every column of the bronze table, in order."""
    added = {name: type_ for name, (type_, _) in ADDED_COLUMNS.items()}
    return {column.name: column.sql_type for column in table.columns} | added
