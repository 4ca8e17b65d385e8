"""`lakehouse build --changed` on a built lake: nothing, or what a change reaches."""

from __future__ import annotations

import json

import pytest

from lakehouse.reading import open_dataset
from lakehouse.release import record
from lakehouse.release.publish import HeldBackError, publish
from lakehouse.transform import parsed_project, select_stale
from tests.e2e.conftest import VARS, GoldenLake


@pytest.fixture(autouse=True)
def _own_target(golden: GoldenLake, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dbt's files of the golden lake."""
    monkeypatch.setenv("DBT_TARGET_PATH", str(golden.folder / "target"))
    monkeypatch.setenv("DBT_LOG_PATH", str(golden.folder / "logs"))


def _stale(golden: GoldenLake, **variables: object) -> set[str]:
    """Names of the stale nodes, without the folders that dbt finds them by."""
    names = select_stale(golden.lake, ["--vars", json.dumps(VARS | variables)])
    return {name.rpartition(".")[2] for name in names}


def test_nothing_is_stale_after_a_build(golden: GoldenLake) -> None:
    assert _stale(golden) == set()


def test_a_changed_var_reaches_what_names_it_and_its_tests(golden: GoldenLake) -> None:
    stale = _stale(golden, low_stock_days=13)
    assert {
        "rpt_inventory_status",
        "unique_grain_rpt_inventory_status_product_key",
    } <= stale
    assert not stale & {"rpt_kpis", "int_orders", "unique_grain_rpt_kpis_shop_id"}


def test_what_was_built_and_tested_is_released(golden: GoldenLake) -> None:
    release = publish(
        golden.lake, parsed_project(golden.lake, ["--vars", json.dumps(VARS)])
    ).release
    assert set(release.tables) == set(golden.lake.tables("gold"))
    assert record.missing_files(golden.lake, release) == []
    kpis = release.tables["rpt_kpis"]
    assert kpis.keys == ("shop_id",)
    assert kpis.row_count == len(golden.rows("gold", "rpt_kpis"))
    assert (
        record.open_table(golden.lake, release, "ml_recommendations")
        .to_table()
        .equals(open_dataset(golden.lake, "gold", "ml_recommendations").to_table())
    )
    assert release.test_count > len(release.tables)


def test_other_vars_hold_a_release_back(golden: GoldenLake) -> None:
    project = parsed_project(golden.lake, ["--vars", json.dumps(VARS | {"low_stock_days": 13})])
    with pytest.raises(HeldBackError, match="rpt_inventory_status"):
        publish(golden.lake, project)
