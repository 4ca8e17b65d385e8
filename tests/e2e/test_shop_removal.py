"""A shop that is taken out of the project leaves every table at the next build."""

from __future__ import annotations

import shutil
from collections import Counter
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


def _rows_by_shop(lake: Lake) -> dict[str, Counter[object]]:
    counts: dict[str, Counter[object]] = {}
    for table in lake.tables("gold"):
        rows = read_table(lake, "gold", table)
        if "shop_id" in rows.column_names:
            counts[table] = Counter(rows["shop_id"].to_pylist())
    return counts


def test_a_removed_shop_has_no_rows_after_the_next_build(
    golden: GoldenLake, project: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "lake"
    shutil.copytree(str(golden.lake.root), folder)
    lake = Lake.at(folder, "removed_")
    before = _rows_by_shop(lake)
    assert sum(GONE in shops for shops in before.values()) > len(before) // 2
    result = dbt_on(
        lake,
        tmp_path,
        "build",
        "--exclude-resource-type",
        "unit_test",
        "--project-dir",
        str(project),
    )
    assert result.success, failed_nodes(result)
    after = _rows_by_shop(lake)
    assert {table for table, shops in after.items() if GONE in shops} == set()
    kept = {table: {shop for shop in shops if shop != GONE} for table, shops in before.items()}
    assert {table: set(shops) for table, shops in after.items()} == kept
