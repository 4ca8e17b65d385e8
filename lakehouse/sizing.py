"""How Spark works on a lake of a given size, so that a build costs by the row, not by the table.

A small lake's queries are over before compiled code pays for its compiling, a second task for its
scheduling, or a plan for being made twice; a large one needs all of it. The answers are the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse.lake import Lake

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_MB = 1_000_000
# Compressed bytes of bronze up to which a lake is small: some two million rows.
# `python -m bench.build --scale` measures a build on either side of it.
SMALL_BYTES = 50 * _MB
# Of bronze, for each task of a shuffle in a large lake; its rows are some three times as wide.
_TASK_BYTES = 16 * _MB


def suit_size(spark: SparkSession, lake: Lake) -> None:
    """Settles how a session works on a lake, by the size of its bronze tables."""
    cores = spark.sparkContext.defaultParallelism
    for name, value in spark_settings(bronze_bytes(lake), cores).items():
        spark.conf.set(name, value)


def bronze_bytes(lake: Lake) -> int:
    """The size of what is loaded: the compressed files of all bronze tables, in bytes."""
    import pyarrow as pa
    import pyarrow.compute as pc

    logs = (lake.open_log("bronze", table) for table in lake.tables("bronze"))
    sizes = (pa.table(log.get_add_actions())["size_bytes"] for log in logs)
    return sum(int(pc.sum(column).as_py() or 0) for column in sizes)


def spark_settings(size: int, cores: int) -> dict[str, str]:
    """The settings of a session for a lake of a size; the same names for every size.

    Args:
        size: bytes of bronze.
        cores: of all executors.
    """
    is_small = size <= SMALL_BYTES
    tasks = max(2 * cores, size // _TASK_BYTES)
    if_large = "false" if is_small else "true"
    return {
        "spark.sql.codegen.factoryMode": "NO_CODEGEN" if is_small else "FALLBACK",
        "spark.sql.codegen.wholeStage": if_large,
        "spark.sql.adaptive.enabled": if_large,
        "spark.sql.shuffle.partitions": "1" if is_small else str(tasks),
        "spark.databricks.delta.snapshotPartitions": "1" if is_small else "2",
        # By which scans skip files: a small table has one.
        "spark.databricks.delta.stats.collect": if_large,
    }
