"""A file that a cluster's executors cannot read is said to be so, and nothing else is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lakehouse.ingest.reach import UnreachableFileError, require_reach
from lakehouse.storage import list_entries
from tests.python.ingest.shop_files import write

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

CLUSTER = "spark://host:7077"


def test_spark_s_own_words_for_a_file_that_is_not_there(
    spark: SparkSession, tmp_path: Path
) -> None:
    path = write(tmp_path / "a.csv", "a\n1\n")
    frame = spark.read.csv(f"file://{path}")
    path.unlink()
    with pytest.raises(Exception, match=r"a\.csv") as thrown:
        frame.collect()
    error = thrown.value
    assert isinstance(error, Exception)
    require_reach(path, "local[*]", error)
    with pytest.raises(UnreachableFileError, match=r"a\.csv is on this machine only"):
        require_reach(path, CLUSTER, error)


def test_other_errors_and_objects_are_left_to_who_knows_them(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "a")
    [found] = list_entries(f"file://{tmp_path}")
    assert found.file is not None
    require_reach(path, CLUSTER, ValueError("a number"))
    require_reach(found.file, CLUSTER, FileNotFoundError("FileNotFoundException"))
