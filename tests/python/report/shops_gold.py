"""Gold of two shops: one with every column, one with hardly any."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

FULL = "full"
BARE = "bare"
SCRIPT = '<script src="https://evil.example/x.js">alert(1)</script>'
MARKUP = "[red]Mug[/red]"

Row = dict[str, Any]


def _full(*rows: Row) -> list[Row]:
    return [{"shop_id": FULL, **row} for row in rows]


def _groups(column: str, *groups: tuple[str, str, float]) -> list[Row]:
    return _full(
        *(
            {
                column: name,
                "order_count": 10 - rank,
                "net_amount": Decimal(amount),
                "revenue_share": share,
                "margin_rate": 0.5,
                "known_cost_share": 0.75,
                "revenue_rank": rank,
            }
            for rank, (name, amount, share) in enumerate(groups, 1)
        )
    )


TABLES: dict[str, list[Row]] = {
    "dim_shops": [
        {"shop_id": FULL, "name": "Full & Co", "currency_code": "EUR", "has_order_dates": True},
        {"shop_id": BARE, "name": "Bare", "currency_code": "GBP", "has_order_dates": False},
    ],
    "dim_products": _full(
        {"product_id": "p1", "product_name": SCRIPT},
        {"product_id": "p2", "product_name": MARKUP},
        {"product_id": "p3", "brand": "Acme", "category": "Toys"},
    ),
    "rpt_kpis": [
        {
            "shop_id": FULL,
            "order_count": 1200,
            "customer_count": 7,
            "item_count": 1500,
            "unit_count": 2500,
            "gross_amount": Decimal("1100.10"),
            "returned_amount": Decimal("100.10"),
            "net_amount": Decimal("1000.00"),
            "set_aside_amount": Decimal("12.34"),
            "average_order_value": Decimal("91.68"),
            "median_order_amount": Decimal("80.00"),
            "items_per_order": 1.25,
            "session_count": 4000,
            "converting_session_count": 1000,
            "conversion_rate": 0.25,
            "human_conversion_rate": 0.375,
            "cross_sell_signal": "cross-sell",
        },
        {
            "shop_id": BARE,
            "order_count": 1,
            "customer_count": 1,
            "item_count": 2,
            "unit_count": 3,
            "gross_amount": Decimal("9.99"),
            "returned_amount": Decimal("0.00"),
            "net_amount": Decimal("9.99"),
            "set_aside_amount": Decimal("0.00"),
            "average_order_value": Decimal("9.99"),
            "median_order_amount": Decimal("9.99"),
            "items_per_order": 2.0,
            "cross_sell_signal": "hold",
        },
    ],
    # Rows in no order: readers go by the rank.
    "rpt_revenue_concentration": _full(
        *(
            {
                "customer_key": f"full|{rank}",
                "customer_id": f"c{rank}",
                "order_count": 10 - rank,
                "net_amount": Decimal(amount),
                "customer_rank": rank,
                "customer_share": rank / 7,
                "known_revenue_share": known,
                "cumulative_revenue_share": cumulative,
                "revenue_share": known * 0.8,
                "is_top_20_percent": rank <= 2,
            }
            for rank, amount, known, cumulative in (
                (7, "8.00", 0.01, 1.0),
                (1, "400.00", 0.5, 0.5),
                (2, "160.00", 0.2, 0.7),
                (3, "120.00", 0.15, 0.85),
                (6, "16.00", 0.02, 0.99),
                (5, "24.00", 0.03, 0.97),
                (4, "72.00", 0.09, 0.94),
            )
        )
    ),
    "rpt_sales_history": _full(
        *(
            {
                "period_type": kind,
                "period_start": datetime.date.fromisoformat(start),
                "order_count": 400,
                "customer_count": 5,
                "net_amount": Decimal(amount),
                "growth_rate": growth,
                "is_peak": peak,
                "is_complete": complete,
            }
            for kind, start, amount, growth, peak, complete in (
                ("month", "2024-03-01", "100.00", -0.8, False, False),
                ("month", "2024-01-01", "400.00", None, False, True),
                ("month", "2024-02-01", "500.00", 0.25, True, True),
                ("week", "2024-01-01", "77.00", None, False, True),
            )
        )
    ),
    "rpt_sales_by_category": _groups("category", ("Toys", "700.00", 0.7), ("Mugs", "300.00", 0.3)),
    "rpt_sales_by_department": _groups("department", ("unknown", "1000.00", 1.0)),
    "rpt_sales_by_country": _groups(
        "country", *((f"Land {n}", f"{100 - n}.00", 0.1) for n in range(12))
    ),
    "rpt_sales_by_location": _groups(
        "location", ("Lyon, France", "600.00", 0.6), ("unknown", "400.00", 0.4)
    ),
    "rpt_sales_by_season": _groups("season", ("Winter", "900.00", 0.9), ("Spring", "100.00", 0.1)),
    "rpt_product_performance": _full(
        {
            "product_key": "full|p1",
            "product_id": "p1",
            "product_name": SCRIPT,
            "unit_count": 30,
            "net_amount": Decimal("600.00"),
            "average_price": Decimal("20.00"),
            "return_rate": 0.125,
            "revenue_share": 0.6,
            "revenue_rank": 1,
            "sales_trend": "rising",
        },
        {
            "product_key": "full|p3",
            "product_id": "p3",
            "brand": "Acme",
            "category": "Toys",
            "unit_count": 3,
            "net_amount": Decimal("100.00"),
            "average_price": Decimal("33.33"),
            "return_rate": 0.0,
            "revenue_share": 0.1,
            "revenue_rank": 3,
            "sales_trend": "falling",
        },
        {
            "product_key": "full|p2",
            "product_id": "p2",
            "product_name": MARKUP,
            "unit_count": 10,
            "net_amount": Decimal("300.00"),
            "average_price": Decimal("30.00"),
            "return_rate": 0.0,
            "revenue_share": 0.3,
            "revenue_rank": 2,
        },
    ),
    "rpt_brand_performance": _full(
        {
            "brand": "Acme",
            "product_count": 2,
            "net_amount": Decimal("600.00"),
            "view_count": 500,
            "purchase_count": 20,
            "conversion_rate": 0.04,
            "revenue_rank": 1,
            "conversion_rank": 2,
        },
        {
            "brand": "Zeta",
            "product_count": 1,
            "net_amount": Decimal("50.00"),
            "view_count": 200,
            "purchase_count": 30,
            "conversion_rate": 0.15,
            "revenue_rank": 2,
            "conversion_rank": 1,
        },
    ),
    "rpt_funnel_daily": _full(
        *(
            {
                "session_date": datetime.date(2024, 1, day),
                "sessions_viewed": viewed,
                "sessions_carted": carted,
                "sessions_purchased": bought,
                "sessions_abandoned": carted - bought,
            }
            for day, viewed, carted, bought in ((1, 1500, 300, 100), (2, 500, 200, 150))
        )
    ),
    "rpt_category_conversion": _full(
        {
            "category_code": "toys.cars",
            "view_count": 400,
            "purchase_count": 40,
            "conversion_rate": 0.1,
            "conversion_rank": 1,
        },
        {
            "category_code": "toys.rare",
            "view_count": 5,
            "purchase_count": 5,
            "conversion_rate": 1.0,
        },
    ),
    "rpt_price_sensitivity": _full(
        *(
            {
                "category_code": category,
                "price_band": band,
                "average_price": Decimal(average),
                "min_price": Decimal("1.50"),
                "max_price": Decimal("999.00"),
                "average_price_rank": rank,
                "purchase_rate": rate,
            }
            for category, band, average, rank, rate in (
                ("toys.cars", 2, "12.50", 2, 0.07),
                ("toys.cars", 1, "12.50", 2, None),
                ("toys.trains", 1, "88.80", 1, 0.03),
            )
        )
    ),
    "rpt_customer_clv": _full(
        *(
            {"customer_key": f"full|{n}", "lifetime_value": Decimal(value), "clv_segment": segment}
            for n, (value, segment) in enumerate(
                (("400.00", "VIP Champions"), ("100.00", "Regular"), ("100.00", "Regular"))
            )
        )
    ),
    "rpt_customer_rfm": _full(
        *(
            {"customer_key": f"full|{n}", "monetary_amount": Decimal(value), "rfm_segment": segment}
            for n, (value, segment) in enumerate((("450.00", "Champions"), ("150.00", "Lost")))
        )
    ),
    "rpt_market_basket": _full(
        {
            "level": "product",
            "basis": "order",
            "item_a": "p1",
            "item_b": "p3",
            "item_a_name": SCRIPT,
            "pair_count": 12,
            "support": 0.012,
            "confidence_a_to_b": 0.4,
            "confidence_b_to_a": 0.6,
            "lift": 3.25,
            "strength": "strong",
        },
        {
            "level": "category",
            "basis": "order",
            "item_a": "Mugs",
            "item_b": "Toys",
            "item_a_name": "Mugs",
            "item_b_name": "Toys",
            "pair_count": 9,
            "support": 0.009,
            "confidence_a_to_b": 0.3,
            "confidence_b_to_a": 0.1,
            "lift": 0.75,
            "strength": "negative",
        },
    ),
}
