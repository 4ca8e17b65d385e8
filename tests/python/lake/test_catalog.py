"""A lake's metastore is its own: names lead to where its tables lie, wherever the lake goes."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lakehouse.catalog import catalog_folder, named_in, register
from lakehouse.lake import Lake
from lakehouse.session import spark_environment

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def _write(spark: SparkSession, lake: Lake, rows: int, table: str = "t") -> None:
    spark.range(rows).write.format("delta").mode("overwrite").save(lake.path("gold", table))


def _count(spark: SparkSession, lake: Lake, table: str = "t") -> int:
    """Rows of a table by its name."""
    return spark.table(f"{lake.schema('gold')}.{table}").count()


def test_each_lake_has_a_metastore_of_its_own_wherever_they_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = Lake.at(tmp_path / "first"), Lake.at(tmp_path / "second")
    monkeypatch.setenv("LAKE_CATALOG_DIR", str(tmp_path / "catalogs"))
    assert catalog_folder(first) != catalog_folder(second)
    assert {catalog_folder(lake).parent for lake in (first, second)} == {tmp_path / "catalogs"}
    assert str(catalog_folder(first)) in spark_environment(first)["PYSPARK_SUBMIT_ARGS"]


def test_a_copied_lake_does_not_use_the_metastore_that_was_copied_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LAKE_CATALOG_DIR", raising=False)
    first = Lake.at(tmp_path / "first")
    catalog_folder(first).mkdir(parents=True)
    shutil.copytree(first.root, tmp_path / "copy")
    copy = catalog_folder(Lake.at(tmp_path / "copy"))
    assert copy.is_relative_to(tmp_path / "copy")
    assert not copy.exists()


def test_a_lake_in_the_place_of_another_does_not_use_its_metastore(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAKE_CATALOG_DIR", str(tmp_path / "catalogs"))
    lake = Lake.at(tmp_path / "lake")
    before = catalog_folder(lake)
    assert catalog_folder(lake) == before
    shutil.rmtree(lake.root)
    assert catalog_folder(lake) != before


def test_two_lakes_in_one_session_keep_apart(spark: SparkSession, tmp_path: Path) -> None:
    lakes = [Lake.at(tmp_path / "first"), Lake.at(tmp_path / "second")]
    named = [named_in(spark, lake) for lake in lakes]
    for rows, lake in enumerate(named, start=1):
        _write(spark, lake, rows)
        register(spark, lake)
    assert [_count(spark, lake) for lake in named] == [1, 2]

    spark.sql(f"insert into {named[1].schema('gold')}.t values (7)")
    assert [_count(spark, lake) for lake in named] == [1, 3]
    assert [lake.version("gold", "t") for lake in lakes] == [0, 1]


def test_the_lake_of_the_session_keeps_its_plain_names(
    spark: SparkSession, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = replace(lake, schema_prefix="")
    assert named_in(spark, lake) == lake
    assert named_in(spark, plain) != plain
    monkeypatch.setattr("lakehouse.catalog.catalog_folder", lambda _: _folder_of(spark))
    assert named_in(spark, plain) == plain


def _folder_of(spark: SparkSession) -> Path:
    return Path(str(spark.conf.get("spark.sql.warehouse.dir"))).parent


def test_names_that_lead_into_another_lake_lead_into_this_one(
    spark: SparkSession, lake: Lake, tmp_path: Path
) -> None:
    """As with a metastore that lakes share: the names are those of the lake registered last."""
    _write(spark, lake, 1)
    _write(spark, lake, 1, "only_there")
    assert register(spark, lake) == [f"{lake.schema('gold')}.{t}" for t in ("only_there", "t")]
    assert register(spark, lake) == []
    shutil.copytree(lake.root, tmp_path / "copy")
    copy = replace(lake, root=str(tmp_path / "copy"))
    shutil.rmtree(copy.path("gold", "only_there"))

    assert register(spark, copy) == [f"{copy.schema('gold')}.t"]
    spark.sql(f"insert into {copy.schema('gold')}.t values (7)")

    assert (lake.version("gold", "t"), copy.version("gold", "t")) == (0, 1)
    assert not spark.catalog.tableExists(f"{copy.schema('gold')}.only_there")
    assert lake.read(spark, "gold", "only_there").count() == 1, "the name went, not the rows"


def test_a_moved_lake_is_named_where_it_is(spark: SparkSession, tmp_path: Path) -> None:
    lake = Lake.at(tmp_path / "a lake's 100%", "moving_")
    _write(spark, lake, 2)
    register(spark, lake)
    moved = replace(lake, root=str(tmp_path / "moved"))
    Path(lake.root).rename(moved.root)

    assert register(spark, moved) == ["moving_gold.t"]
    spark.sql("insert into moving_gold.t values (7)")

    assert _count(spark, moved) == 3
    assert not Path(lake.root).exists()


def test_views_stay(spark: SparkSession, lake: Lake) -> None:
    _write(spark, lake, 2)
    register(spark, lake)
    spark.sql(f"create view {lake.schema('gold')}.v as select * from {lake.schema('gold')}.t")
    assert register(spark, lake) == []
    assert _count(spark, lake, "v") == 2


def test_a_view_stays_where_its_model_was_a_table(spark: SparkSession, lake: Lake) -> None:
    _write(spark, lake, 2)
    register(spark, lake)
    schema = lake.schema("gold")
    spark.sql(f"drop table {schema}.t")
    spark.sql(f"create view {schema}.t as select 1 as n")
    assert register(spark, lake) == []
    assert spark.sql(f"select n from {schema}.t").collect()[0]["n"] == 1
