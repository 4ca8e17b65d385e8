"""Reads the lake's tables without Spark, so that status, reports and exports answer at once."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.dataset as ds
    import pyarrow.fs as fs
    from deltalake import DeltaTable


@dataclass(frozen=True)
class TableState:
    """The current version of a table.

    Attributes:
        changed_at: when that version was committed (UTC).
    """

    name: str
    version: int
    changed_at: datetime.datetime


def has_table(lake: Lake, layer: str, table: str) -> bool:
    """Whether a Delta table lies at its path."""
    from deltalake import DeltaTable

    return DeltaTable.is_deltatable(lake.path(layer, table))


def read_table(
    lake: Lake,
    layer: str,
    table: str,
    shop_id: str | None = None,
    columns: Sequence[str] | None = None,
) -> pa.Table:
    """The rows of a table, of one shop if one is given, with all columns or those named.

    Raises:
        LakehouseError: there is no such table.
    """
    import pyarrow.dataset as ds

    rows = ds.field("shop_id") == shop_id if shop_id is not None else None
    names = list(columns) if columns is not None else None
    return open_dataset(lake, layer, table).to_table(columns=names, filter=rows)


def open_dataset(lake: Lake, layer: str, table: str) -> ds.Dataset:
    """The current version of a table, to be read in batches.

    Raises:
        LakehouseError: there is no such table.
    """
    return _open(lake, layer, table).to_pyarrow_dataset(
        filesystem=native_files(lake.path(layer, table))
    )


def table_state(lake: Lake, layer: str, table: str) -> TableState:
    """Version and time of a table's last commit.

    Raises:
        LakehouseError: there is no such table.
    """
    delta = _open(lake, layer, table)
    milliseconds = delta.history(1)[0]["timestamp"]
    changed_at = datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.UTC)
    return TableState(table, delta.version(), changed_at)


def table_names(lake: Lake, layer: str) -> list[str]:
    """Names of the tables of a layer of a local lake, sorted."""
    return sorted(log.parent.name for log in Path(lake.root, layer).glob("*/_delta_log"))


def native_files(path: str) -> fs.FileSystem:
    """Pyarrow's own file system of a folder or URI, with the folder as its root.

    deltalake's own calls Python from pyarrow's threads; such a call while the interpreter ends
    aborts the process.
    """
    import pyarrow.fs as fs

    if "://" not in path:
        return fs.SubTreeFileSystem(path, fs.LocalFileSystem())
    # Hadoop's name for S3; the store is the same.
    found, folder = fs.FileSystem.from_uri(path.replace("s3a://", "s3://", 1))
    return fs.SubTreeFileSystem(folder, found)


def _open(lake: Lake, layer: str, table: str) -> DeltaTable:
    from deltalake import DeltaTable

    if not has_table(lake, layer, table):
        known = [name for name in table_names(lake, layer) if not name.startswith("_")]
        hint = f"There are: {', '.join(known)}." if known else "Run: lakehouse build"
        raise LakehouseError(f"The lake {lake.root} has no table {layer}.{table}. {hint}")
    return DeltaTable(lake.path(layer, table))
