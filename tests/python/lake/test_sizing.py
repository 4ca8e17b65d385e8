"""What a session's settings are chosen by."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
from deltalake import write_deltalake

from lakehouse.lake import Lake
from lakehouse.session import open_session
from lakehouse.sizing import (
    COMPILED_ROWS,
    SMALL_BYTES,
    BronzeSize,
    bronze_size,
    spark_settings,
    suit_size,
)

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def test_a_small_lake_is_worked_on_by_one_task_and_without_compiled_code() -> None:
    settings = spark_settings(BronzeSize(SMALL_BYTES, COMPILED_ROWS - 1), 2)
    assert settings["spark.sql.shuffle.partitions"] == "1"
    assert settings["spark.sql.codegen.factoryMode"] == "NO_CODEGEN"


def test_many_rows_in_few_bytes_are_worth_compiled_code_but_no_second_task() -> None:
    settings = spark_settings(BronzeSize(SMALL_BYTES, COMPILED_ROWS), 2)
    assert settings["spark.sql.shuffle.partitions"] == "1"
    assert settings["spark.sql.codegen.factoryMode"] == "FALLBACK"
    assert settings["spark.sql.codegen.wholeStage"] == "true"


def test_the_tasks_of_a_large_lake_grow_with_it() -> None:
    ten, hundred = (
        int(spark_settings(BronzeSize(size, size), cores=2)["spark.sql.shuffle.partitions"])
        for size in (10**9, 10**10)
    )
    assert 9 * ten <= hundred <= 11 * ten


def test_a_lake_that_has_grown_gets_other_settings_for_the_same_names() -> None:
    small = spark_settings(BronzeSize(SMALL_BYTES, COMPILED_ROWS - 1), 2)
    large = spark_settings(BronzeSize(SMALL_BYTES + 1, COMPILED_ROWS), 2)
    assert small.keys() == large.keys()
    assert all(small[name] != large[name] for name in small)


def test_the_size_is_that_of_the_current_files_of_bronze(tmp_path: Path) -> None:
    lake = Lake.at(tmp_path)
    assert bronze_size(lake) == BronzeSize(0, 0)
    for layer in ("bronze", "gold"):
        for rows in (10_000, 10):
            write_deltalake(
                lake.path(layer, "t"), pa.table({"n": list(range(rows))}), mode="overwrite"
            )
    files = {f.name: f.stat().st_size for f in Path(lake.path("bronze", "t")).glob("*.parquet")}
    assert bronze_size(lake) == BronzeSize(min(files.values()), 10)


def test_files_without_statistics_are_counted_too(tmp_path: Path) -> None:
    lake = Lake.at(tmp_path)
    write_deltalake(lake.path("bronze", "t"), pa.table({"n": list(range(7))}))
    (log,) = Path(lake.path("bronze", "t"), "_delta_log").glob("*.json")
    actions = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    for action in actions:
        action.get("add", {}).pop("stats", None)
    log.write_text("\n".join(map(json.dumps, actions)), encoding="utf-8")
    assert bronze_size(lake).row_count == 7


def test_what_dbt_runs_is_suited_though_another_session_was_used_last(
    spark: SparkSession, lake: Lake
) -> None:
    from pyspark.sql import SparkSession

    spark.newSession().createDataFrame([(1,)], "number int").collect()
    wanted = spark_settings(bronze_size(lake), spark.sparkContext.defaultParallelism)
    before = {name: str(spark.conf.get(name)) for name in wanted}
    try:
        suit_size(open_session(lake), lake)
        of_dbt = SparkSession.builder.enableHiveSupport().getOrCreate()
        assert {name: of_dbt.conf.get(name) for name in wanted} == wanted
    finally:
        for name, value in before.items():
            spark.conf.set(name, value)
