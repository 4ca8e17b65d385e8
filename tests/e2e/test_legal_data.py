"""Data that is legal, and odd: nothing refuses it, no data test fails on it.

Shown to the golden lake in memory, as it would arrive in bronze, or come out of the mapping of a
shop of one's own; everything that reads it is computed again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.mutation.engine import Engine


def _with(engine: Engine, table: str, where: str, **values: str) -> list[str]:
    """Whoever refuses, or fails on, a table with other values in some of its rows."""
    before = engine.original(table)
    types = {field.name: field.dataType.simpleString() for field in before.schema}
    assert values.keys() <= types.keys()
    columns = [
        f"cast(if({where}, {values[name]}, `{name}`) as {types[name]}) as `{name}`"
        if name in values
        else f"`{name}`"
        for name in types
    ]
    rows = engine.faulty(table, f"select {', '.join(columns)} from {{table}}")
    assert rows.contents() != before.contents(), "no row is odd"
    return [notice.name for notice in engine.notices(table, rows) if notice.by != "golden"]


BLANK = (
    "discount_applied",
    "promo_code_used",
    "purchase_frequency",
    "subscription_status",
    "shipping_type",
    "payment_method",
    "category",
    "season",
    "location",
    "age",
    "gender",
    "review_rating",
    "previous_purchases",
)


@pytest.mark.parametrize("where", ["customer_id = '1'", "true"], ids=["of one", "of all"])
def test_blanks_of_shopping_trends_are_legal(golden_engine: Engine, where: str) -> None:
    blanks = dict.fromkeys(BLANK, "null")
    assert _with(golden_engine, "shopping_trends__purchases", where, **blanks) == []


def test_two_orders_of_half_a_cent_in_one_day_are_legal(golden_engine: Engine) -> None:
    cents = {"unit_price": "0.005", "quantity": "1", "invoice_at": "timestamp'2011-01-10 09:30:00'"}
    where = "invoice in ('500005', '500008') and stock_code = '20001'"
    assert _with(golden_engine, "online_retail__lines", where, **cents) == []


def test_sessions_without_a_time_are_legal(golden_engine: Engine) -> None:
    where = "session_id = 'a0000000-0000-4000-8000-000000000001-501'"
    assert _with(golden_engine, "int_events", where, event_at="null", event_date="null") == []


def test_an_order_of_two_categories_is_legal_where_shipping_is_recorded(
    golden_engine: Engine,
) -> None:
    where = "shop_id = 'thelook'"
    assert _with(golden_engine, "int_orders", where, shipping_type="'Standard'") == []
