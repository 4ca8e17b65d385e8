"""The rows of tables without Spark, so that status, reports and exports answer at once."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lakehouse.lake import Lake
from lakehouse.storage import native_files

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.dataset as ds
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
    return as_dataset(lake.open_log(layer, table), lake.path(layer, table))


def as_dataset(log: DeltaTable, path: str) -> ds.Dataset:
    """The rows of the version that a log was opened at.

    Args:
        log: of the table.
        path: where the table lies.
    """
    return log.to_pyarrow_dataset(filesystem=native_files(path))


def table_state(lake: Lake, layer: str, table: str) -> TableState:
    """Version and time of a table's last commit.

    Raises:
        LakehouseError: there is no such table.
    """
    log = lake.open_log(layer, table)
    milliseconds = log.history(1)[0]["timestamp"]
    changed_at = datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.UTC)
    return TableState(table, log.version(), changed_at)
