"""The published files load whole: `REAL_DATA_DIR` names the folder that holds them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lakehouse.ingest import load

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from lakehouse.lake import Lake

ROW_COUNTS = {
    "online_retail__lines": 1_067_370,
    "rees46__events": 17_434,
    "shopping_trends__purchases": 3_900,
    "thelook__distribution_centers": 10,
    "thelook__order_items": 1_000,
    "thelook__orders": 1_000,
    "thelook__products": 1_000,
    "thelook__users": 1_000,
}


@pytest.mark.skipif("REAL_DATA_DIR" not in os.environ, reason="REAL_DATA_DIR is not set")
def test_real_files_load_whole_and_clean(spark: SparkSession, lake: Lake) -> None:
    report = load(spark, lake, Path(os.environ["REAL_DATA_DIR"]))

    assert {file.table_name: file.row_count for file in report.files} == ROW_COUNTS
    assert report.rescued_count == 0
    for table, rows in ROW_COUNTS.items():
        assert lake.read(spark, "bronze", table).count() == rows
