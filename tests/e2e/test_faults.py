"""Each guard of the lake, shown a fault that it must find."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse.transform import failed_nodes, node_results

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


def test_a_lost_line_fails_the_build(golden: GoldenLake) -> None:
    models = ["fct_order_items", "rpt_reconciliation"]
    statement = "delete from {table} where order_id = '500001' and product_id = '20001'"
    try:
        with golden.tampered("silver", "int_order_items", statement):
            failed = _failed(golden, "build", "--exclude-resource-type", "unit_test", "-s", *models)
    finally:
        assert _failed(golden, "run", "-s", *models) == set()
    assert "accepted_values_rpt_reconciliation_difference__False__0" in failed


def test_a_basket_too_large_for_pairs_is_named(golden: GoldenLake) -> None:
    name = "warn_of_baskets_without_pairs"
    statuses = [
        str(tested.status)
        for limit in (1000, 1)
        for tested in node_results(
            golden.dbt("test", "-s", name, variables={"max_basket_item_count": limit})
        )
        if tested.node.name == name
    ]
    assert statuses == ["pass", "warn"]


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
