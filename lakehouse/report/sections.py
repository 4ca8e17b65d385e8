"""The report as sections, each sentences and a table: the same in the terminal and on the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lakehouse.report.facts import Basket, Breakdown, Findings, Pair, Segment
from lakehouse.report.text import NONE, amount, change, count, counted, number, percent

SIGNALS = {
    "cross-sell": "Baskets hold little more than one item: offer a second one (cross-sell).",
    "up-sell": "The average order is below the median one: offer better items (up-sell).",
    "hold": "Baskets and order values are in balance: nothing to change there.",
}
PLURALS = {
    "category": "categories",
    "country": "countries",
    "department": "departments",
    "location": "places",
    "season": "seasons",
}


@dataclass(frozen=True)
class Column:
    """A column of a table; numbers stand to the right."""

    name: str
    is_number: bool = True


@dataclass(frozen=True)
class TextTable:
    """A table of texts; the first column names its rows."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """A part of the report."""

    section_id: str
    title: str
    sentences: tuple[str, ...]
    table: TextTable


def headlines(findings: Findings) -> tuple[tuple[str, str], ...]:
    """The headline figures: label and text."""
    kpis = findings.kpis
    unit = findings.shop.currency_code
    figures = [
        ("Net sales", amount(kpis.net_amount, unit)),
        ("Gross sales", amount(kpis.gross_amount, unit)),
        ("Returns", amount(kpis.returned_amount, unit)),
        ("Orders", count(kpis.order_count)),
        ("Customers", count(kpis.customer_count)),
        ("Units", count(kpis.unit_count)),
        ("Average order", amount(kpis.average_order_value, unit)),
        ("Median order", amount(kpis.median_order_amount, unit)),
        ("Items per order", number(kpis.items_per_order)),
    ]
    if kpis.session_count is not None:
        figures += [
            ("Sessions", count(kpis.session_count)),
            ("Sessions with a purchase", count(kpis.converting_session_count)),
            ("Conversion", percent(kpis.conversion_rate)),
        ]
        if kpis.human_conversion_rate != kpis.conversion_rate:
            figures.append(("Conversion without robots", percent(kpis.human_conversion_rate)))
    return tuple(figures)


def advice(findings: Findings) -> str | None:
    """What the headline figures suggest to try next."""
    return SIGNALS.get(findings.kpis.cross_sell_signal or "")


def sections(findings: Findings) -> tuple[Section, ...]:
    """The sections that the shop's data fill, in their order; their tables have no empty column."""
    return tuple(
        replace(section, table=_without_empty_columns(section.table))
        for section in _sections(findings)
    )


def _without_empty_columns(table: TextTable) -> TextTable:
    kept = [
        i for i in range(len(table.columns)) if any(row[i] not in ("", NONE) for row in table.rows)
    ]
    return replace(
        table,
        columns=tuple(table.columns[i] for i in kept),
        rows=tuple(tuple(row[i] for i in kept) for row in table.rows),
    )


def _sections(findings: Findings) -> Iterator[Section]:
    unit = findings.shop.currency_code
    if findings.concentration:
        yield _customers(findings, unit)
    if findings.history:
        yield _history(findings, unit)
    for breakdown in findings.breakdowns:
        yield _breakdown(breakdown, unit)
    if findings.products:
        yield _products(findings, unit)
    if findings.brands:
        yield _brands(findings, unit)
    if findings.funnel:
        yield _funnel(findings)
    if findings.conversions:
        yield _conversions(findings)
    if findings.prices:
        yield _prices(findings, unit)
    if findings.clv_segments:
        yield _segments("clv", "Customers by lifetime value", findings.clv_segments, unit)
    if findings.rfm_segments:
        title = "Customers by recency, frequency and amount"
        yield _segments("rfm", title, findings.rfm_segments, unit)
    for basket in findings.baskets:
        yield _basket(basket)


def _customers(findings: Findings, unit: str) -> Section:
    found = findings.concentration
    assert found is not None
    top = f"The top {len(found.top)} customers bring"
    if len(found.top) == 1:
        top = "The top customer brings"
    sentences = [
        f"{top} {percent(found.top_share)} of net sales to known customers, the top 20% "
        f"({count(found.pareto_count)} of {count(found.customer_count)}) "
        f"{percent(found.pareto_share)}."
    ]
    of_shop = percent(found.top_share_of_shop), percent(found.pareto_share_of_shop)
    if of_shop != (percent(found.top_share), percent(found.pareto_share)):
        sentences.append(
            f"Of all net sales, also those to nobody known, that is {of_shop[0]} and {of_shop[1]}."
        )
    return Section(
        "customers",
        "Best customers and concentration",
        tuple(sentences),
        TextTable(
            "The best customers; shares are of the net sales to known customers",
            (Column("Customer", False), Column("Net sales"), Column("Orders"), Column("Share")),
            tuple(
                (c.customer_id, amount(c.net_amount, unit), count(c.order_count), percent(c.share))
                for c in found.top
            ),
        ),
    )


