"""Every fact of the report is what its table has."""

from __future__ import annotations

from dataclasses import asdict, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import pytest
import yaml

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from lakehouse.reading import read_table
from lakehouse.report import find
from lakehouse.report.section import Section
from lakehouse.report.sections.ages import Ages
from lakehouse.report.sections.assortment import Assortment
from lakehouse.report.sections.baskets import Basket
from lakehouse.report.sections.brand_engagement import BrandEngagement
from lakehouse.report.sections.brands import Brands
from lakehouse.report.sections.breakdown import Breakdown
from lakehouse.report.sections.bridge import Bridge
from lakehouse.report.sections.center_categories import CategoryStocks
from lakehouse.report.sections.centers import CenterStocks
from lakehouse.report.sections.cohorts import Cohorts
from lakehouse.report.sections.conversion import Conversions
from lakehouse.report.sections.correlation import Correlation
from lakehouse.report.sections.customers import Concentration
from lakehouse.report.sections.demographics import Demographics
from lakehouse.report.sections.elasticity import Elasticities
from lakehouse.report.sections.engaged import EngagedCustomers
from lakehouse.report.sections.engagement import Engagement
from lakehouse.report.sections.fulfilment import Fulfilment
from lakehouse.report.sections.funnel import Funnel
from lakehouse.report.sections.history import History
from lakehouse.report.sections.pairs import SalesPairs
from lakehouse.report.sections.payments import Payments
from lakehouse.report.sections.peaks import Peaks
from lakehouse.report.sections.prices import Prices
from lakehouse.report.sections.product_conversion import ProductConversions
from lakehouse.report.sections.products import Products
from lakehouse.report.sections.promotions import Promotions
from lakehouse.report.sections.seasons import SeasonalItems
from lakehouse.report.sections.segment_history import SegmentHistory
from lakehouse.report.sections.segments import Segments
from lakehouse.report.sections.shipping import Shipping
from lakehouse.report.sections.sizes import OrderSizes
from lakehouse.report.sections.stock import Stock
from lakehouse.report.sections.subscriptions import Subscriptions
from lakehouse.report.sections.years import Years
from lakehouse.session import PROJECT_DIR
from tests.python.gold_tables import write_gold
from tests.python.report.shops_gold import BARE, FULL, MARKUP, SCRIPT, TABLES

S = TypeVar("S", bound=Section)


def _same(fact: Any, row: dict[str, Any]) -> None:
    """Each attribute of the fact that the table has is the table's value."""
    found = {name: value for name, value in asdict(fact).items() if name in row}
    assert found
    assert found == {name: row[name] for name in found}


def _row(table: str, **key: Any) -> dict[str, Any]:
    (row,) = (r for r in TABLES[table] if all(r.get(k) == v for k, v in key.items()))
    return row


def _found(lake: Lake, kind: type[S]) -> list[S]:
    """The sections of a kind that the full shop has."""
    return [section for section in find(lake, FULL).sections if isinstance(section, kind)]


@pytest.mark.parametrize("shop_id", [FULL, BARE])
def test_headlines_are_the_shops_own(gold_lake: Lake, shop_id: str) -> None:
    kpis = asdict(find(gold_lake, shop_id).kpis)
    row = _row("rpt_kpis", shop_id=shop_id)
    assert kpis == {name: row.get(name) for name in kpis}


def test_concentration_is_read_in_the_order_of_ranks(gold_lake: Lake) -> None:
    [found] = _found(gold_lake, Concentration)
    assert found.customer_count == 7
    assert [c.customer_id for c in found.top] == ["c1", "c2", "c3", "c4", "c5"]
    for customer in found.top:
        row = _row("rpt_revenue_concentration", customer_id=customer.customer_id)
        _same(customer, row)
        assert customer.share == row["known_revenue_share"]
    assert (found.top_share, found.pareto_count, found.pareto_share) == (0.97, 2, 0.7)
    assert found.top_share_of_shop == pytest.approx(0.97 * 0.8)
    assert found.pareto_share_of_shop == pytest.approx(0.7 * 0.8)
    assert found.curve[0] == (1 / 7, 0.5)
    assert found.curve[-1] == (1.0, 1.0)
    assert len(found.curve) == 7


