"""Each guard of the lake, shown a fault that it must find."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lakehouse.transform import failed_nodes

if TYPE_CHECKING:
    from tests.e2e.conftest import GoldenLake


def _failed(golden: GoldenLake, *arguments: str) -> set[str]:
    return set(failed_nodes(golden.dbt(*arguments)))


def test_a_row_against_a_check_is_refused_and_the_table_stays(golden: GoldenLake) -> None:
    before = golden.rows("gold", "rpt_brand_performance")
    version = golden.lake.version("gold", "rpt_brand_performance")
    with golden.tampered(
        "silver", "int_product_engagement", "update {table} set purchase_count = -1"
    ):
        assert _failed(golden, "run", "-s", "rpt_brand_performance") == {"rpt_brand_performance"}
    assert golden.rows("gold", "rpt_brand_performance") == before
    assert golden.lake.version("gold", "rpt_brand_performance") == version


def test_a_null_in_a_key_is_refused_and_the_table_stays(golden: GoldenLake) -> None:
    version = golden.lake.version("gold", "dim_products")
    with golden.tampered("silver", "int_products", "update {table} set product_id = null"):
        assert _failed(golden, "run", "-s", "dim_products") == {"dim_products"}
    assert golden.lake.version("gold", "dim_products") == version


@pytest.mark.parametrize(
    ("table", "statement", "models", "finder"),
    [
        (
            "int_order_items",
            "delete from {table} where order_item_id = '500001-1'",
            ["fct_order_items", "rpt_reconciliation"],
            "accepted_values_rpt_reconciliation",
        ),
        (
            "int_order_items",
            "update {table} set set_aside_amount = set_aside_amount + 1 where line_type = 'fee'",
            ["fct_order_items", "rpt_reconciliation"],
            "accepted_values_rpt_reconciliation",
        ),
        (
            "int_customers",
            "insert into {table} select * from {table} where customer_id = '12001'",
            ["dim_customers"],
            "unique_grain_dim_customers",
        ),
        (
            "int_products",
            "delete from {table} where product_id = '20001'",
            ["dim_products", "fct_order_items"],
            "foreign_keys_fct_order_items",
        ),
        (
            "int_orders",
            "update {table} set gross_amount = gross_amount * 2, net_amount = net_amount * 2",
            ["fct_orders", "rpt_kpis"],
            "has_same_totals_fct_orders_order_key",
        ),
    ],
)
def test_a_lost_doubled_or_changed_row_is_found(
    golden: GoldenLake, table: str, statement: str, models: list[str], finder: str
) -> None:
    try:
        with golden.tampered("silver", table, statement):
            failed = _failed(golden, "build", "--exclude-resource-type", "unit_test", "-s", *models)
    finally:
        assert _failed(golden, "run", "-s", *models) == set()
    assert any(name.startswith(finder) for name in failed), failed


def test_a_batch_that_the_ledger_does_not_know_is_not_built(golden: GoldenLake) -> None:
    before = golden.rows("silver", "stg_shopping_trends__purchases")
    with golden.tampered(
        "bronze",
        "shopping_trends__purchases",
        "insert into {table} by name "
        "select * except (_batch_id), 'killed' as _batch_id from {table}",
    ):
        assert _failed(golden, "run", "-s", "stg_shopping_trends__purchases") == set()
    assert len(golden.rows("silver", "stg_shopping_trends__purchases")) == len(before)
