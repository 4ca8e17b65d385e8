"""Reads the facts of a report from gold, without Spark."""

from __future__ import annotations

import math
from dataclasses import fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from lakehouse.reading import read_table, table_state
from lakehouse.report.facts import (
    Basket,
    Brand,
    Brands,
    Breakdown,
    CategoryConversion,
    CategoryPrice,
    Concentration,
    Findings,
    Funnel,
    Group,
    Kpis,
    Month,
    Pair,
    Product,
    Products,
    Segment,
    TopCustomer,
)
from lakehouse.shops import find_shop

if TYPE_CHECKING:
    import pyarrow as pa

TOP_CUSTOMERS = 5
TOP_ROWS = 10
CURVE_POINTS = 200
BREAKDOWNS = ("category", "department", "country", "location", "season")


class ShopGold:
    """One shop's rows of gold; a table that is not built has none, and is remembered."""

    def __init__(self, lake: Lake, shop_id: str) -> None:
        """Keeps where to read."""
        self._lake = lake
        self._shop_id = shop_id
        self.not_built: list[str] = []

    def read(self, table: str, columns: tuple[str, ...]) -> pa.Table:
        """The shop's rows of a table."""
        import pyarrow as pa

        if not self._lake.has_table("gold", table):
            self.not_built.append(table)
            return pa.table({column: pa.nulls(0) for column in columns})
        return read_table(self._lake, "gold", table, self._shop_id, columns)


def find(lake: Lake, shop_id: str) -> Findings:
    """What gold says of a shop.

    Raises:
        LakehouseError: an unknown shop, or a lake whose gold is not built.
    """
    if not (lake.has_table("gold", "dim_shops") and lake.has_table("gold", "rpt_kpis")):
        raise LakehouseError(f"Nothing is built in the lake {lake.root}. Run: lakehouse build")
    shop = find_shop(lake, shop_id)
    gold = ShopGold(lake, shop_id)
    return Findings(
        shop=shop,
        as_of=table_state(lake, "gold", "rpt_kpis").changed_at,
        kpis=_kpis(gold),
        concentration=_concentration(gold),
        history=_history(gold),
        breakdowns=tuple(b for b in (_breakdown(gold, column) for column in BREAKDOWNS) if b),
        products=_products(gold),
        brands=_brands(gold),
        funnel=_funnel(gold),
        conversions=_conversions(gold),
        prices=_prices(gold),
        clv_segments=_segments(gold, "rpt_customer_clv", "clv_segment", "lifetime_value"),
        rfm_segments=_segments(gold, "rpt_customer_rfm", "rfm_segment", "monetary_amount"),
        baskets=_baskets(gold),
        not_built=tuple(gold.not_built),
    )


def _names(fact: type, *more: str) -> tuple[str, ...]:
    """The columns of a fact whose attributes are named like them."""
    return (*(field.name for field in fields(fact)), *more)


def _top(table: pa.Table, rank: str, count: int = TOP_ROWS) -> list[dict[str, Any]]:
    """The rows of the first ranks, in their order, without the rank."""
    import pyarrow.compute as pc

    if not table.num_rows:
        return []
    best = table.filter(pc.field(rank) <= count).sort_by(rank)
    return best.drop_columns([rank]).to_pylist()


def _total(table: pa.Table, column: str) -> Any:
    """The sum of a column; 0 without rows."""
    import pyarrow.compute as pc

    return pc.sum(table[column]).as_py() or 0 if table.num_rows else 0


def _rate(part: Any, whole: Any) -> float | None:
    return float(part / whole) if whole else None


def _kpis(gold: ShopGold) -> Kpis:
    rows = gold.read("rpt_kpis", _names(Kpis)).to_pylist()
    if not rows:
        raise LakehouseError("The shop has no row in gold.rpt_kpis. Run: lakehouse build")
    return Kpis(**rows[0])


