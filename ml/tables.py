"""The tables of the ml layer: declared as dbt sources, written by path, a shop at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml

from lakehouse.lake import Lake
from lakehouse.session import PROJECT_DIR

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

LAYER = "ml"
DECLARED = PROJECT_DIR / "models" / "gold" / "ml" / "_ml__sources.yml"


@cache
def columns(table: str) -> Mapping[str, str]:
    """The columns of a table with their SQL types, in order."""
    (source,) = yaml.safe_load(DECLARED.read_text(encoding="utf-8"))["sources"]
    declared = {entry["name"]: entry["columns"] for entry in source["tables"]}
    return {column["name"]: column["data_type"] for column in declared[table]}


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
        writer = writer.option("replaceWhere", f"shop_id = '{_literal(shop_id)}'")
    writer.save(path)
    return spark.read.format("delta").load(path).where(f.col("shop_id") == shop_id).count()


def remove_shop(lake: Lake, table: str, shop_id: str) -> None:
    """Takes the rows of a shop out of a table, if there are any; without Spark."""
    if lake.has_table(LAYER, table):
        lake.open_log(LAYER, table).delete(f"shop_id = '{_literal(shop_id)}'")


def schema(table: str, without: Sequence[str] = ()) -> pa.Schema:
    """The columns of a table as Arrow types them, but for those in `without`."""
    import pyarrow as pa

    return pa.schema(
        [
            (name, _arrow_type(type_))
            for name, type_ in columns(table).items()
            if name not in without
        ]
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


def _arrow_type(type_: str) -> pa.DataType:
    import pyarrow as pa

    types: dict[str, pa.DataType] = {
        "string": pa.string(),
        "bigint": pa.int64(),
        "int": pa.int32(),
        "double": pa.float64(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
        "timestamp": pa.timestamp("us", "UTC"),
    }
    return types[type_]


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")
