"""Features of a shop `s` in a lake of their own, for models to be trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
from deltalake import write_deltalake

from lakehouse.lake import Lake
from ml.features import LAYER, Features, Versions

if TYPE_CHECKING:
    import pandas as pd
    from pyspark.sql import SparkSession


def features(spark: SparkSession, lake: Lake, table: str, rows: pd.DataFrame) -> Features:
    """The features of the shop, read from a table that has these rows and no others."""
    content = pa.Table.from_pandas(rows.assign(shop_id="s"), preserve_index=False)
    place = lake.path(LAYER, table)
    write_deltalake(place, content, mode="overwrite", schema_mode="overwrite")
    return Features(spark, lake, "s", Versions(lake))
