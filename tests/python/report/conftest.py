"""A lake with the gold that the report reads."""

from __future__ import annotations

import pytest

from lakehouse.lake import Lake
from tests.python.gold_tables import write_gold
from tests.python.report.shops_gold import TABLES


@pytest.fixture(scope="session")
def gold_lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake.at(tmp_path_factory.mktemp("report") / "lake")
    for table, rows in TABLES.items():
        write_gold(lake, table, rows)
    return lake
