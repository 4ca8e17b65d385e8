"""A shop that is taken out of the project leaves every table at the next build.

Most tables are written whole from what the project has; those that grow are what could keep it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lakehouse.lake import Lake
from lakehouse.reading import read_table
from lakehouse.session import PROJECT_DIR
from lakehouse.shop import remove_shop
from lakehouse.transform import failed_nodes
from tests.e2e.conftest import GoldenLake, dbt_on

GONE = "rees46"
PLACES = ("models", "macros", "seeds", "snapshots", "tests/dbt", "tests/generic", "profiles")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the dbt project, without the shop."""
    folder = tmp_path / "project"
    for place in PLACES:
        shutil.copytree(PROJECT_DIR / place, folder / place)
    shutil.copytree(
        PROJECT_DIR / "lakehouse" / "contracts",
        folder / "lakehouse" / "contracts",
        ignore=shutil.ignore_patterns("*.py", "__pycache__"),
    )
    shutil.copy(PROJECT_DIR / "dbt_project.yml", folder)
    remove_shop(GONE, folder)
    return folder


def _shops(lake: Lake, table: str) -> set[object]:
    layer = "gold" if table in lake.tables("gold") else "silver"
    return set(read_table(lake, layer, table)["shop_id"].to_pylist())


def test_a_removed_shop_has_no_rows_after_the_next_build(
    golden: GoldenLake, project: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "lake"
    shutil.copytree(str(golden.lake.root), folder)
    lake = Lake.at(folder, "removed_")
    grown = [n.name for n in golden.compiled if n.config.get("materialized") == "incremental"]
    tables = [*(t for t in grown if not t.startswith("stg_")), "int_orders"]
    before = {table: _shops(lake, table) for table in tables}
    assert sum(GONE in shops for shops in before.values()) > len(tables) // 2
    result = dbt_on(lake, tmp_path, "run", "-s", *tables, "--project-dir", str(project))
    assert result.success, failed_nodes(result)
    after = {table: _shops(lake, table) for table in tables}
    assert after == {table: shops - {GONE} for table, shops in before.items()}