def _concentration(gold: ShopGold) -> Concentration | None:
    columns = (
        *("customer_id", "order_count", "net_amount", "customer_rank", "customer_share"),
        *("known_revenue_share", "cumulative_revenue_share", "revenue_share", "is_top_20_percent"),
    )
    customers = gold.read("rpt_revenue_concentration", columns)
    if not customers.num_rows:
        return None
    customers = customers.sort_by("customer_rank")
    if customers["cumulative_revenue_share"].null_count or customers["revenue_share"].null_count:
        # Nothing was earned in all: there are no shares of it.
        return None
    best = customers.slice(0, TOP_CUSTOMERS)
    fifth = customers.filter(customers["is_top_20_percent"])
    steps = max(1, math.ceil(customers.num_rows / CURVE_POINTS))
    shown = sorted(
        {*range(0, customers.num_rows, steps), fifth.num_rows - 1, customers.num_rows - 1}
    )
    points = customers.take(shown)
    return Concentration(
        customer_count=customers.num_rows,
        top=tuple(
            TopCustomer(
                r["customer_id"], r["net_amount"], r["order_count"], r["known_revenue_share"]
            )
            for r in best.to_pylist()
        ),
        top_share=best["cumulative_revenue_share"][-1].as_py(),
        top_share_of_shop=_total(best, "revenue_share"),
        pareto_count=fifth.num_rows,
        pareto_share=fifth["cumulative_revenue_share"][-1].as_py(),
        pareto_share_of_shop=_total(fifth, "revenue_share"),
        curve=tuple(
            (r["customer_share"], r["cumulative_revenue_share"]) for r in points.to_pylist()
        ),
    )


def _history(gold: ShopGold) -> tuple[Month, ...]:
    columns = ("period_start", *_names(Month)[1:], "period_type")
    rows = gold.read("rpt_sales_history", columns).to_pylist()
    months = sorted(
        (r for r in rows if r["period_type"] == "month"), key=lambda r: r["period_start"]
    )
    return tuple(
        Month(r["period_start"], **{name: r[name] for name in _names(Month)[1:]}) for r in months
    )


def _breakdown(gold: ShopGold, column: str) -> Breakdown | None:
    columns = (column, *_names(Group)[1:], "revenue_rank")
    table = gold.read(f"rpt_sales_by_{column}", columns)
    groups = tuple(Group(r.pop(column), **r) for r in _top(table, "revenue_rank"))
    if len(groups) < 2:
        # One group is the whole shop.
        return None
    shown = sum((group.net_amount for group in groups), Decimal(0))
    return Breakdown(column, groups, table.num_rows, _total(table, "net_amount") - shown)


def _products(gold: ShopGold) -> Products | None:
    measures = _names(Product)[2:]
    table = gold.read(
        "rpt_product_performance",
        ("product_id", "product_name", "brand", "category", *measures, "revenue_rank"),
    )
    if not table.num_rows:
        return None
    trends = table["sales_trend"].to_pylist()
    return Products(
        top=tuple(
            Product(r["product_id"], _label(r), **{name: r[name] for name in measures})
            for r in _top(table, "revenue_rank")
        ),
        product_count=table.num_rows,
        rising_count=trends.count("rising"),
        falling_count=trends.count("falling"),
    )


def _label(product: dict[str, Any]) -> str:
    """What a product is called: its name; without one, its brand, category and id."""
    if product["product_name"]:
        return str(product["product_name"])
    known = (product["brand"], product["category"], product["product_id"])
    return " ".join(part for part in known if part)


def _brands(gold: ShopGold) -> Brands | None:
    table = gold.read("rpt_brand_performance", _names(Brand, "revenue_rank", "conversion_rank"))
    top = tuple(Brand(**r) for r in _top(table.drop_columns(["conversion_rank"]), "revenue_rank"))
    if not top:
        return None
    best = _top(table.drop_columns(["revenue_rank"]), "conversion_rank", 1)
    return Brands(top, table.num_rows, Brand(**best[0]) if best else None)


