"""Features that are held in memory, for tests of models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse.lake import Lake
from ml.features import Features, Versions

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


class MemoryFeatures(Features):
    """The features of a shop, without a lake to read them from."""

    def __init__(self, spark: SparkSession, lake: Lake, tables: dict[str, DataFrame]) -> None:
        """Holds tables by name."""
        super().__init__(spark, lake, "s", Versions(lake))
        self.tables = tables

    def table(self, name: str) -> DataFrame:
        """The table as it was given."""
        return self.tables[name]
