"""The lake: where each table lies, what it is called, and what its Delta log says.

Every table is a Delta table at `<root>/<layer>/<table>`. The Delta logs are the truth: Python
reads and writes tables by path through this module, and the metastore is only a cache of names.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lakehouse.errors import LakehouseError
from lakehouse.storage import folder_names, is_local, plain_root

if TYPE_CHECKING:
    from deltalake import DeltaTable
    from pyspark.sql import DataFrame, SparkSession

LAYERS = ("bronze", "silver", "gold", "ml", "live")


@dataclass(frozen=True)
class Lake:
    """A lake: one root folder (or object-store URI) and an optional prefix for its schemas.

    Attributes:
        root: absolute local path, or a URI such as `s3a://bucket/lake`.
        schema_prefix: what stands before every schema name, so that several lakes can share
            one metastore; empty except where one Spark session serves several lakes.
    """

    root: str
    schema_prefix: str = ""

    @classmethod
    def from_environment(cls) -> Lake:
        """The lake that `LAKE_ROOT` (default `./lake`) and `LAKE_SCHEMA_PREFIX` name."""
        return cls.at(
            os.environ.get("LAKE_ROOT") or "lake", os.environ.get("LAKE_SCHEMA_PREFIX", "")
        )

    @classmethod
    def at(cls, root: str | Path, schema_prefix: str = "") -> Lake:
        """The lake at a folder or URI; folders are made absolute, symbolic links followed."""
        return cls(plain_root(root), schema_prefix)

    @property
    def is_local(self) -> bool:
        """Whether the lake lies in a folder of this machine."""
        return is_local(self.root)

    @property
    def catalog_dir(self) -> Path:
        """The local folder of metastores and Spark's log: a cache, never data.

        Several lakes may share it (`LAKE_CATALOG_DIR`): each has a metastore of its own in it.
        """
        default = f"{self.root}/_catalog" if self.is_local else ".catalog"
        return Path(os.environ.get("LAKE_CATALOG_DIR") or default).resolve()

    @property
    def environment(self) -> dict[str, str]:
        """The variables that name this lake to another process (dbt reads them)."""
        return {"LAKE_ROOT": self.root, "LAKE_SCHEMA_PREFIX": self.schema_prefix}

    def path(self, layer: str, table: str) -> str:
        """Where a table lies, e.g. `path("gold", "rpt_kpis")`."""
        return f"{self.root}/{layer}/{table}"

    def schema(self, layer: str) -> str:
        """The metastore schema of a layer."""
        return f"{self.schema_prefix}{layer}"

    def tables(self, layer: str) -> list[str]:
        """Names of the Delta tables of a layer, sorted, read from the folders themselves."""
        names = folder_names(self.root, layer)
        return [name for name in names if self.has_table(layer, name)]

    def has_table(self, layer: str, table: str) -> bool:
        """Whether a Delta table with at least one commit lies at its path."""
        from deltalake import DeltaTable

        return DeltaTable.is_deltatable(self.path(layer, table))

    def version(self, layer: str, table: str) -> int:
        """The current Delta version of a table, from its log.

        Raises:
            LakehouseError: there is no such table.
        """
        return self.open_log(layer, table).version()

    def open_log(self, layer: str, table: str) -> DeltaTable:
        """The Delta log of a table, read without Spark.

        Raises:
            LakehouseError: there is no such table.
        """
        from deltalake import DeltaTable

        if not self.has_table(layer, table):
            known = [name for name in self.tables(layer) if not name.startswith("_")]
            hint = f"There are: {', '.join(known)}." if known else "Run: lakehouse build"
            raise LakehouseError(f"The lake {self.root} has no table {layer}.{table}. {hint}")
        return DeltaTable(self.path(layer, table))

    def read(self, spark: SparkSession, layer: str, table: str) -> DataFrame:
        """The current version of a table, to be worked on with Spark."""
        return spark.read.format("delta").load(self.path(layer, table))
