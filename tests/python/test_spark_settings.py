"""Spark is told what a lake needs, on top of what its user configured and never instead of it."""

from __future__ import annotations

import os
import shlex
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from lakehouse.jars import read_lock
from lakehouse.lake import Lake
from lakehouse.session import PROFILES_DIR, spark_environment
from lakehouse.spark_settings import read_properties

VARIABLES = (
    "SPARK_CONF_DIR",
    "SPARK_LOCAL_IP",
    "PYSPARK_PYTHON",
    "PYSPARK_SUBMIT_ARGS",
    "LAKE_SUBMIT_ARGS",
    "LAKE_CATALOG_DIR",
    "AWS_ENDPOINT_URL",
)


@pytest.fixture(autouse=True)
def _nothing_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake.at(tmp_path / "lake")


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's own configuration of a cluster."""
    folder = tmp_path / "conf"
    folder.mkdir()
    (folder / "spark-defaults.conf").write_text(
        "# ours\nspark.master spark://host:7077\nspark.sql.extensions=com.example.Ours\n"
    )
    monkeypatch.setenv("SPARK_CONF_DIR", str(folder))
    return folder


def settings(environment: dict[str, str]) -> dict[str, str]:
    """The settings among the arguments, the later of two of a name."""
    parts = shlex.split(environment["PYSPARK_SUBMIT_ARGS"])
    return dict(part.split("=", 1) for option, part in pairwise(parts) if option == "--conf")


def test_without_a_configuration_of_ones_own_spark_is_on_this_machine(lake: Lake) -> None:
    environment = spark_environment(lake)
    assert environment["SPARK_CONF_DIR"] == str(PROFILES_DIR)
    assert environment["SPARK_LOCAL_IP"] == "127.0.0.1"
    assert environment["PYSPARK_PYTHON"] == sys.executable
    found = settings(environment)
    assert found.items() >= read_properties(PROFILES_DIR / "lake.conf").items()
    assert (
        f"databaseName={lake.root}/_catalog/"
        in found["spark.hadoop.javax.jdo.option.ConnectionURL"]
    )
    assert "spark.jars" not in found


def test_what_was_exported_before_is_not_taken_for_the_user_s(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYSPARK_SUBMIT_ARGS", "--driver-memory 9g pyspark-shell")
    first = spark_environment(lake)
    for name, value in first.items():
        monkeypatch.setenv(name, value)
    assert spark_environment(lake) == first
    other = spark_environment(Lake.at(tmp_path / "other"))["PYSPARK_SUBMIT_ARGS"]
    assert lake.root not in other
    assert other.endswith(" --driver-memory 9g pyspark-shell")


@pytest.mark.usefixtures("own")
def test_a_configuration_of_ones_own_stays_and_gets_what_a_lake_needs(lake: Lake) -> None:
    environment = spark_environment(lake)
    assert environment["SPARK_CONF_DIR"] == os.environ["SPARK_CONF_DIR"]
    assert "SPARK_LOCAL_IP" not in environment, "executors could not find the driver"
    assert "PYSPARK_PYTHON" not in environment, "executors have a Python of their own"
    found = settings(environment)
    assert "spark.master" not in found
    assert found["spark.sql.extensions"] == (
        "io.delta.sql.DeltaSparkSessionExtension,com.example.Ours"
    )


@pytest.mark.usefixtures("own")
def test_the_user_s_arguments_come_last_and_win(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYSPARK_SUBMIT_ARGS", "--conf spark.sql.session.timeZone=CET")
    environment = spark_environment(lake)
    assert environment["PYSPARK_SUBMIT_ARGS"].endswith("--conf spark.sql.session.timeZone=CET")
    assert settings(environment)["spark.sql.session.timeZone"] == "CET"


@pytest.mark.parametrize(
    "named",
    [
        "--conf spark.hadoop.hive.metastore.uris=thrift://metastore:9083 pyspark-shell",
        "--conf=spark.hadoop.javax.jdo.option.ConnectionURL=jdbc:postgresql://db/m pyspark-shell",
    ],
)
def test_a_metastore_of_ones_own_takes_the_place_of_the_embedded_one(
    lake: Lake, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYSPARK_SUBMIT_ARGS", named)
    assert "jdbc:derby" not in spark_environment(lake)["PYSPARK_SUBMIT_ARGS"]


def test_hive_site_names_a_metastore_too(lake: Lake, own: Path) -> None:
    (own / "hive-site.xml").write_text("<configuration/>")
    assert "jdbc:derby" not in spark_environment(lake)["PYSPARK_SUBMIT_ARGS"]


def _in_a_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Lake:
    monkeypatch.setattr("lakehouse.session.catalog_folder", lambda _: tmp_path / "catalog")
    return Lake.at("s3://bucket/lake")


def test_on_one_machine_the_jars_for_s3_stay_where_they_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = settings(spark_environment(_in_a_store(monkeypatch, tmp_path)))
    jars = found["spark.jars"].split(",")
    lock = read_lock(PROFILES_DIR / "jars-s3.lock")
    assert [jar.rpartition("/")[2] for jar in jars] == [jar.file_name for jar in lock]
    assert all(jar.startswith("local:/") for jar in jars)
    assert found["spark.hadoop.fs.s3.impl"] == "org.apache.hadoop.fs.s3a.S3AFileSystem"


def test_files_on_s3_need_the_jars_as_well(lake: Lake) -> None:
    assert "hadoop-aws" in settings(spark_environment(lake, ["s3a://bucket/raw"]))["spark.jars"]


@pytest.mark.usefixtures("own")
def test_a_cluster_is_sent_all_jars(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    jars = settings(spark_environment(_in_a_store(monkeypatch, tmp_path)))["spark.jars"]
    for lock in ("jars.lock", "jars-s3.lock"):
        for jar in read_lock(PROFILES_DIR / lock):
            assert jar.file_name in jars
    assert "local:" not in jars


def test_a_cluster_that_has_the_jars_is_sent_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, own: Path
) -> None:
    with (own / "spark-defaults.conf").open("a") as file:
        file.write("spark.executor.extraClassPath /opt/jars/*\n")
    assert "spark.jars" not in settings(spark_environment(_in_a_store(monkeypatch, tmp_path)))


def test_no_secret_stands_among_the_arguments(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "our-key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "our-secret")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9000")
    environment = spark_environment(_in_a_store(monkeypatch, tmp_path))
    assert settings(environment)["spark.hadoop.fs.s3a.path.style.access"] == "true"
    assert not [value for value in environment.values() if "our-" in value]
