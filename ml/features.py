"""What models may read: the feature tables of gold, one shop at a time, at fixed versions.

A run reads every table at the version that it found first, whatever is built beside it, and the
run's record names these versions: who trains again with them trains on the same rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

LAYER = "gold"
PREFIX = "feat_"


class Features:
    """The features of one shop.

    Attributes:
        spark: the session that reads them.
        lake: in which they lie.
        shop_id: whose they are.
    """

    def __init__(self, spark: SparkSession, lake: Lake, shop_id: str, versions: Versions) -> None:
        """Reads at these versions."""
        self.spark = spark
        self.lake = lake
        self.shop_id = shop_id
        self._versions = versions

    def table(self, name: str) -> DataFrame:
        """The shop's rows of a feature table; rows that are held out are the model's to leave out.

        Args:
            name: such as `feat_customers`.

        Raises:
            ValueError: it is no table of features: models read nothing else.
            LakehouseError: gold was not built.
        """
        version = self._versions.of(name)
        rows = (
            self.spark.read.format("delta")
            .option("versionAsOf", version)
            .load(self.lake.path(LAYER, name))
        )
        return rows.where(rows["shop_id"] == self.shop_id)


class Versions:
    """The Delta versions of feature tables that a run reads: those found when first asked for."""

    def __init__(self, lake: Lake) -> None:
        """Of a lake."""
        self._lake = lake
        self.known: dict[str, int] = {}

    def of(self, name: str) -> int:
        """The version of a table.

        Raises:
            ValueError: it is no table of features.
            LakehouseError: gold was not built.
        """
        if not name.startswith(PREFIX):
            raise ValueError(f"{name} is no table of features")
        if name not in self.known:
            self.known[name] = self._lake.version(LAYER, name)
        return self.known[name]

    def shops(self, name: str) -> list[str]:
        """The shops with rows in a table, sorted."""
        import pyarrow.compute as pc

        from lakehouse.reading import read_table

        if not self._lake.has_table(LAYER, name):
            raise LakehouseError(
                f"The lake {self._lake.root} has no features to learn from. Run: lakehouse build"
            )
        column = read_table(self._lake, LAYER, name, columns=["shop_id"])["shop_id"]
        return sorted(str(shop) for shop in pc.unique(column).to_pylist())
