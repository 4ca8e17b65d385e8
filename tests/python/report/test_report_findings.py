"""Every fact of the report is what its table has."""

from __future__ import annotations

from dataclasses import asdict
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
from lakehouse.report.sections.brands import Brands
from lakehouse.report.sections.breakdown import Breakdown
from lakehouse.report.sections.cohorts import Cohorts
from lakehouse.report.sections.conversion import Conversions
from lakehouse.report.sections.correlation import Correlation
from lakehouse.report.sections.customers import Concentration
from lakehouse.report.sections.demographics import Demographics
from lakehouse.report.sections.engaged import EngagedCustomers
from lakehouse.report.sections.engagement import Engagement
from lakehouse.report.sections.funnel import Funnel
from lakehouse.report.sections.history import History
from lakehouse.report.sections.payments import Payments
from lakehouse.report.sections.peaks import Peaks
from lakehouse.report.sections.prices import Prices
from lakehouse.report.sections.products import Products
from lakehouse.report.sections.promotions import Promotions
from lakehouse.report.sections.seasons import SeasonalItems
from lakehouse.report.sections.segments import Segments
from lakehouse.report.sections.shipping import Shipping
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
    [found] = _found(gold_lake, Correlation)
    assert [pair.r for pair in found.pairs] == [1.0, -0.42, 0.03, None]
    assert "review_rating" not in found.items


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
