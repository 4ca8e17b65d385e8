"""Small faults, each found by a data test: a row, a cent, a price, a shop, a table's rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import SHOPS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.mutation.engine import Engine


def _changed(engine: Engine, table: str, where: str, **values: str) -> str:
    """A query that gives a table with other values in the rows where a condition holds."""
    names = engine.original(table).arrow.column_names
    assert values.keys() <= set(names)
    columns = [
        f"cast(if({where}, {values[name]}, {name}) as {_type(engine, table, name)}) as {name}"
        if name in values
        else name
        for name in names
    ]
    return f"select {', '.join(columns)} from {{table}}"


def _type(engine: Engine, table: str, column: str) -> str:
    return engine.original(table).schema[column].dataType.simpleString()


def _is_found_by(engine: Engine, table: str, fault: str, finder: str) -> bool:
    return any(engine.failing_tests(table, engine.faulty(table, fault), finder))


def _found(engine: Engine, table: str, fault: str) -> str | None:
    """The data test that finds a fault first."""
    return next(engine.failing_tests(table, engine.faulty(table, fault)), None)


@pytest.mark.parametrize(
    ("table", "changes", "finder"),
    [
        # one order, line or product gone
        ("int_products", "product_id <> '20001'", "foreign_keys_fct_order_items"),
        ("fct_orders", "order_id <> '500001'", "has_same_totals_fct_orders"),
        ("int_orders", "order_id <> '500001'", "holds_rows_of_every_shop_int_orders"),
        (
            "fct_order_items",
            "not (order_key = 'online_retail|500001' and product_key = 'online_retail|20001')",
            "accepted_values_rpt_reconciliation",
        ),
        # a row of a day, a customer, a pair
        (
            "rpt_kpis_daily",
            "not (shop_id = 'rees46' and order_date = '2019-10-02')",
            "has_same_totals_rpt_kpis_daily",
        ),
        (
            "rpt_revenue_concentration",
            "customer_id <> '12001'",
            "has_same_totals_rpt_revenue_concentration",
        ),
        ("rpt_market_basket", "level <> 'product' or item_a <> '1001'", "assert_pairs_of_frequent"),
        # one shop missing
        ("rpt_kpis", "shop_id <> 'thelook'", "holds_shops_rpt_kpis"),
        ("rpt_sales_by_country", "shop_id <> 'thelook'", "has_same_totals_rpt_sales_by_country"),
        (
            "rpt_payment_methods",
            "shop_id <> 'shopping_trends'",
            "has_same_totals_rpt_payment_methods",
        ),
        ("rpt_funnel_daily", "shop_id <> 'rees46'", "has_same_totals_rpt_funnel_daily"),
        # one bucket of a day, one dimension, one group of two
        (
            "rpt_sales_daily_by",
            "not (dimension = 'department' and bucket = 'Men' and order_date = '2024-02-05')",
            "assert_each_dimension_holds_the_whole_day",
        ),
        (
            "int_daily_product_visits",
            "not (dimension = 'category' and bucket = 'apparel')",
            "assert_each_dimension_holds_the_whole_day",
        ),
        (
            "int_recorded_dimensions",
            "dimension <> 'gender'",
            "assert_each_dimension_holds_the_whole_day",
        ),
        (
            "int_sales_by_group",
            "not (dimension_b = 'gender' and bucket_b = 'F')",
            "assert_each_group_holds_all_sales",
        ),
    ],
)
def test_a_small_loss_is_found(
    golden_engine: Engine, table: str, changes: str, finder: str
) -> None:
    assert _is_found_by(golden_engine, table, f"select * from {{table}} where {changes}", finder)


@pytest.mark.parametrize(
    ("table", "where", "values", "finder"),
    [
        # one cent moved
        (
            "rpt_kpis",
            "shop_id = 'online_retail'",
            {"gross_amount": "gross_amount + 0.01"},
            "has_same_totals_rpt_kpis",
        ),
        (
            "fct_orders",
            "order_id = '500001'",
            {"gross_amount": "gross_amount + 0.01"},
            "has_same_totals_fct_orders",
        ),
        (
            "fct_order_items",
            "order_key = 'online_retail|500001' and product_key = 'online_retail|20001'",
            {"net_amount": "net_amount + 0.01"},
            "accepted_values_rpt_reconciliation",
        ),
        (
            "int_sales_lines",
            "order_id = '500001' and product_id = '20001'",
            {"returned_amount": "0.01"},
            "has_same_totals_int_sales_lines",
        ),
        (
            "rpt_customer_clv",
            "customer_id = '12001'",
            {"lifetime_value": "lifetime_value + 0.02"},
            "has_same_totals_rpt_customer_clv",
        ),
        (
            "rpt_sales_by_category",
            "shop_id = 'thelook'",
            {"gross_amount": "gross_amount - 0.01"},
            "has_same_totals_rpt_sales_by_category",
        ),
        (
            "fct_order_items",
            "line_type = 'fee'",
            {"set_aside_amount": "set_aside_amount + 1"},
            "accepted_values_rpt_reconciliation",
        ),
        (
            "int_orders",
            "true",
            {"gross_amount": "gross_amount * 2", "net_amount": "net_amount * 2"},
            "has_same_totals_fct_orders_order_key",
        ),
        # one price 0
        (
            "int_order_items",
            "order_id = '500001' and product_id = '20001'",
            {"gross_amount": "0", "net_amount": "0"},
            "accepted_values_rpt_reconciliation",
        ),
        (
            "stg_rees46__events",
            "event_type = 'purchase' and price = 110",
            {"price": "0"},
            "accepted_values_rpt_reconciliation",
        ),
    ],
)
def test_a_moved_cent_and_a_price_of_0_are_found(
    golden_engine: Engine, table: str, where: str, values: dict[str, str], finder: str
) -> None:
    fault = _changed(golden_engine, table, where, **values)
    assert _is_found_by(golden_engine, table, fault, finder)


def test_a_row_that_stands_twice_is_found(golden_engine: Engine) -> None:
    twice = "select * from {table} union all select * from {table} where customer_id = '12001'"
    assert _is_found_by(golden_engine, "int_customers", twice, "unique_grain_dim_customers")


# Its last row holds only what no report tells: carts of a shop that records them without a product.
TELLS_NOTHING = ["int_daily_product_visits"]


def test_one_row_less_is_found_in_every_table(golden_engine: Engine) -> None:
    unfound = []
    for name in _tables(golden_engine):
        rows = golden_engine.original(name)
        assert rows.arrow.num_rows, name
        # the last one: no rank or day after it would show the gap
        order = ", ".join(f"`{column}` desc" for column in rows.arrow.column_names)
        kept = f"select *, row_number() over (order by {order}) as place from {{table}}"
        fault = f"select * except (place) from ({kept}) where place > 1"
        if _found(golden_engine, name, fault) is None:
            unfound.append(name)
    assert unfound == TELLS_NOTHING


def test_a_lost_shop_and_an_emptied_report_are_found(golden_engine: Engine) -> None:
    unfound = []
    for name in _tables(golden_engine):
        if not name.startswith("rpt_"):
            continue
        shops = sorted({row["shop_id"] for row in golden_engine.original(name).dicts})
        assert shops, name
        for lost in [*(f"shop_id = '{shop}'" for shop in shops), "true"]:
            if _found(golden_engine, name, f"select * from {{table}} where not ({lost})") is None:
                unfound.append(f"{name} where {lost}")
    assert unfound == []


def _tables(engine: Engine) -> Iterator[str]:
    """The models of silver and gold that are tables, of the shops that have golden files.

    A mapping is a view of its shop.
    """
    for name in engine.models:
        kind, _, shop = name.partition("__")[0].partition("_")
        if (kind == "stg" and shop in {"bronze", *SHOPS}) or (kind != "stg" and "__" not in name):
            yield name
