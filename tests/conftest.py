"""Fixtures of the whole suite: one warm Spark session, and a lake of its own for each test."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lakehouse.lake import Lake
from lakehouse.session import open_session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """The suite's Spark session; its metastore lies in a temporary lake."""
    session = open_session(Lake.at(tmp_path_factory.mktemp("session_lake")), "tests")
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """An empty lake, with schema names that no other test has."""
    prefix = re.sub(r"\W+", "_", tmp_path.name).lower()
    return Lake.at(tmp_path / "lake", f"{prefix}_")
