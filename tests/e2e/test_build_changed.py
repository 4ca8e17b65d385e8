"""`lakehouse build --changed` on a built lake: nothing, or what a change reaches."""

from __future__ import annotations

import json

import pytest

from lakehouse.transform import select_stale
from tests.e2e.conftest import VARS, GoldenLake


def _stale(golden: GoldenLake, **variables: object) -> set[str]:
    """Names of the stale nodes, without the folders that dbt finds them by."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBT_TARGET_PATH", str(golden.folder / "target"))
        patch.setenv("DBT_LOG_PATH", str(golden.folder / "logs"))
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
