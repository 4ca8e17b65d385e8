"""Gold of two shops that fits on a page: what metrics make of it can be worked out in the head."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from lakehouse.lake import Lake
from tests.python.gold_tables import write_gold

JANUARY = datetime.datetime(2024, 1, 31, 23, 59, 59, tzinfo=datetime.UTC)
LEAP_DAY = datetime.datetime(2024, 2, 29, tzinfo=datetime.UTC)


def _line(key: str, **columns: Any) -> dict[str, Any]:
    """A sale without a return, where nothing else is said; `key` is shop|order|line."""
    shop, order, _ = key.split("|")
    sold = columns.get("gross_amount", 0)
    returned = columns.get("returned_amount", 0)
    return {
        "shop_id": shop,
        "order_item_key": key,
        "order_key": f"{shop}|{order}",
        "line_type": "sale",
        "is_sale": True,
        "quantity": 1,
        **columns,
        "gross_amount": Decimal(sold),
        "returned_amount": Decimal(returned),
        "net_amount": Decimal(sold) - Decimal(returned),
    }


_FIRST = {"customer_key": "a|x", "ordered_at": JANUARY}
_RETURN = {"line_type": "return", "is_sale": False, "returned_amount": 4}

TABLES: dict[str, list[dict[str, Any]]] = {
    "dim_shops": [
        {"shop_id": "a", "name": "A", "currency_code": "EUR", "has_order_dates": True},
        {"shop_id": "b", "name": "B", "currency_code": "USD", "has_order_dates": False},
    ],
    "dim_customers": [{"shop_id": "a", "customer_key": "a|x", "age_band": "25-34"}],
    "dim_products": [
        {"shop_id": "a", "product_key": "a|p", "category": "Shoes", "brand": "O'Neill [bold]"},
        {"shop_id": "a", "product_key": "a|q", "category": "Hats"},
        {"shop_id": "b", "product_key": "b|p", "category": "Shoes"},
    ],
    "fct_orders": [
        {"shop_id": "a", "order_key": "a|1", "country": "Spain", "is_discount_applied": True},
        {"shop_id": "a", "order_key": "a|2", "country": None},
        {"shop_id": "b", "order_key": "b|9", "country": "Spain"},
    ],
    "fct_order_items": [
        _line("a|1|1", product_key="a|p", gross_amount=10, **_FIRST),
        _line("a|1|2", product_key="a|q", gross_amount="5.0050", **_FIRST),
        _line("a|2|1", product_key="a|p", ordered_at=LEAP_DAY, **_RETURN),
        _line("b|9|1", product_key="b|p", gross_amount=7),
    ],
    "fct_sessions": [
        {
            "shop_id": "a",
            "session_key": f"a|{number}",
            "customer_key": customer,
            "started_at": JANUARY,
            "is_converted": number == 1,
            "is_robot": number == 3,
            "cart_count": 0,
            "purchase_count": int(number == 1),
        }
        for number, customer in enumerate(("a|x", "a|x", None), start=1)
    ],
}


def write_small_gold(lake: Lake) -> Lake:
    """Writes the tables to a lake; gives it."""
    for table, rows in TABLES.items():
        write_gold(lake, table, rows)
    return lake
