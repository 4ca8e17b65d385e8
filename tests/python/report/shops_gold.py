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
                "year_over_year_growth_rate": on_year,
                "period_rank": rank,
                "is_peak": rank == 1,
                "is_complete": rank is not None,
            }
            for kind, start, amount, growth, on_year, rank in (
                ("month", "2024-03-01", "100.00", -0.8, None, None),
                ("month", "2023-02-01", "250.00", None, None, 3),
                ("month", "2024-01-01", "400.00", None, None, 2),
                ("month", "2024-02-01", "500.00", 0.25, 1.0, 1),
                ("week", "2024-01-15", "77.00", -0.75, None, 3),
                ("week", "2024-01-01", "100.00", None, None, 2),
                ("week", "2024-01-08", "308.00", 2.08, None, 1),
                ("week", "2024-01-22", "999.00", 11.97, None, None),
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
            "brand": "Zeta",
            "category": "Mugs",
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
            {
                "customer_key": f"full|{n}",
                "lifetime_value": Decimal(value),
                "value_quartile": quartile,
                "frequency_quartile": quartile,
                "loyalty_quartile": n + 1,
                "clv_segment": segment,
            }
            for n, (value, quartile, segment) in enumerate(
                (("400.00", 4, "VIP Champions"), ("100.00", 1, "Regular"), ("100.00", 1, "Regular"))
            )
        )
    ),
    "rpt_customer_rfm": _full(
        *(
            {
                "customer_key": f"full|{n}",
                "monetary_amount": Decimal(value),
                "r_score": score,
                "m_score": score,
                "rfm_segment": segment,
            }
            for n, (value, score, segment) in enumerate(
                (("450.00", 5, "Champions"), ("150.00", 1, "Lost"))
            )
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
    "rpt_seasonal_items": _full(
        *(
            {
                "season": season,
                "item": item,
                "item_name": SCRIPT if item == "p1" else None,
                "category": "Toys",
                "purchase_count": purchases,
                "season_share": purchases / 10,
                "overall_share": 0.5,
                "season_index": purchases / 5,
                "season_rank": rank,
            }
            for season, item, purchases, rank in (
                ("Fall", "p3", 8, 1),
                ("Fall", "p1", 2, 2),
                ("Winter", "p1", 7, 1),
                ("Winter", "p9", 1, 6),
                ("Winter", "p3", 3, 2),
            )
        )
    ),
    "rpt_category_engagement": _full(
        *(
            {
                "category_code": category,
                "interaction_count": interactions,
                "customer_count": customers,
                "interaction_share": interactions / 1000,
                "interaction_rank": rank,
            }
            for rank, (category, interactions, customers) in enumerate(
                (("toys.cars", 900, 30), ("toys.trains", 100, 1)), 1
            )
        )
    ),
    "rpt_customer_engagement": _full(
        *(
            {
                "customer_key": f"full|{customer}",
                "customer_id": customer,
                "category_code": category,
                "brand": brand,
                "interaction_count": interactions,
            }
            for customer, category, brand, interactions in (
                ("c2", "toys.cars", "Zeta", 5),
                ("c1", "toys.cars", None, 40),
                ("c1", "toys.trains", "Acme", 5),
            )
        )
    ),
    "rpt_demographics": _full(
        *(
            {
                "dimension": dimension,
                "bucket": bucket,
                "customer_count": customers,
                "order_count": customers * 2,
                "net_amount": Decimal(amount),
                "revenue_per_customer": Decimal(amount) / customers,
                "revenue_rank": rank,
            }
            for dimension, bucket, customers, amount, rank in (
                ("country", "France", 7, "700.00", 1),
                ("age_band", "25-34", 3, "180.00", 2),
                ("age_band", "<18", 4, "520.00", 1),
                ("gender", "F", 5, "600.00", 1),
                ("gender", "M", 2, "100.00", 2),
                ("gender_age_band", "F, <18", 4, "520.00", 1),
                ("gender_age_band", "M, 25-34", 2, "100.00", 2),
                ("gender_age_band", "unknown", 1, "80.00", 3),
            )
        )
    ),
    "rpt_top_categories_by_age": _full(
        *(
            {
                "age_band": band,
                "category": category,
                "purchase_count": purchases,
                "share_of_band": purchases / 100,
                "category_rank": rank,
            }
            for band, category, purchases, rank in (
                ("25-34", "Mugs", 60, 1),
                ("25-34", "Toys", 40, 2),
                ("<18", "Toys", 90, 1),
                ("<18", "Mugs", 10, 2),
            )
        )
    ),
    "rpt_customer_cohorts": _full(
        *(
            {
                "cohort_month": datetime.date.fromisoformat(month),
                "period_number": since,
                "cohort_size": size,
                "retained_count": kept,
                "retention_rate": kept / size,
            }
            for month, since, size, kept in (
                ("2024-02-01", 0, 5, 5),
                ("2024-02-01", 1, 5, 5),
                ("2023-12-01", 2, 20, 2),
                ("2023-12-01", 1, 20, 5),
                ("2023-12-01", 0, 20, 20),
                ("2024-01-01", 0, 10, 10),
                ("2024-01-01", 1, 10, 4),
                ("2024-01-01", 2, 10, 9),
            )
        )
    ),
    "rpt_attribute_correlation": _full(
        *(
            {"attribute_a": first, "attribute_b": second, "order_count": 90, "pearson_r": r}
            for first, second, r in (
                ("age", "is_subscriber", -0.42),
                ("age", "purchase_amount", 0.03),
                ("is_discount_applied", "is_promo_code_used", 1.0),
                ("age", "review_rating", None),
            )
        )
    ),
    "rpt_promo_effectiveness": _full(
        *(
            {
                "discount_applied": promoted,
                "promo_code_used": promoted,
                "order_count": orders,
                "subscriber_order_count": 0,
                "net_amount": Decimal(average) * orders,
                "revenue_share": 0.5,
                "average_amount": Decimal(average),
                "stddev_amount": Decimal("20.00"),
                "change_from_baseline": change,
                "subscriber_rate": 0.0,
            }
            for promoted, orders, average, change in (
                (True, 100, "51.00", 0.02),
                (False, 100, "50.00", 0.0),
            )
        )
    ),
    "rpt_payment_methods": _full(
        *(
            {
                "payment_method": method,
                "order_count": orders,
                "net_amount": Decimal(amount),
                "average_order_value": Decimal(amount) / orders,
                "median_order_amount": Decimal("9.00"),
                "order_share": orders / 10,
                "revenue_share": float(amount) / 1000,
                "revenue_rank": rank,
            }
            for method, orders, amount, rank in (("Card", 8, "400.00", 2), ("Cash", 2, "600.00", 1))
        )
    ),
    "rpt_subscription_frequency": _full(
        *(
            {
                "is_subscriber": subscriber,
                "purchase_frequency": answer,
                "order_count": orders,
                "net_amount": Decimal(orders),
                "average_order_value": Decimal(1),
                "order_share": orders / 100,
                "frequency_rank": rank,
            }
            for subscriber, answer, orders, rank in (
                (False, "Weekly", 51, 1),
                (False, "Monthly", 49, 2),
                (True, "Monthly", 50, 1),
                (True, "Weekly", 50, 2),
            )
        )
    ),
    "rpt_shipping_by_category": _full(
        *(
            {
                "category": category,
                "shipping_type": kind,
                "order_count": orders,
                "order_share": orders / 100,
                "shipping_rank": rank,
            }
            for category, kind, orders, rank in (
                ("Mugs", "Express", 80, 1),
                ("Mugs", "Free", 20, 2),
                ("Toys", "Free", 100, 1),
            )
        )
    ),
    "rpt_inventory_status": _full(
        *(
            {
                "product_key": f"full|{product}",
                "product_id": product,
                "product_name": name,
                "brand": "Acme",
                "stocked_count": 100,
                "on_hand_count": on_hand,
                "units_sold_90d": sold,
                "days_of_cover": cover,
                "is_low_stock": low,
            }
            for product, name, on_hand, sold, cover, low in (
                ("p1", SCRIPT, 10, 90, 10.0, True),
                ("p2", MARKUP, 0, 30, 0.0, True),
                ("p3", None, 50, 50, 90.0, False),
                ("p4", "Dust", 7, 0, None, False),
            )
        )
    ),
    "rpt_customer_category_engagement": _full(
        *(
            {
                "customer_key": f"full|{customer}",
                "customer_id": customer,
                "category_bucket": category,
                "interaction_count": interactions,
                "category_rank": rank,
            }
            for category, customer, interactions, rank in (
                ("toys.cars", "c2", 5, 2),
                ("toys.cars", "c1", 40, 1),
                ("77", "c2", 43, 1),
                ("unknown", "c1", 99, 1),
            )
        )
    ),
    "rpt_product_conversion": _full(
        *(
            {
                "product_key": f"full|{product}",
                "product_id": product,
                "product_name": name,
                "brand": "Acme",
                "category_code": "toys.cars",
                "view_count": views,
                "purchase_count": bought,
                "conversion_rate": bought / views,
                "conversion_lower": lower,
                "conversion_upper": upper,
                "conversion_rank": rank,
            }
            for product, name, views, bought, lower, upper, rank in (
                ("p2", MARKUP, 200, 10, 0.025, 0.09, 3),
                ("p1", SCRIPT, 400, 60, 0.125, 0.1875, 1),
                ("p3", None, 100, 12, 0.0625, 0.2, 2),
                ("p4", "Rare", 2, 2, 0.34, 1.0, None),
            )
        )
    ),
    "rpt_price_elasticity": _full(
        *(
            {
                "category_code": category,
                "product_count": 20,
                "elasticity": slope,
                "elasticity_lower": lower,
                "elasticity_upper": upper,
            }
            for category, slope, lower, upper in (
                ("toys.trains", 0.25, -0.5, 1.0),
                ("toys.cars", -1.5, -2.0, -1.0),
                ("toys.rare", None, None, None),
            )
        )
    ),
    "rpt_revenue_bridge": _full(
        *(
            {
                "period_type": kind,
                "period_start": datetime.date(2024, month, 1),
                "previous_period_start": datetime.date(2024, month, 1)
                - datetime.timedelta(days=91),
                "perspective": perspective,
                "effect": effect,
                "amount": Decimal(amount),
                "previous_net_amount": Decimal("400.00"),
                "net_amount": Decimal("500.00"),
            }
            for kind, month, perspective, effect, amount in (
                ("month", 6, "product", "price", "100.00"),
                ("quarter", 1, "product", "price", "100.00"),
                ("quarter", 4, "product", "mix", "-20.00"),
                ("quarter", 4, "product", "price", "120.50"),
                ("quarter", 4, "product", "returns", "0.00"),
                ("quarter", 4, "product", "volume", "-0.50"),
                ("quarter", 4, "customer", "new_customers", "250.00"),
                ("quarter", 4, "customer", "lost_customers", "-150.00"),
            )
        )
    ),
    "rpt_category_correlation": _full(
        *(
            {
                "category_a": first,
                "category_b": second,
                "pair_customer_count": 3,
                "pearson_r": r,
            }
            for first, second, r in (("Mugs", "Pots", 0.5), ("Mugs", "Toys", -0.05))
        )
    ),
    "rpt_fulfilment": _full(
        *(
            {
                "distribution_center_id": center,
                "distribution_center_name": name,
                "category": category,
                "order_item_count": shipped + 1,
                "cancelled_count": 2,
                "shipped_count": shipped,
                "delivered_count": shipped // 2,
                "late_shipment_count": late,
                "late_delivery_count": 0,
                "mean_days_to_ship": days,
                "mean_days_to_deliver": 4.0,
            }
            for center, name, category, shipped, late, days in (
                ("1", "Memphis", "Toys", 10, 1, 1.0),
                ("1", "Memphis", "Mugs", 30, 3, 2.0),
                ("2", "Chicago", "Toys", 40, 20, 2.25),
                ("3", "Idle", "Toys", 0, 0, None),
            )
        )
    ),
    "rpt_customer_order_sizes": _full(
        *(
            {
                "customer_type": kind,
                "customer_count": customers,
                "order_count": orders,
                "units_per_order": 2.5,
                "net_amount": Decimal(amount),
                "average_order_value": Decimal(amount) / orders,
                "revenue_share": float(amount) / 1000,
            }
            for kind, customers, orders, amount in (
                ("retail", 6, 10, "300.00"),
                ("unknown", 0, 5, "100.00"),
                ("wholesale", 1, 4, "600.00"),
            )
        )
    ),
    "rpt_inventory_by_center": _full(
        *(
            {
                "distribution_center_id": center,
                "distribution_center_name": name,
                "product_count": 3,
                "on_hand_count": on_hand,
                "units_sold_90d": 9,
                "days_of_cover": cover,
                "on_hand_cost_amount": Decimal("12.50"),
            }
            for center, name, on_hand, cover in (
                ("1", "Memphis", 40, 400.0),
                ("2", "Chicago", 60, None),
                ("unknown", None, 5, 1000.0),
            )
        )
    ),
    "rpt_sales_by_pair": _full(
        *(
            {
                "dimension_a": first,
                "dimension_b": second,
                "bucket_a": a,
                "bucket_b": b,
                "order_count": orders,
                "net_amount": Decimal(amount),
            }
            for first, second, a, b, orders, amount in (
                ("season", "category", "Spring", "Toys", 100, "80.00"),
                ("season", "category", "Winter", "Mugs", 200, "250.00"),
                ("season", "category", "Winter", "Toys", 600, "600.00"),
                ("season", "category", "Spring", "Mugs", 250, "-20.00"),
                ("season", "category", "unknown", "Mugs", 50, "90.00"),
                ("product", "month", "p1", "2024-01", 400, "600.00"),
                ("product", "month", "p3", "2024-02", 800, "400.00"),
                ("product", "month", "p1", "2024-02", 10, "0.00"),
                ("age_band", "gender", "25-34", "F", 700, "700.00"),
                ("age_band", "gender", "<18", "F", 450, "250.00"),
                ("age_band", "gender", "<18", "M", 50, "50.00"),
            )
        )
    ),
    "rpt_customer_segment_history": _full(
        *(
            {
                "customer_key": f"full|{customer}",
                "month_end": datetime.date.fromisoformat(day),
                "clv_segment": clv,
                "rfm_segment": rfm,
            }
            for customer, day, clv, rfm in (
                ("a", "2024-01-31", "Regular", None),
                ("b", "2024-01-31", "Regular", None),
                ("a", "2024-02-29", "Loyal", "Champions"),
                ("b", "2024-02-29", "Regular", "Lost"),
                ("c", "2024-02-29", "Regular", "New"),
            )
        )
    ),
    "rpt_segment_migration": _full(
        *(
            {
                "segmentation": kind,
                "period": datetime.date(2024, month, 1),
                "from_segment": before,
                "to_segment": after,
                "customer_count": customers,
            }
            for kind, month, before, after, customers in (
                ("clv", 1, "new", "Regular", 2),
                ("clv", 2, "new", "Regular", 1),
                ("clv", 2, "Regular", "Loyal", 1),
                ("rfm", 2, "new", "New", 1),
            )
        )
    ),
    "rpt_customer_brand_engagement": _full(
        *(
            {
                "customer_key": f"full|{customer}",
                "customer_id": customer,
                "brand": brand,
                "interaction_count": interactions,
                "customer_rank": of_customer,
                "brand_rank": of_brand,
            }
            for customer, brand, interactions, of_customer, of_brand in (
                ("c1", "unknown", 9, 3, 1),
                ("c1", "Acme", 1, 2, 2),
                ("c2", "Acme", 5, 1, 1),
                ("c1", "Zeta", 4, 1, 1),
                ("c3", "unknown", 2, 1, 2),
            )
        )
    ),
    "rpt_inventory_by_center_category": _full(
        *(
            {
                "distribution_center_id": center,
                "distribution_center_name": name,
                "category": category,
                "on_hand_count": on_hand,
                "units_sold_90d": sold,
                "days_of_cover": cover,
                "on_hand_cost_amount": Decimal(on_hand),
            }
            for center, name, category, on_hand, sold, cover in (
                ("1", "Memphis", "Toys", 30, 9, 300.0),
                ("1", "Memphis", "Mugs", 10, 0, None),
                ("2", "Chicago", "Toys", 0, 5, 0.0),
                ("2", "Chicago", "unknown", 60, 30, 180.0),
                ("unknown", None, "Toys", 5, 0, None),
            )
        )
    ),
}
