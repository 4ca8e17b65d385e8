"""Rows that several passes read, computed once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


@contextmanager
def kept(rows: DataFrame) -> Iterator[DataFrame]:
    """Keeps rows in Spark's memory for the block, and gives it back, whatever happens in it."""
    rows.cache()
    try:
        yield rows
    finally:
        rows.unpersist()