def test_a_long_curve_keeps_its_ends_and_its_fifth(lake: Lake) -> None:
    for table in ("dim_shops", "rpt_kpis"):
        write_gold(lake, table, TABLES[table])
    count = 1003
    rows = [
        {
            "shop_id": FULL,
            "customer_id": str(rank),
            "order_count": 1,
            "net_amount": Decimal(1),
            "customer_rank": rank,
            "customer_share": rank / count,
            "known_revenue_share": 1 / count,
            "cumulative_revenue_share": rank / count,
            "revenue_share": 1 / count,
            "is_top_20_percent": rank <= 201,
        }
        for rank in range(1, count + 1)
    ]
    write_gold(lake, "rpt_revenue_concentration", rows)
    [found] = _found(lake, Concentration)
    assert 100 < len(found.curve) < 250
    assert {(1 / count, 1 / count), (201 / count, 201 / count), (1.0, 1.0)} <= set(found.curve)


def test_history_is_by_month_in_order(gold_lake: Lake) -> None:
    [history] = _found(gold_lake, History)
    months = history.months
    assert [f"{m.period_start:%Y-%m}" for m in months] == [
        *("2023-02", "2024-01", "2024-02", "2024-03")
    ]
    for month in months:
        _same(
            month, _row("rpt_sales_history", period_type="month", period_start=month.period_start)
        )


def test_breakdowns_show_the_largest_and_add_up_the_rest(gold_lake: Lake) -> None:
    found = {b.column: b for b in _found(gold_lake, Breakdown)}
    # There is one department, so it is the whole shop.
    assert list(found) == ["category", "country", "location", "season"]
    for column, breakdown in found.items():
        rows = TABLES[f"rpt_sales_by_{column}"]
        assert breakdown.group_count == len(rows)
        for group in breakdown.groups:
            _same(group, _row(f"rpt_sales_by_{column}", **{column: group.name}))
        shown = sum(group.net_amount for group in breakdown.groups)
        assert shown + breakdown.rest_amount == sum(row["net_amount"] for row in rows)
    assert len(found["country"].groups) == 10
    assert found["country"].rest_amount == Decimal("179.00")


def test_the_ring_names_its_slices_and_adds_up(gold_lake: Lake) -> None:
    category = next(b for b in _found(gold_lake, Breakdown) if b.column == "category")
    toys, mugs = category.groups
    # Unknown is ranked last, whatever it brings; what is too thin is among the others.
    thin = replace(mugs, name="Dust", net_amount=Decimal("1.00"))
    unknown = replace(mugs, name="unknown", net_amount=Decimal("499.00"))
    found = replace(
        category, groups=(toys, mugs, thin, unknown), group_count=9, rest_amount=Decimal("200.00")
    )
    [ring] = found.charts("EUR")[1].data
    assert list(zip(ring.text, ring.values, strict=True)) == [
        ("Toys 41.2%", 700.0),
        ("unknown 29.4%", 499.0),
        ("Mugs 17.6%", 300.0),
        ("all others 11.8%", 201.0),
    ]
    [ring] = category.charts("EUR")[1].data
    assert list(ring.text) == ["Toys 70.0%", "Mugs 30.0%"]
    returned = replace(mugs, net_amount=Decimal("-1.00"))
    assert len(replace(category, groups=(toys, returned)).charts("EUR")) == 1


def test_products_by_rank_and_called_by_what_is_known(gold_lake: Lake) -> None:
    [products] = _found(gold_lake, Products)
    assert [p.label for p in products.top] == [SCRIPT, MARKUP, "Acme Toys p3"]
    for product in products.top:
        row = _row("rpt_product_performance", product_id=product.product_id)
        _same(product, {"sales_trend": None, **row})
    assert (products.product_count, products.rising_count, products.falling_count) == (3, 1, 1)


def test_brands_by_money_and_by_conversion(gold_lake: Lake) -> None:
    [brands] = _found(gold_lake, Brands)
    assert [b.brand for b in brands.top] == ["Acme", "Zeta"]
    for brand in brands.top:
        _same(brand, _row("rpt_brand_performance", brand=brand.brand))
    assert brands.best_converting == brands.top[1]


