"""The tables of the ml layer: declared as dbt sources, written by path, a shop at a time."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from lakehouse.arrow_types import arrow_type
from lakehouse.ingest.people import literal
from lakehouse.lake import Lake
from lakehouse.lock import LakeBusyError
from lakehouse.session import PROJECT_DIR

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

LAYER = "ml"
DECLARED = PROJECT_DIR / "models" / "gold" / "ml" / "_ml__sources.yml"

# An attempt to add rows fails only where another writer's has just succeeded.
_ATTEMPTS = 30
_LONGEST_PAUSE_SECONDS = 0.5


@cache
def columns(table: str) -> Mapping[str, str]:
    """The columns of a table with their SQL types, in order."""
    (source,) = yaml.safe_load(DECLARED.read_text(encoding="utf-8"))["sources"]
    declared = {entry["name"]: entry["columns"] for entry in source["tables"]}
    return {column["name"]: column["data_type"] for column in declared[table]}


def folder_of_files(lake: Lake) -> Path:
    """Where what is no table lies: in the lake's folder, or beside the metastores of a store's."""
    return Path(lake.root, LAYER) if lake.is_local else lake.catalog_dir


def replace_shop(
    spark: SparkSession,
    lake: Lake,
    table: str,
    shop_id: str,
    run_id: str,
    rows: DataFrame | pa.Table,
) -> int:
    """Replaces the rows of a shop in one commit; readers see those of before or these.

    Args:
        spark: the session.
        lake: to write to.
        table: of the ml layer.
        shop_id: whose rows they are.
        run_id: of the training that gave them.
        rows: by the declared columns except `shop_id` and `run_id`; others are an error.

    Returns:
        How many rows the shop has now.
    """
    from pyspark.sql import DataFrame
    from pyspark.sql import functions as f

    frame = rows if isinstance(rows, DataFrame) else spark.createDataFrame(rows)
    given = {"shop_id": f.lit(shop_id), "run_id": f.lit(run_id)}
    declared = columns(table)
    unknown = sorted(set(frame.columns) - declared.keys())
    if unknown:
        raise ValueError(f"ml.{table} has no column {unknown[0]}")
    typed = frame.select(
        [given.get(name, f.col(name)).cast(type_).alias(name) for name, type_ in declared.items()]
    )
    path = lake.path(LAYER, table)
    # A table from before a column was declared gets it.
    writer = typed.write.format("delta").mode("overwrite").option("mergeSchema", "true")
    if lake.has_table(LAYER, table):
        writer = writer.option("replaceWhere", f"shop_id = {_spark_literal(shop_id)}")
    writer.save(path)
    return spark.read.format("delta").load(path).where(f.col("shop_id") == shop_id).count()


def remove_shop(lake: Lake, table: str, shop_id: str) -> None:
    """Takes the rows of a shop out of a table, if there are any; without Spark."""
    if lake.has_table(LAYER, table):
        lake.open_log(LAYER, table).delete(f"shop_id = {literal(shop_id)}")


def schema(table: str, without: Sequence[str] = ()) -> pa.Schema:
    """The columns of a table as Arrow types them, but for those in `without`."""
    import pyarrow as pa

    return pa.schema(
        [(name, arrow_type(type_)) for name, type_ in columns(table).items() if name not in without]
    )


def append(lake: Lake, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Adds rows to a table in one commit, without Spark; no commit without rows."""
    if not rows:
        return
    import pyarrow as pa
    from deltalake import write_deltalake

    table_rows = pa.Table.from_pylist([dict(row) for row in rows], schema=schema(table))
    # A table from before a column was declared gets it.
    write_deltalake(lake.path(LAYER, table), table_rows, mode="append", schema_mode="merge")


def add_new(lake: Lake, table: str, rows: pa.Table, key: Sequence[str]) -> int:
    """Adds the rows whose key the table does not have yet, in one commit; without Spark.

    It needs no lock: where others commit in between, it looks again at what is there then.

    Args:
        lake: to write to.
        table: of the ml layer; made if it is not there.
        rows: of the table's `schema`, each key once.
        key: columns that never lack a value.

    Returns:
        How many rows were added; without any, nothing is committed.

    Raises:
        LakeBusyError: others wrote to the table all the time.
    """
    if not rows.num_rows:
        return 0
    from deltalake import DeltaTable
    from deltalake.exceptions import CommitFailedError

    is_there = " and ".join(f"there.{name} = given.{name}" for name in key)
    for _ in range(_ATTEMPTS):
        try:
            DeltaTable.create(lake.path(LAYER, table), schema(table), mode="ignore")
            merge = lake.open_log(LAYER, table).merge(
                rows, is_there, source_alias="given", target_alias="there"
            )
            return int(merge.when_not_matched_insert_all().execute()["num_target_rows_inserted"])
        except CommitFailedError:
            time.sleep(random.uniform(0, _LONGEST_PAUSE_SECONDS))
    raise LakeBusyError(f"Others write to {LAYER}.{table} all the time: try again later.")


def _spark_literal(text: str) -> str:
    """A text inside Spark's SQL, where a backslash escapes."""
    quoted = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{quoted}'"
