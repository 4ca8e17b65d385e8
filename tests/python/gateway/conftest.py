"""A lake of two reports that is released, and one gateway for all tests here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from lakehouse.lake import Lake
from lakehouse.release.publish import publish
from tests.python.gateway.served import Served, served
from tests.python.release.small_project import build, project

MAX_ROWS = 200_000
QUERY_SECONDS = 3600


@pytest.fixture(scope="session")
def released_lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Release 1: both reports of build 1. A third table is not released."""
    lake = Lake.at(tmp_path_factory.mktemp("gateway") / "lake")
    build(lake, 1)
    publish(lake, project())
    write_deltalake(lake.path("silver", "secret"), pa.table({"a": [1]}))
    return lake


@pytest.fixture(scope="package")
def gateway(released_lake: Lake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A gateway of it, with limits that a test can reach."""
    folder: Path = tmp_path_factory.mktemp("served")
    limits = ("--max-rows", str(MAX_ROWS), "--query-seconds", str(QUERY_SECONDS))
    with served(released_lake, folder, *limits, variables={"LAKE_SECRET": "hidden"}) as running:
        yield running