def test_funnel_adds_up_the_days(gold_lake: Lake) -> None:
    [funnel] = _found(gold_lake, Funnel)
    assert (funnel.viewed, funnel.carted) == (2000, 500)
    assert (funnel.purchased, funnel.abandoned) == (250, 250)
    # Of all days together, not the mean of the days' rates.
    assert (funnel.view_to_cart_rate, funnel.cart_to_purchase_rate) == (0.25, 0.5)
    assert funnel.cart_abandonment_rate == 0.5


def test_conversions_leave_out_what_is_not_ranked(gold_lake: Lake) -> None:
    [found] = _found(gold_lake, Conversions)
    conversions = found.categories
    assert [c.category_code for c in conversions] == ["toys.cars"]
    _same(conversions[0], _row("rpt_category_conversion", category_code="toys.cars"))


def test_prices_are_one_row_a_category(gold_lake: Lake) -> None:
    [found] = _found(gold_lake, Prices)
    prices = found.categories
    assert [p.category_code for p in prices] == ["toys.trains", "toys.cars"]
    for price in prices:
        for band, rate in price.purchase_rates:
            row = _row("rpt_price_sensitivity", category_code=price.category_code, price_band=band)
            _same(price, row)
            assert rate == row["purchase_rate"]
    assert [band for band, _ in prices[1].purchase_rates] == [1, 2]


def test_segments_add_up_their_customers(gold_lake: Lake) -> None:
    clv, rfm = _found(gold_lake, Segments)
    assert [(s.name, s.customer_count, s.amount) for s in clv.segments] == [
        ("VIP Champions", 1, Decimal("400.00")),
        ("Regular", 2, Decimal("200.00")),
    ]
    assert [s.customer_share for s in clv.segments] == [1 / 3, 2 / 3]
    assert [s.amount_share for s in rfm.segments] == [0.75, 0.25]
    assert (clv.silent, rfm.silent) == ((), ("frequency",))


def test_pairs_hold_all_sales_and_name_the_rest(gold_lake: Lake) -> None:
    seasons, months, ages = _found(gold_lake, SalesPairs)
    assert (seasons.row, seasons.column) == ("category", "season")
    # Seasons in their order, unknown last; categories by what they bring.
    assert seasons.grid.columns == ("Winter", "Spring", "unknown")
    assert seasons.grid.rows == ("Toys", "Mugs")
    assert seasons.grid.cells == ((600.0, 80.0, None), (250.0, -20.0, 90.0))
    assert [(c.row, c.column, c.net_amount) for c in seasons.top[:2]] == [
        ("Toys", "Winter", Decimal("600.00")),
        ("Mugs", "Winter", Decimal("250.00")),
    ]
    assert seasons.table("EUR").rows[-1] == ("Mugs", "Spring", "-20.00 EUR", "-2.0%", "250")
    # A product goes by its name; an order may hold several, so that counts tell nothing of chance.
    assert months.grid.rows == (SCRIPT, "Acme Toys p3")
    assert months.is_more_than_chance is None
    assert (ages.grid.rows, ages.grid.columns) == (("<18", "25-34"), ("F", "M"))
    assert ages.grid.cells == ((250.0, 50.0), (700.0, None))


def _pairs(lake: Lake, *pairs: tuple[str, str, str, str, str]) -> SalesPairs:
    for table in ("dim_shops", "rpt_kpis"):
        write_gold(lake, table, TABLES[table])
    columns = ("dimension_a", "dimension_b", "bucket_a", "bucket_b", "net_amount")
    rows = [
        {"shop_id": FULL, "order_count": 1, **dict(zip(columns, pair, strict=True))}
        | {"net_amount": Decimal(pair[-1])}
        for pair in pairs
    ]
    write_gold(lake, "rpt_sales_by_pair", rows)
    [found] = _found(lake, SalesPairs)
    return found


def test_what_has_no_place_in_a_pair_is_in_the_rest(lake: Lake) -> None:
    places = [("category", "place", "Mugs", f"Land {n:02}", f"{100 - n}.00") for n in range(14)]
    found = _pairs(lake, *places, ("category", "place", "Toys", "unknown", "500.00"))
    assert found.grid.columns[-2:] == ("Land 09", "5 more")
    # Unknown is the last to have a place, whatever it brings.
    assert dict(zip(found.grid.rows, found.grid.cells, strict=True)) == {
        "Mugs": (*range(100, 90, -1), 90 + 89 + 88 + 87),
        "Toys": (*([None] * 10), 500),
    }
    whole = sum(cell or 0 for row in found.grid.cells for cell in row)
    assert whole == sum(100 - n for n in range(14)) + 500
    assert found.grid.most == 100
    assert found.table("EUR").rows[-1][:3] == ("5 more", "", "445.00 EUR")


