"""A lake with the gold that metrics read."""

from __future__ import annotations

import pytest

from lakehouse.lake import Lake
from tests.python.metrics.small_gold import write_small_gold


@pytest.fixture(scope="session")
def small_lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return write_small_gold(Lake.at(tmp_path_factory.mktemp("metrics") / "lake"))
