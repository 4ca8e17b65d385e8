"""The same files make the same lake, in whatever order and in however many loads they came."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lakehouse.ingest import load, read_ledger, withdraw
from lakehouse.transform import failed_nodes
from tests.e2e.conftest import dbt_on

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from lakehouse.lake import Lake

ORDERS = (
    "order_id,user_id,status,gender,created_at,returned_at,shipped_at,delivered_at,num_of_item\n"
)
PRODUCTS = "id,cost,category,name,brand,retail_price,department,sku,distribution_center_id\n"
DAY = "00:00:00 UTC"
# January and February of two tables, one dated and one not: statuses and a price have changed. The
# names say neither in which order to load them nor, for orders, which is the later.
FILES = {
    "orders.csv": ORDERS
    + f"1,7,Processing,F,2024-01-30 {DAY},,,,1\n"
    + f"2,8,Complete,M,2024-01-02 {DAY},,2024-01-03 {DAY},2024-01-04 {DAY},1\n"
    + f"3,9,Shipped,F,2024-01-20 {DAY},,2024-01-21 {DAY},,2\n",
    "orders (a).csv": ORDERS
    + f"1,7,Cancelled,F,2024-01-30 {DAY},,,,1\n"
    + f"2,8,Complete,M,2024-01-02 {DAY},,2024-01-03 {DAY},2024-01-04 {DAY},1\n"
    + f"3,9,Complete,F,2024-01-20 {DAY},,2024-01-21 {DAY},2024-02-03 {DAY},2\n"
    + f"4,7,Processing,F,2024-02-28 {DAY},,,,1\n",
    "products_Jan.csv": PRODUCTS + "101,20.0,Jeans,Straight,Denim Co,40.0,Women,SKU101,1\n",
    "products_Feb.csv": PRODUCTS + "101,20.0,Jeans,Straight,Denim Co,45.0,Women,SKU101,1\n",
}
MODELS = ("stg_thelook__orders", "stg_thelook__products")


def test_files_make_the_same_lake_in_any_order(
    spark: SparkSession, lake: Lake, tmp_path: Path
) -> None:
    inbox = tmp_path / "inbox" / "thelook"

    def built(*loads: Sequence[str]) -> list[list[str]]:
        """The rows of the models after these loads into a lake without any file."""
        for entry in read_ledger(lake):
            withdraw(lake, entry.batch_id)
        for names in loads:
            inbox.mkdir(parents=True)
            for name in names:
                (inbox / name).write_text(FILES[name.replace(" copy", "")], encoding="utf-8")
            load(spark, lake, inbox.parent).check()
            shutil.rmtree(inbox)
        result = dbt_on(
            lake, tmp_path, "build", "--exclude-resource-type", "unit_test", "-s", *MODELS
        )
        assert result.success, failed_nodes(result)
        # `_version` is of the files, among them copies that bring no row.
        tables = [lake.read(spark, "silver", model).drop("_version") for model in MODELS]
        return [sorted(map(str, table.collect())) for table in tables]

    together = built(list(FILES))

    orders, products = together
    assert [row.split("status=")[1].split(",")[0] for row in orders] == [
        "'Cancelled'",
        "'Complete'",
        "'Complete'",
        "'Processing'",
    ]
    assert len(products) == 1
    assert "45.0000" in products[0]
    assert built(*([name] for name in reversed(FILES))) == together
    # A copy under another name, and a load of what is there already.
    assert built(["orders copy.csv", "products_Jan.csv"], list(FILES)) == together