def test_a_pair_of_one_value_separates_nobody(lake: Lake) -> None:
    found = _pairs(
        lake,
        ("category", "department", "Mugs", "Home", "10.00"),
        ("category", "department", "Toys", "Home", "30.00"),
    )
    assert found.charts("EUR") == ()
    assert found.sentences("EUR") == (
        "Of 2 pairs of a category and a department, Toys and Home bring most: 30.00 EUR, 75.0% of "
        "net sales.",
        "What separates nobody: department (all Home).",
    )


def test_segments_over_time_balance(gold_lake: Lake) -> None:
    # There is one month end with RFM segments: nothing to compare.
    [history] = _found(gold_lake, SegmentHistory)
    assert history.kind == "clv"
    assert [(f"{m.day:%m-%d}", m.customer_counts) for m in history.month_ends] == [
        ("01-31", (("Regular", 2),)),
        ("02-29", (("Loyal", 1), ("Regular", 2))),
    ]
    # Before, new, from others, to others, after.
    assert history.table("EUR").rows == (
        ("Loyal", "0", "0", "1", "0", "1"),
        ("Regular", "2", "1", "0", "1", "2"),
    )
    stacked, matrix = history.charts("EUR")
    assert [(part.name, list(part.y)) for part in stacked.data] == [
        ("Loyal", [0, 1]),
        ("Regular", [2, 2]),
    ]
    # Rows: who was Loyal, Regular, nobody's customer. One who was Regular still is.
    assert [list(row) for row in matrix.data[0].z] == [[0, None], [1, 1], [None, 1]]


def test_one_segment_at_every_month_end_separates_nobody(lake: Lake) -> None:
    history = TABLES["rpt_customer_segment_history"]
    for table, rows in {
        "dim_shops": TABLES["dim_shops"],
        "rpt_kpis": TABLES["rpt_kpis"],
        "rpt_customer_segment_history": [row | {"clv_segment": "Regular"} for row in history],
        "rpt_segment_migration": TABLES["rpt_segment_migration"][:2],
    }.items():
        write_gold(lake, table, rows)
    [found] = _found(lake, SegmentHistory)
    assert found.charts("EUR") == ()
    assert found.sentences("EUR") == (
        "At each month end all customers are in one segment, Regular: it separates nobody.",
    )


def test_a_month_without_a_move_says_so(lake: Lake) -> None:
    for table, rows in {
        "dim_shops": TABLES["dim_shops"],
        "rpt_kpis": TABLES["rpt_kpis"],
        "rpt_customer_segment_history": TABLES["rpt_customer_segment_history"],
        "rpt_segment_migration": TABLES["rpt_segment_migration"][:1],
    }.items():
        write_gold(lake, table, rows)
    [found] = _found(lake, SegmentHistory)
    assert found.sentences("EUR")[1] == "In that month nobody went from one segment to another."
    assert len(found.charts("EUR")) == 1


def test_brands_by_the_customers_who_meet_them(gold_lake: Lake) -> None:
    [found] = _found(gold_lake, BrandEngagement)
    assert found.customer_count == 3
    assert [(b.brand, b.customer_count, b.first_count) for b in found.brands] == [
        *(("Acme", 2, 1), ("Zeta", 1, 1), ("unknown", 2, 1)),
    ]
    assert found.brands[0].leaders == (("c2", 5), ("c1", 1))
    assert found.table("EUR").rows[0] == ("Acme", "2", "66.7%", "1", "6", "c2 (5), c1 (1)")