def _history(findings: Findings, unit: str) -> Section:
    months = findings.history
    best = max(months, key=lambda m: m.net_amount)
    sentences = [f"The best month is {best.start:%B %Y} with {amount(best.net_amount, unit)}."]
    complete = [m for m in months if m.is_complete]
    if complete and complete[-1].growth_rate is not None:
        sentences.append(
            f"The last complete month, {complete[-1].start:%B %Y}, brings "
            f"{amount(complete[-1].net_amount, unit)}, {change(complete[-1].growth_rate)} "
            "against the month before."
        )
    return Section(
        "history",
        "Sales over time",
        tuple(sentences),
        TextTable(
            "Months, the latest first; * a month of which the data hold only some days",
            (
                Column("Month", False),
                Column("Net sales"),
                Column("Orders"),
                Column("Customers"),
                Column("Growth"),
            ),
            tuple(
                (
                    f"{m.start:%Y-%m}{'' if m.is_complete else ' *'}",
                    amount(m.net_amount, unit),
                    count(m.order_count),
                    count(m.customer_count),
                    change(m.growth_rate),
                )
                for m in reversed(months)
            ),
        ),
    )


def _breakdown(found: Breakdown, unit: str) -> Section:
    plural = PLURALS[found.column]
    first = found.groups[0]
    sentence = (
        f"{first.name} brings {percent(first.revenue_share)} of net sales "
        f"({amount(first.net_amount, unit)})"
    )
    if len(found.groups) > 1:
        second = found.groups[1]
        sentence += f", followed by {second.name} with {percent(second.revenue_share)}"
    has_margin = any(group.margin_rate is not None for group in found.groups)
    rows = [
        (
            group.name,
            amount(group.net_amount, unit),
            percent(group.revenue_share),
            count(group.order_count),
            *((percent(group.margin_rate), percent(group.known_cost_share)) if has_margin else ()),
        )
        for group in found.groups
    ]
    rest = found.group_count - len(found.groups)
    if rest:
        empty = ("",) * (len(rows[0]) - 2)
        rows.append((f"{count(rest)} more", amount(found.rest_amount, unit), *empty))
    margin = (Column("Margin"), Column("Cost known")) if has_margin else ()
    return Section(
        found.column,
        f"Sales by {'place' if found.column == 'location' else found.column}",
        (f"{sentence}.",),
        TextTable(
            f"{plural.capitalize()} by net sales",
            (
                Column("Place" if found.column == "location" else found.column.title(), False),
                Column("Net sales"),
                Column("Share"),
                Column("Orders"),
                *margin,
            ),
            tuple(rows),
        ),
    )


def _products(findings: Findings, unit: str) -> Section:
    found = findings.products
    assert found is not None
    first = found.top[0]
    sentences = [
        f"The best of {counted(found.product_count, 'product', 'products')} is "
        f"{first.label}: {amount(first.net_amount, unit)}, "
        f"{percent(first.revenue_share)} of net sales."
    ]
    if found.rising_count or found.falling_count:
        sentences.append(
            f"Of late {count(found.rising_count)} sell more from month to month, "
            f"{count(found.falling_count)} less."
        )
    return Section(
        "products",
        "Best products",
        tuple(sentences),
        TextTable(
            "Products by net sales",
            (
                Column("Product", False),
                Column("Net sales"),
                Column("Share"),
                Column("Units"),
                Column("Average price"),
                Column("Returned"),
                Column("Trend", False),
            ),
            tuple(
                (
                    p.label,
                    amount(p.net_amount, unit),
                    percent(p.revenue_share),
                    count(p.unit_count),
                    amount(p.average_price, unit),
                    percent(p.return_rate),
                    p.sales_trend or NONE,
                )
                for p in found.top
            ),
        ),
    )


def _brands(findings: Findings, unit: str) -> Section:
    found = findings.brands
    assert found is not None
    first = found.top[0]
    sentences = [
        f"The best of {counted(found.brand_count, 'brand', 'brands')} is {first.brand} "
        f"with {amount(first.net_amount, unit)} of net sales."
    ]
    best = found.best_converting
    if best:
        sentences.append(
            f"{best.brand} turns most views into purchases: {percent(best.conversion_rate)} of "
            f"{count(best.view_count)}."
        )
    return Section(
        "brands",
        "Best brands",
        tuple(sentences),
        TextTable(
            "Brands by net sales",
            (
                Column("Brand", False),
                Column("Net sales"),
                Column("Products"),
                Column("Views"),
                Column("Purchases"),
                Column("Purchases per view"),
            ),
            tuple(
                (
                    b.brand,
                    amount(b.net_amount, unit),
                    count(b.product_count),
                    count(b.view_count),
                    count(b.purchase_count),
                    percent(b.conversion_rate),
                )
                for b in found.top
            ),
        ),
    )


