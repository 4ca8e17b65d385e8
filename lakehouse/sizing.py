"""How Spark works on a lake of a given size, so that a build costs by the row, not by the table.

A small lake's queries are over before compiled code pays for its compiling, a second task for its
scheduling, or a plan for being made twice; a large one needs all of it. Code pays first: by the
rows, however well their files are compressed. The answers are the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lakehouse.lake import Lake
from lakehouse.reading import open_dataset

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_MB = 1_000_000
# Rows of bronze from which compiled code pays: `python -m bench.build --scale` on either side.
COMPILED_ROWS = 600_000
# Compressed bytes of bronze up to which a lake is small: some two million rows.
# `python -m bench.build --scale` measures a build on either side of it.
SMALL_BYTES = 50 * _MB
# Of bronze, for each task of a shuffle in a large lake; its rows are some three times as wide.
_TASK_BYTES = 16 * _MB


@dataclass(frozen=True)
class BronzeSize:
    """What is loaded: the current files of all bronze tables, compressed.

    Attributes:
        byte_count: of the files.
        row_count: in them.
    """

    byte_count: int
    row_count: int


def suit_size(spark: SparkSession, lake: Lake) -> None:
    """Settles how a session works on a lake, by the size of its bronze tables."""
    cores = spark.sparkContext.defaultParallelism
    for name, value in spark_settings(bronze_size(lake), cores).items():
        spark.conf.set(name, value)


def bronze_size(lake: Lake) -> BronzeSize:
    """The size of the bronze tables, as their Delta logs have it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    byte_count = row_count = 0
    for table in lake.tables("bronze"):
        files = pa.table(lake.open_log("bronze", table).get_add_actions())
        byte_count += pc.sum(files["size_bytes"]).as_py() or 0
        if files["num_records"].null_count:
            # Written without statistics: the files themselves know how many rows they hold.
            row_count += open_dataset(lake, "bronze", table).count_rows()
        else:
            row_count += pc.sum(files["num_records"]).as_py() or 0
    return BronzeSize(byte_count, row_count)


def spark_settings(size: BronzeSize, cores: int) -> dict[str, str]:
    """The settings of a session for a lake of a size; the same names for every size.

    Args:
        size: of bronze.
        cores: of all executors.
    """
    is_small = size.byte_count <= SMALL_BYTES
    is_compiled = size.row_count >= COMPILED_ROWS
    tasks = max(2 * cores, size.byte_count // _TASK_BYTES)
    if_large = "false" if is_small else "true"
    return {
        "spark.sql.codegen.factoryMode": "FALLBACK" if is_compiled else "NO_CODEGEN",
        "spark.sql.codegen.wholeStage": "true" if is_compiled else "false",
        "spark.sql.adaptive.enabled": if_large,
        "spark.sql.shuffle.partitions": "1" if is_small else str(tasks),
        "spark.databricks.delta.snapshotPartitions": "1" if is_small else "2",
        # By which scans skip files: a small table has one.
        "spark.databricks.delta.stats.collect": if_large,
    }
