"""Features that know too much, or too little, are found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lakehouse.transform import failed_nodes

if TYPE_CHECKING:
    from tests.e2e.conftest import GoldenLake

RECOMPUTED = "assert_customer_features_know_nothing_later"
SOURCES = "assert_features_are_from_before_their_day"
PURCHASE_DAYS = "assert_purchase_days_hold_every_order"


@pytest.mark.parametrize(
    ("layer", "table", "statement", "finder"),
    [
        (
            "silver",
            "int_order_items",
            "update {table} set ordered_at = ordered_at + interval 40 days"
            " where order_id = '500006' or order_id = '500009'",
            RECOMPUTED,
        ),
        ("gold", "feat_customers", "delete from {table} where not is_latest", RECOMPUTED),
        (
            "gold",
            "feat_interactions",
            "delete from {table} where is_latest and shop_id = 'thelook'",
            SOURCES,
        ),
        (
            "silver",
            "int_orders",
            "update {table} set order_date = date_sub(order_date, 400)",
            SOURCES,
        ),
        ("gold", "feat_customers", "delete from {table}", RECOMPUTED),
        (
            "gold",
            "feat_purchase_days",
            "delete from {table} where shop_id = 'thelook'",
            PURCHASE_DAYS,
        ),
    ],
)
def test_features_of_another_day_are_found(
    golden: GoldenLake, layer: str, table: str, statement: str, finder: str
) -> None:
    with golden.tampered(layer, table, statement):
        assert finder in failed_nodes(golden.dbt("test", "-s", finder))
    assert golden.dbt("test", "-s", finder).success


def test_features_move_back_to_a_day_and_know_nothing_after_it(golden: GoldenLake) -> None:
    models = [
        "int_feature_dates",
        "feat_customers",
        "feat_interactions",
        "feat_product_pairs",
        "feat_purchase_days",
        "feat_quarterly_purchases",
        "feat_daily_demand",
        "feat_season_items",
    ]
    try:
        result = golden.dbt("build", "-s", *models, variables={"as_of_date": "2011-01-31"})
        assert result.success, failed_nodes(result)
        latest = {
            str(row["customer_id"]): (row["order_count"], str(row["total_spent"]))
            for row in golden.rows("gold", "feat_customers")
            if row["shop_id"] == "online_retail" and row["is_latest"]
        }
        days = {str(row["demand_date"]) for row in golden.rows("gold", "feat_daily_demand")}
        bought_until = max(
            str(row["order_date"])
            for row in golden.rows("gold", "feat_purchase_days")
            if row["shop_id"] == "online_retail"
        )
    finally:
        assert golden.dbt("run", "-s", *models).success
    # what 12002 and 12003 ordered in March is not there yet
    assert latest == {
        "12001": (1, "46.00"),
        "12002": (1, "30.00"),
        "12003": (2, "50.00"),
        "12004": (1, "45.50"),
    }
    assert max(days) == "2011-01-31"
    assert bought_until <= "2011-01-31"