def test_brands_beyond_the_first_are_together(lake: Lake) -> None:
    row = TABLES["rpt_customer_brand_engagement"][2]
    brands = [
        row | {"brand": f"b{n:02}", "customer_rank": n + 1, "brand_rank": 1} for n in range(12)
    ]
    for table, rows in {
        "dim_shops": TABLES["dim_shops"],
        "rpt_kpis": TABLES["rpt_kpis"],
        "rpt_customer_brand_engagement": brands,
    }.items():
        write_gold(lake, table, rows)
    [found] = _found(lake, BrandEngagement)
    assert found.table("EUR").rows[-1] == ("2 more", "", "", "0", "10", "")
    write_gold(lake, "rpt_customer_brand_engagement", brands[:1])
    [found] = _found(lake, BrandEngagement)
    assert found.sentences("EUR")[0] == "All brands are one, b00: it separates nobody."
    assert found.charts("EUR") == ()
    write_gold(lake, "rpt_customer_brand_engagement", [row | {"brand": "unknown"}])
    assert _found(lake, BrandEngagement) == []


def test_years_are_compared_over_the_months_of_both(gold_lake: Lake) -> None:
    [years] = _found(gold_lake, Years)
    assert years.years == (2023, 2024)
    # March is there in part, January not a year before.
    assert years.table("EUR").rows == (
        ("January", "", "400.00 EUR", "-"),
        ("February", "250.00 EUR", "500.00 EUR", "+100.0%"),
    )


def test_peaks_are_of_whole_weeks(gold_lake: Lake) -> None:
    [peaks] = _found(gold_lake, Peaks)
    assert [f"{week.period_start:%d}" for week in peaks.weeks] == ["01", "08", "15"]
    for week in peaks.weeks:
        _same(week, _row("rpt_sales_history", period_type="week", period_start=week.period_start))


def test_parts_of_the_assortment_add_up_to_the_products(gold_lake: Lake) -> None:
    [found] = _found(gold_lake, Assortment)
    assert [(p.category, p.name, p.product_count, p.net_amount) for p in found.parts] == [
        ("Mugs", "Zeta", 1, Decimal("600.00")),
        ("unknown", "unknown", 1, Decimal("300.00")),
        ("Toys", "Acme", 1, Decimal("100.00")),
    ]
    assert [p.share for p in found.parts] == [0.6, 0.3, 0.1]


def test_seasonal_items_are_the_best_of_each_season_in_all(gold_lake: Lake) -> None:
    [found] = _found(gold_lake, SeasonalItems)
    assert found.seasons == ["Winter", "Fall"]
    assert [(i.season, i.label) for i in found.best] == [
        *(("Winter", SCRIPT), ("Winter", "Toys p3"), ("Fall", "Toys p3"), ("Fall", SCRIPT)),
    ]
    for item in found.cells:
        _same(item, _row("rpt_seasonal_items", season=item.season, item=item.item))


def test_demographics_leave_no_group_out(gold_lake: Lake) -> None:
    [found] = _found(gold_lake, Demographics)
    assert found.dimensions == ["age_band", "gender", "gender_age_band", "country"]
    assert len(found.groups) == len(TABLES["rpt_demographics"])
    for group in found.groups:
        key = {"dimension": group.dimension, "bucket": group.bucket}
        _same(group, _row("rpt_demographics", **key))
    # Whose gender or age is not known has no cell.
    [cells] = found.charts("EUR")[0].data
    assert [list(row) for row in cells.z] == [[130.0, None], [None, 50.0]]


def test_ages_are_in_their_order(gold_lake: Lake) -> None:
    [found] = _found(gold_lake, Ages)
    assert found.bands == ["<18", "25-34"]
    for category in found.categories:
        key = {"age_band": category.age_band, "category": category.category}
        _same(category, _row("rpt_top_categories_by_age", **key))


def test_cohorts_leave_out_months_held_in_part(gold_lake: Lake) -> None:
    [found] = _found(gold_lake, Cohorts)
    assert [(f"{c.cohort_month:%Y-%m}", c.cohort_size, c.retained) for c in found.cohorts] == [
        ("2023-12", 20, ((1, 5), (2, 2))),
        ("2024-01", 10, ((1, 4),)),
    ]
    # Of all cohorts that have the month, not the mean of their rates.
    assert found.retention(1) == 9 / 30
    assert found.retention(2) == 2 / 20
    assert found.retention(3) is None


