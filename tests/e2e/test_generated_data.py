"""The sample data, loaded and built: what was planted is found, what was broken is counted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lakehouse.generate import PLANTED_PAIRS, RESCUED_ROWS, SHOPS, generate
from lakehouse.ingest import load
from lakehouse.lake import Lake
from lakehouse.transform import failed_nodes, run_dbt

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@pytest.fixture(scope="module")
def generated(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    folder = tmp_path_factory.mktemp("generated")
    generate(folder / "raw", SHOPS)
    lake = Lake.at(folder / "lake", "generated_")
    load(spark, lake, folder / "raw")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBT_TARGET_PATH", str(folder / "target"))
        patch.setenv("DBT_LOG_PATH", str(folder / "logs"))
        selection = ["-s", "+rpt_market_basket", "+rpt_load_quality"]
        result = run_dbt(lake, ["--quiet", "build", "--exclude-resource-type", "test", *selection])
    assert result.success, failed_nodes(result)
    return lake


@pytest.mark.parametrize("shop", [shop for shop in SHOPS if PLANTED_PAIRS[shop]])
def test_planted_pairs_are_found_as_strong(spark: SparkSession, generated: Lake, shop: str) -> None:
    rows = generated.read(spark, "gold", "rpt_market_basket").filter(f"shop_id = '{shop}'")
    strong = {
        frozenset((row["item_a"], row["item_b"]))
        for row in rows.filter("level = 'product' and strength = 'strong'").collect()
    }
    planted = {frozenset((pair.item_a, pair.item_b)) for pair in PLANTED_PAIRS[shop]}
    assert planted <= strong


def test_planted_dirt_is_rescued_and_counted(spark: SparkSession, generated: Lake) -> None:
    quality = generated.read(spark, "gold", "rpt_load_quality").collect()
    rescued = {row["source_file"]: row["rescued_count"] for row in quality}
    planted = {
        f"{shop}/{Path(name).name}": count
        for shop, files in RESCUED_ROWS.items()
        for name, count in files.items()
    }
    assert planted
    assert {name: rescued[name] for name in planted} == planted
    assert sum(rescued.values()) == sum(planted.values())
