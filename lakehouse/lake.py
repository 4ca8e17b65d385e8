"""The lake: where each table lies, and what it is called.

Every table is a Delta table at `<root>/<layer>/<table>`. The Delta logs are the truth: Python
reads and writes tables by path through this module, and the metastore is only a cache of names.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

LAYERS = ("bronze", "silver", "gold", "ml", "live")


@dataclass(frozen=True)
class Lake:
    """A lake: one root folder (or object-store URI) and an optional prefix for its schemas.

    Attributes:
        root: absolute local path, or a URI such as `s3a://bucket/lake`.
        schema_prefix: what stands before every schema name, so that several lakes can share
            one metastore; empty except in tests and in a pull request's own lake.
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
        """The lake at a folder or URI; relative folders are made absolute."""
        text = str(root)
        return cls(text.rstrip("/") if "://" in text else str(Path(text).resolve()), schema_prefix)

    @property
    def is_local(self) -> bool:
        """Whether the lake lies in a folder of this machine."""
        return "://" not in self.root

    @property
    def catalog_dir(self) -> Path:
        """The local folder of the metastore, the locks and dbt's state: a cache, never data."""
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

    def tables(self, spark: SparkSession, layer: str) -> list[str]:
        """Names of the Delta tables of a layer, sorted, read from the folders themselves."""
        if self.is_local:
            logs = Path(self.root, layer).glob("*/_delta_log")
            return sorted(log.parent.name for log in logs)
        jvm = spark.sparkContext._jvm
        assert jvm is not None
        folder = jvm.org.apache.hadoop.fs.Path(f"{self.root}/{layer}")
        files = folder.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration())
        if not files.exists(folder):
            return []
        names = (status.getPath().getName() for status in files.listStatus(folder))
        return sorted(n for n in names if self.has_table(spark, layer, n))

    def has_table(self, spark: SparkSession, layer: str, table: str) -> bool:
        """Whether a Delta table with at least one commit lies at its path."""
        from delta.tables import DeltaTable

        if self.is_local and not Path(self.path(layer, table), "_delta_log").is_dir():
            return False
        return DeltaTable.isDeltaTable(spark, self.path(layer, table))

    def read(self, spark: SparkSession, layer: str, table: str) -> DataFrame:
        """The current version of a table."""
        return spark.read.format("delta").load(self.path(layer, table))

    def version(self, spark: SparkSession, layer: str, table: str) -> int:
        """The current Delta version of a table."""
        from delta.tables import DeltaTable

        history = DeltaTable.forPath(spark, self.path(layer, table)).history(1)
        return int(history.select("version").collect()[0]["version"])
