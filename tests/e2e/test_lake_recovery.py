"""What a lake survives: a lost metastore, two writers at once, shops without files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lakehouse.catalog import register
from lakehouse.contracts import load_contracts
from lakehouse.lake import Lake
from lakehouse.lock import LakeBusyError
from lakehouse.transform import failed_nodes, run_dbt
from tests.e2e.conftest import dbt_on

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from tests.e2e.conftest import GoldenLake


def _table_names(spark: SparkSession, schema: str) -> set[str]:
    return {row["tableName"] for row in spark.sql(f"show tables in {schema}").collect()}


def test_the_metastore_comes_back_from_the_folders(golden: GoldenLake) -> None:
    lake, spark = golden.lake, golden.spark
    schemas = [lake.schema(layer) for layer in ("bronze", "silver", "gold", "ml")]
    before = {s: _table_names(spark, s) for s in schemas}
    rows = golden.rows("gold", "rpt_kpis")
    for schema in schemas:
        spark.sql(f"drop schema {schema} cascade")

    register(spark, lake)
    # views lie in the metastore alone: the next dbt command makes them again before it runs
    assert golden.dbt("run", "-s", "int_inventory_items").success

    assert {s: _table_names(spark, s) for s in schemas} == before
    named = spark.table(f"{lake.schema('gold')}.rpt_kpis").collect()
    assert [row.asDict() for row in named] == rows


def test_a_second_dbt_on_the_same_lake_is_refused(golden: GoldenLake) -> None:
    program = (
        "import sys; from lakehouse.lake import Lake; from lakehouse.lock import lake_lock\n"
        "with lake_lock(Lake.at(sys.argv[1]), 'a test'): print('held', flush=True); input()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", program, golden.lake.root],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == "held"
        with pytest.raises(LakeBusyError, match="a test"):
            run_dbt(golden.lake, ["run", "-s", "dim_shops"])
    finally:
        other.communicate("\n")


def test_a_lake_without_any_file_builds_empty(spark: SparkSession, tmp_path: Path) -> None:
    lake = Lake.at(tmp_path / "lake", "nofiles_")
    # what no row can break is not asked of tables without rows
    unbreakable = [
        f"test_name:{name}" for name in ("unique_grain", "ranks_from_one", "sums_to_one")
    ]
    result = dbt_on(
        lake, tmp_path, "build", "--exclude-resource-type", "unit_test", "--exclude", *unbreakable
    )
    assert result.success, failed_nodes(result)
    kpis = lake.read(spark, "gold", "rpt_kpis").collect()
    shops = load_contracts()
    assert shops
    assert {row["shop_id"]: row["order_count"] for row in kpis} == dict.fromkeys(shops, 0)
    assert lake.read(spark, "gold", "fct_orders").count() == 0