def test_engagement_by_category_and_by_customer(gold_lake: Lake) -> None:
    [categories] = _found(gold_lake, Engagement)
    for category in categories.top:
        row = _row("rpt_category_engagement", category_code=category.category_code)
        _same(category, row)
    assert categories.leaders == (("unknown", "c1", 99), ("77", "c2", 43), ("toys.cars", "c1", 40))
    assert [row[-2:] for row in categories.table("EUR").rows] == [("c1", "40"), ("", "")]
    [customers] = _found(gold_lake, EngagedCustomers)
    assert [(c.customer_id, c.interaction_count, c.brand) for c in customers.top] == [
        *(("c1", 40, None), ("c1", 5, "Acme"), ("c2", 5, "Zeta")),
    ]


def test_orders_by_what_they_say(gold_lake: Lake) -> None:
    [promotions] = _found(gold_lake, Promotions)
    assert [p.name for p in promotions.promotions] == ["Neither", "Discount and promo code"]
    for promotion in promotions.promotions:
        _same(promotion, _row("rpt_promo_effectiveness", promo_code_used=promotion.promo_code_used))
    [payments] = _found(gold_lake, Payments)
    assert [m.payment_method for m in payments.methods] == ["Cash", "Card"]
    for method in payments.methods:
        _same(method, _row("rpt_payment_methods", payment_method=method.payment_method))
    [subscriptions] = _found(gold_lake, Subscriptions)
    assert subscriptions.groups == [True, False]
    assert subscriptions.answers == ["Monthly", "Weekly"][::-1]
    [shipping] = _found(gold_lake, Shipping)
    assert shipping.table("EUR").rows == (
        ("Mugs", "100", "80.0%", "20.0%"),
        ("Toys", "100", "", "100.0%"),
    )


def test_stock_by_how_long_it_lasts(gold_lake: Lake) -> None:
    [stock] = _found(gold_lake, Stock)
    assert (stock.product_count, stock.on_hand_count, stock.low_count) == (4, 67, 2)
    assert [p.label for p in stock.low] == [MARKUP, SCRIPT]
    assert dict(stock.bands) == {
        "None left": 1,
        "Under 14 days": 1,
        "14 to 30 days": 0,
        "30 to 90 days": 0,
        "90 to 365 days": 1,
        "365 days and more": 0,
        "Not sold in 90 days": 1,
    }


def test_correlations_by_their_strength(gold_lake: Lake) -> None:
    attributes, categories = _found(gold_lake, Correlation)
    assert [pair.r for pair in attributes.pairs] == [1.0, -0.42, 0.03, None]
    assert "review_rating" not in attributes.items
    assert [(p.first, p.second, p.r) for p in categories.pairs] == [
        *(("Mugs", "Pots", 0.5), ("Mugs", "Toys", -0.05)),
    ]


def test_the_bridge_is_that_of_the_last_quarter_and_adds_up(gold_lake: Lake) -> None:
    [bridge] = _found(gold_lake, Bridge)
    assert (bridge.period_type, bridge.period_start.month) == ("quarter", 4)
    change = bridge.net_amount - bridge.previous_net_amount
    for _, effects in bridge.effects:
        assert sum(value for _, value in effects) == change
        assert all(value for _, value in effects)
    assert [name for name, _ in bridge.effects[0][1]] == ["price", "volume", "mix"]


def test_products_convert_within_an_interval(gold_lake: Lake) -> None:
    [found] = _found(gold_lake, ProductConversions)
    assert [p.label for p in found.top] == [SCRIPT, "Acme toys.cars p3", MARKUP]
    assert (found.product_count, found.ranked_count) == (4, 3)
    for product in found.top:
        _same(product, _row("rpt_product_conversion", view_count=product.view_count))


def test_elasticities_are_those_that_there_are(gold_lake: Lake) -> None:
    [found] = _found(gold_lake, Elasticities)
    assert [e.category_code for e in found.categories] == ["toys.cars", "toys.trains"]
    assert [e.says_nothing for e in found.categories] == [False, True]
    for category in found.categories:
        _same(category, _row("rpt_price_elasticity", category_code=category.category_code))


def test_customers_by_the_size_of_orders(gold_lake: Lake) -> None:
    [found] = _found(gold_lake, OrderSizes)
    assert [t.customer_type for t in found.types] == ["wholesale", "retail", "unknown"]
    for kind in found.types:
        _same(kind, _row("rpt_customer_order_sizes", customer_type=kind.customer_type))