def _funnel(findings: Findings) -> Section:
    found = findings.funnel
    assert found is not None
    return Section(
        "funnel",
        "From view to purchase",
        (
            f"Of {counted(found.viewed, 'session that views', 'sessions that view')} a product, "
            f"{percent(found.view_to_cart_rate)} fill a cart and "
            f"{percent(found.cart_to_purchase_rate)} of these buy; "
            f"{percent(found.cart_abandonment_rate)} of the carts are left behind.",
        ),
        TextTable(
            "Sessions by the steps they reach",
            (Column("Step", False), Column("Sessions"), Column("Of the step before")),
            (
                ("Viewed a product", count(found.viewed), ""),
                ("Filled a cart", count(found.carted), percent(found.view_to_cart_rate)),
                ("Bought", count(found.purchased), percent(found.cart_to_purchase_rate)),
            ),
        ),
    )


def _conversions(findings: Findings) -> Section:
    found = findings.conversions
    return Section(
        "conversion",
        "Categories by conversion",
        (
            f"{found[0].category_code} turns most views into purchases: "
            f"{percent(found[0].conversion_rate)} of {count(found[0].view_count)}.",
        ),
        TextTable(
            "Categories by purchases per view, those with few views left out",
            (Column("Category", False), Column("Views"), Column("Purchases"), Column("Per view")),
            tuple(
                (
                    c.category_code,
                    count(c.view_count),
                    count(c.purchase_count),
                    percent(c.conversion_rate),
                )
                for c in found
            ),
        ),
    )


def _prices(findings: Findings, unit: str) -> Section:
    found = findings.prices
    bands = sorted({band for price in found for band, _ in price.purchase_rates})
    dearest = found[0]
    return Section(
        "prices",
        "Prices of categories",
        (
            f"{dearest.category_code} is the dearest category: "
            f"{amount(dearest.average_price, unit)} on average, "
            f"from {amount(dearest.min_price, unit)} to {amount(dearest.max_price, unit)}.",
        ),
        TextTable(
            "Categories by average price, and the purchases per view of their products by quarter "
            "of price (1 the cheapest)",
            (
                Column("Category", False),
                Column("Average"),
                Column("Lowest"),
                Column("Highest"),
                *(Column(f"Quarter {band}") for band in bands),
            ),
            tuple(
                (
                    p.category_code,
                    amount(p.average_price, unit),
                    amount(p.min_price, unit),
                    amount(p.max_price, unit),
                    *(percent(dict(p.purchase_rates).get(band)) for band in bands),
                )
                for p in found
            ),
        ),
    )


def _segments(section_id: str, title: str, found: tuple[Segment, ...], unit: str) -> Section:
    first = found[0]
    return Section(
        section_id,
        title,
        (
            f"The segment {first.name} is {percent(first.customer_share)} of the customers "
            f"and brings {percent(first.amount_share)} of their net sales.",
        ),
        TextTable(
            "Segments by net sales",
            (
                Column("Segment", False),
                Column("Customers"),
                Column("Of the customers"),
                Column("Net sales"),
                Column("Of the sales"),
            ),
            tuple(
                (
                    s.name,
                    count(s.customer_count),
                    percent(s.customer_share),
                    amount(s.amount, unit),
                    percent(s.amount_share),
                )
                for s in found
            ),
        ),
    )


def _basket(found: Basket) -> Section:
    plural = "products" if found.level == "product" else "categories"
    best = found.pairs[0]
    sentence = "No pair is bought together more often than by chance."
    if best.lift > 1 and best.strength != "none":
        sentence = _rule(best, found.basis)
    return Section(
        f"basket-{found.level}",
        f"{plural.capitalize()} bought together",
        (sentence,),
        TextTable(
            f"The strongest of {counted(found.pair_count, 'pair', 'pairs')}; lift 1 is chance",
            (
                Column("Pair", False),
                Column(f"{found.basis.capitalize()}s with both"),
                Column("Lift"),
                Column("First → second"),
                Column("Second → first"),
                Column("Strength", False),
            ),
            tuple(
                (
                    f"{p.item_a} + {p.item_b}",
                    count(p.pair_count),
                    number(p.lift),
                    percent(p.confidence_a_to_b),
                    percent(p.confidence_b_to_a),
                    p.strength,
                )
                for p in found.pairs
            ),
        ),
    )


def _rule(pair: Pair, basis: str) -> str:
    """The pair in the direction that says more."""
    has, gets, confidence = pair.item_a, pair.item_b, pair.confidence_a_to_b
    if pair.confidence_b_to_a > confidence:
        has, gets, confidence = pair.item_b, pair.item_a, pair.confidence_b_to_a
    return (
        f"{percent(confidence)} of {basis}s with {has} also have {gets}: "
        f"{number(pair.lift)} times as many as by chance "
        f"({counted(pair.pair_count, basis, f'{basis}s')})."
    )
