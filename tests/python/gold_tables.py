"""Writes tables of gold from rows, without Spark, with the columns and types of their contracts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml
from deltalake import write_deltalake

from lakehouse.arrow_types import arrow_type
from lakehouse.lake import Lake
from lakehouse.session import PROJECT_DIR

GOLD = Path(PROJECT_DIR) / "models" / "gold"


def contract_schema(table: str) -> pa.Schema:
    """The columns of a gold table, as its YAML declares them."""
    (path,) = GOLD.glob(f"*/{table}.yml")
    (model,) = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    return pa.schema([(c["name"], arrow_type(c["data_type"])) for c in model["columns"]])


def write_gold(lake: Lake, table: str, rows: Sequence[dict[str, Any]]) -> None:
    """Writes rows as a gold table; columns that a row leaves out are null.

    Raises:
        ValueError: a row has a column that the contract lacks.
    """
    schema = contract_schema(table)
    unknown = {column for row in rows for column in row} - set(schema.names)
    if unknown:
        raise ValueError(f"{table} has no column {', '.join(sorted(unknown))}")
    columns = [pa.array([row.get(field.name) for row in rows], type=field.type) for field in schema]
    write_deltalake(lake.path("gold", table), pa.table(columns, schema=schema), mode="overwrite")