def _funnel(gold: ShopGold) -> Funnel | None:
    steps = ("sessions_viewed", "sessions_carted", "sessions_purchased", "sessions_abandoned")
    days = gold.read("rpt_funnel_daily", steps)
    viewed, carted, purchased, abandoned = (_total(days, step) for step in steps)
    if not viewed:
        return None
    return Funnel(
        viewed=viewed,
        carted=carted,
        purchased=purchased,
        abandoned=abandoned,
        view_to_cart_rate=_rate(carted, viewed),
        cart_to_purchase_rate=_rate(purchased, carted),
        cart_abandonment_rate=_rate(abandoned, carted),
    )


def _conversions(gold: ShopGold) -> tuple[CategoryConversion, ...]:
    table = gold.read("rpt_category_conversion", _names(CategoryConversion, "conversion_rank"))
    return tuple(CategoryConversion(**r) for r in _top(table, "conversion_rank"))


def _prices(gold: ShopGold) -> tuple[CategoryPrice, ...]:
    columns = ("category_code", "average_price", "min_price", "max_price")
    table = gold.read(
        "rpt_price_sensitivity", (*columns, "price_band", "purchase_rate", "average_price_rank")
    )
    bands: dict[tuple[Any, ...], list[tuple[int, float | None]]] = {}
    for row in _top(table, "average_price_rank"):
        key = tuple(row[column] for column in columns)
        bands.setdefault(key, []).append((row["price_band"], row["purchase_rate"]))
    return tuple(
        CategoryPrice(category, average, lowest, highest, tuple(sorted(found)))
        for (category, average, lowest, highest), found in bands.items()
    )


def _segments(gold: ShopGold, table: str, segment: str, amount: str) -> tuple[Segment, ...]:
    customers = gold.read(table, (segment, amount)).drop_null()
    if not customers.num_rows:
        return ()
    groups = customers.group_by(segment).aggregate([(amount, "sum"), ([], "count_all")])
    total = _total(customers, amount)
    segments = (
        Segment(
            name=row[segment],
            customer_count=row["count_all"],
            amount=row[f"{amount}_sum"],
            customer_share=row["count_all"] / customers.num_rows,
            amount_share=_rate(row[f"{amount}_sum"], total),
        )
        for row in groups.to_pylist()
    )
    return tuple(sorted(segments, key=lambda s: (-s.amount, s.name)))


def _baskets(gold: ShopGold) -> tuple[Basket, ...]:
    measures = _names(Pair)[2:]
    columns = ("level", "basis", "item_a", "item_b", "item_a_name", "item_b_name", *measures)
    rows = gold.read("rpt_market_basket", columns).to_pylist()
    rows.sort(key=lambda r: (-r["lift"], -r["pair_count"], r["item_a"], r["item_b"]))
    rows.sort(key=lambda r: r["strength"] == "none")  # what chance explains comes last
    baskets = []
    for level in ("product", "category"):
        mine = [r for r in rows if r["level"] == level]
        if not mine:
            continue
        best = mine[:TOP_ROWS]
        labels = _item_labels(gold, best) if level == "product" else {}
        pairs = tuple(
            Pair(
                labels.get(r["item_a"], r["item_a"]),
                labels.get(r["item_b"], r["item_b"]),
                **{name: r[name] for name in measures},
            )
            for r in best
        )
        baskets.append(Basket(level, mine[0]["basis"], pairs, len(mine)))
    return tuple(baskets)


def _item_labels(gold: ShopGold, pairs: list[dict[str, Any]]) -> dict[str, str]:
    """Product id -> label of the products in the pairs; unnamed ones are looked up."""
    named = {p[item]: p[f"{item}_name"] for p in pairs for item in ("item_a", "item_b")}
    unnamed = [item for item, name in named.items() if name in (None, item)]
    labels = {item: name for item, name in named.items() if item not in unnamed}
    if unnamed:
        import pyarrow.compute as pc

        products = gold.read("dim_products", ("product_id", "product_name", "brand", "category"))
        found = products.filter(pc.field("product_id").isin(unnamed)).to_pylist()
        labels |= {product["product_id"]: _label(product) for product in found}
    return labels