def test_stock_by_centre(gold_lake: Lake) -> None:
    [found] = _found(gold_lake, CenterStocks)
    assert [c.name for c in found.centers] == ["Chicago", "Memphis", "unknown"]
    for center in found.centers:
        _same(center, _row("rpt_inventory_by_center", on_hand_count=center.on_hand_count))


def test_stock_by_centre_and_category_runs_out_first(gold_lake: Lake) -> None:
    [found] = _found(gold_lake, CategoryStocks)
    # What did not sell lasts for ever.
    assert [(s.category, s.center) for s in found.stocks] == [
        ("Toys", "Chicago"),
        ("unknown", "Chicago"),
        ("Toys", "Memphis"),
        ("Mugs", "Memphis"),
        ("Toys", "unknown"),
    ]
    for stock in found.stocks:
        _same(stock, _row("rpt_inventory_by_center_category", on_hand_count=stock.on_hand_count))
    assert found.grid.rows == ("Toys", "Mugs", "unknown")
    assert found.grid.columns == ("Chicago", "Memphis", "unknown")
    assert found.grid.cells == ((0.0, 30.0, 5.0), (None, 10.0, None), (60.0, None, None))


def test_the_stock_of_one_centre_separates_nothing(lake: Lake) -> None:
    stock = TABLES["rpt_inventory_by_center_category"][0]
    many = [stock | {"category": f"c{n:02}", "days_of_cover": float(n)} for n in range(12)]
    for table, rows in {
        "dim_shops": TABLES["dim_shops"],
        "rpt_kpis": TABLES["rpt_kpis"],
        "rpt_inventory_by_center_category": many,
    }.items():
        write_gold(lake, table, rows)
    [found] = _found(lake, CategoryStocks)
    assert found.sentences("EUR") == (
        "Most pieces are c00 in Memphis: 30.",
        "What separates nothing: centre (all Memphis).",
        "At the pace of the last 90 days c00 in Memphis is empty next: in 0.00 days.",
    )
    assert found.table("EUR").rows[-1] == ("2 more", "", "60", "18", "", "60.00 EUR")


def test_one_type_of_customers_separates_nobody(lake: Lake) -> None:
    for table, rows in {
        "dim_shops": TABLES["dim_shops"],
        "rpt_kpis": TABLES["rpt_kpis"],
        "rpt_customer_order_sizes": TABLES["rpt_customer_order_sizes"][:2],
        "rpt_fulfilment": [row | {"late_shipment_count": 0} for row in TABLES["rpt_fulfilment"]],
    }.items():
        write_gold(lake, table, rows)
    [sizes] = _found(lake, OrderSizes)
    assert sizes.sentences("EUR") == (
        "All known customers are retail by the size of their orders: it separates nobody.",
    )
    [fulfilment] = _found(lake, Fulfilment)
    assert fulfilment.sentences("EUR")[1:] == (
        "All centres are late equally often: it separates none.",
    )


def test_centres_add_up_their_categories(gold_lake: Lake) -> None:
    [found] = _found(gold_lake, Fulfilment)
    chicago, memphis = found.centers
    # Weighted by the shipments, not the mean of the means.
    assert (memphis.shipped_count, memphis.mean_days_to_ship) == (40, 1.75)
    assert (memphis.late_shipment_rate, chicago.late_shipment_rate) == (0.1, 0.5)
    assert (found.whole.order_item_count, found.whole.cancelled_count) == (84, 8)
    assert found.whole.mean_days_to_ship == 2.0


def test_baskets_name_their_items(gold_lake: Lake) -> None:
    product, category = _found(gold_lake, Basket)
    assert (product.pairs[0].item_a, product.pairs[0].item_b) == (SCRIPT, "Acme Toys p3")
    for basket in (product, category):
        row = {**_row("rpt_market_basket", level=basket.level)}
        _same(basket, row | {"pair_count": 1})
        del row["item_a"], row["item_b"]
        _same(basket.pairs[0], row)


def test_a_pair_that_chance_explains_comes_last(lake: Lake) -> None:
    pair = _row("rpt_market_basket", level="product")
    chance = pair | {"item_b": "p2", "lift": 9.0, "strength": "none"}
    for table, rows in {
        "dim_shops": TABLES["dim_shops"],
        "rpt_kpis": TABLES["rpt_kpis"],
        "dim_products": TABLES["dim_products"],
        "rpt_market_basket": [chance, pair],
    }.items():
        write_gold(lake, table, rows)
    [basket] = _found(lake, Basket)
    assert [p.strength for p in basket.pairs] == ["strong", "none"]


