"""The order of the whole suite and its fixtures: one warm Spark session, a lake for each test."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lakehouse.lake import Lake
from lakehouse.session import open_session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession

E2E = Path(__file__).parent / "e2e"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is quick to fail comes first; what needs Spark or a built lake is slow."""
    items.sort(key=_stage)
    for item in items:
        if _stage(item) > 1:
            item.add_marker("slow")
        if _stage(item) == 3:
            item.add_marker("golden")


def _stage(item: pytest.Item) -> int:
    """What a test waits for: nothing, a process, Spark, the golden lake, or a lake of its own."""
    fixtures = getattr(item, "fixturenames", ())
    if "golden" in fixtures:
        return 3
    if item.path.is_relative_to(E2E):
        return 4
    if "spark" in fixtures:
        return 2
    return 1 if item.get_closest_marker("slow") else 0


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """The suite's Spark session; its metastore lies in a temporary lake."""
    session = open_session(Lake.at(tmp_path_factory.mktemp("session_lake")), "tests")
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture(scope="module", autouse=True)
def _forgotten_logs() -> Iterator[None]:
    """Delta keeps the state of each table for an hour: those of past lakes would fill the heap."""
    yield
    if "pyspark" not in sys.modules:
        return
    from pyspark import SparkContext

    context = SparkContext._active_spark_context
    if context is not None and context._jvm is not None:
        context._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """An empty lake, with schema names that no other test has."""
    prefix = re.sub(r"\W+", "_", tmp_path.name).lower()
    return Lake.at(tmp_path / "lake", f"{prefix}_")