def test_customers_that_no_score_separates_are_in_no_segment(lake: Lake) -> None:
    customer = TABLES["rpt_customer_rfm"][0]
    for table, rows in {
        "dim_shops": TABLES["dim_shops"],
        "rpt_kpis": TABLES["rpt_kpis"],
        "rpt_customer_rfm": [customer, customer | {"rfm_segment": None}],
    }.items():
        write_gold(lake, table, rows)
    [rfm] = _found(lake, Segments)
    [segment] = rfm.segments
    assert (segment.name, segment.customer_count) == (customer["rfm_segment"], 1)
    assert rfm.unsegmented_count == 1
    assert rfm.charts("EUR") == ()
    assert rfm.sentences("EUR") == (
        "All customers are in one segment, Champions: it separates nobody.",
        "Recency, frequency and amount separate nobody: all customers have the same score.",
        "1 customer is in no segment.",
    )


def test_one_season_separates_nothing(lake: Lake) -> None:
    for table, rows in {
        "dim_shops": TABLES["dim_shops"],
        "rpt_kpis": TABLES["rpt_kpis"],
        "rpt_seasonal_items": TABLES["rpt_seasonal_items"][:2],
    }.items():
        write_gold(lake, table, rows)
    [found] = _found(lake, SeasonalItems)
    assert found.charts("EUR") == ()
    assert found.sentences("EUR") == (
        "All purchases fall into Fall: one season separates nothing. "
        "Toys p3 is bought most (8 times).",
    )


def test_a_shop_without_a_column_has_nothing_of_it(gold_lake: Lake) -> None:
    found = find(gold_lake, BARE)
    assert found.sections == ()
    assert found.not_built == ()


def test_a_shop_that_earned_nothing_has_no_shares(lake: Lake) -> None:
    for table in ("dim_shops", "rpt_kpis"):
        write_gold(lake, table, TABLES[table])
    row = {"shop_id": FULL, "customer_id": "c", "customer_rank": 1, "net_amount": Decimal(0)}
    write_gold(lake, "rpt_revenue_concentration", [row | {"is_top_20_percent": True}])
    assert find(lake, FULL).sections == ()


def test_tables_that_are_not_built_are_named(lake: Lake) -> None:
    for table in ("dim_shops", "rpt_kpis"):
        write_gold(lake, table, TABLES[table])
    found = find(lake, FULL)
    assert set(found.not_built) == TABLES.keys() - {"dim_shops", "rpt_kpis", "dim_products"}


def test_an_unknown_shop_is_told_which_there_are(gold_lake: Lake) -> None:
    with pytest.raises(LakehouseError, match=r"no shop 'nope'.*bare, full"):
        find(gold_lake, "nope")


def test_before_a_build_it_says_so(lake: Lake) -> None:
    with pytest.raises(LakehouseError, match="lakehouse build"):
        find(lake, FULL)


def test_the_exposure_names_the_tables_that_the_report_reads(
    gold_lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = {"dim_shops"}

    def recorded(lake: Lake, layer: str, table: str, *rest: Any) -> Any:
        assert layer == "gold"
        read.add(table)
        return read_table(lake, layer, table, *rest)

    monkeypatch.setattr("lakehouse.report.gold.read_table", recorded)
    find(gold_lake, FULL)
    assert exposed("shop_report") == {f"ref('{table}')" for table in read}


def test_the_export_is_exposed_to_every_table_of_gold() -> None:
    gold = Path(PROJECT_DIR, "models", "gold").glob("*/*.sql")
    models = {path.stem for path in gold if not path.stem.startswith("int_")}
    assert exposed("table_export") == {f"ref('{model}')" for model in models}, (
        "models/exposures/_export__exposures.yml lists every model of gold"
    )


def exposed(name: str) -> set[str]:
    """What an exposure depends on."""
    for path in Path(PROJECT_DIR, "models", "exposures").glob("*.yml"):
        for exposure in yaml.safe_load(path.read_text(encoding="utf-8"))["exposures"]:
            if exposure["name"] == name:
                return set(exposure["depends_on"])
    raise AssertionError(f"no exposure {name}")
