"""The page loads nothing, escapes everything, and says what the findings say."""

from __future__ import annotations

import io
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from rich.console import Console

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from lakehouse.report import find, print_findings, render_page, write_page
from lakehouse.report.sections import SECTIONS
from lakehouse.report.sections.breakdown import Breakdown
from tests.python.report.shops_gold import BARE, FULL, MARKUP, SCRIPT

IDS = [
    *(
        "customers",
        "history",
        "years",
        "peaks",
        "bridge",
        "category",
        "country",
        "location",
        "season",
    ),
    *("pair-category-season", "pair-product-month", "pair-age-gender"),
    *(
        "assortment",
        "seasonal",
        "products",
        "brands",
        "funnel",
        "conversion",
        "product-conversion",
        "prices",
        "elasticity",
    ),
    *("engagement", "brand-engagement", "engaged", "demographics", "ages"),
    *("clv", "rfm", "clv-history", "sizes", "cohorts"),
    *(
        "basket-product",
        "basket-category",
        "correlation-attributes",
        "correlation-categories",
        "promotions",
        "payments",
    ),
    *("subscriptions", "shipping", "fulfilment", "stock", "centers", "center-categories"),
]
UNIT = "EUR"
LOADING = {"src", "srcset", "data", "poster", "action", "background"}


class Page(HTMLParser):
    """What a browser would see: elements, ids, texts outside scripts, and what would be loaded."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.scripts: list[str] = []
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._inside = tag
        for name, value in attrs:
            text = value or ""
            if name == "id":
                self.ids.append(text)
            is_load = name in LOADING or (name == "href" and not text.startswith("#"))
            if is_load or tag in ("link", "iframe", "object", "embed", "base"):
                self.loads.append(f"{tag} {name}={text}")

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        (self.scripts if self._inside == "script" else self.texts).append(data)


def _page(lake: Lake, shop_id: str) -> tuple[str, Page]:
    html = render_page(find(lake, shop_id))
    return html, Page(html)


def test_the_page_loads_nothing(gold_lake: Lake) -> None:
    html, page = _page(gold_lake, FULL)
    assert page.loads == []
    assert "default-src 'none'" in html
    # The one address in its own text would be in a product's name.
    style = html[html.index("<style>") : html.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style


def test_a_load_would_be_found() -> None:
    assert Page('<script src="https://cdn.example/x.js"></script>').loads
    assert Page('<link rel="stylesheet" href="https://cdn.example/x.css">').loads
    assert Page('<a href="https://example.com">x</a>').loads
    assert not Page('<a href="#top">x</a>').loads


def test_names_are_text_wherever_they_stand(gold_lake: Lake) -> None:
    html, page = _page(gold_lake, FULL)
    assert SCRIPT not in html
    assert SCRIPT in page.texts
    assert not any("alert(1)" in script and "<script" in script for script in page.scripts)
    # One script is plotly, one answers printing, one each draws a chart.
    drawn = sum(len(section.charts(UNIT)) for section in find(gold_lake, FULL).sections)
    assert page.tags.count("script") >= drawn + 2
    assert html.count("plotly.js v") == 1


def test_every_section_has_its_heading_table_and_charts(gold_lake: Lake) -> None:
    found = find(gold_lake, FULL)
    assert [section.section_id for section in found.sections] == IDS
    assert {type(section) for section in found.sections} == set(SECTIONS)
    _, page = _page(gold_lake, FULL)
    text = "".join(page.texts)
    for section in found.sections:
        table = section.table(UNIT)
        assert section.section_id in page.ids
        assert f"chart-{section.section_id}-0" in page.ids
        assert len({len(row) for row in table.rows}) == 1
        assert len(table.rows[0]) == len(table.columns)
        for told in (section.title, *section.sentences(UNIT), table.caption):
            assert told in text
    for label, figure in found.kpis.told(UNIT):
        assert label in page.texts
        assert figure in page.texts


def test_a_bare_shop_has_no_empty_heading_and_no_chart(gold_lake: Lake) -> None:
    html, page = _page(gold_lake, BARE)
    assert find(gold_lake, BARE).sections == ()
    assert page.tags.count("section") == page.tags.count("h1") == 1
    assert "figure" not in page.tags
    assert "table" not in page.tags
    assert "Conversion" not in page.texts
    # Without charts there is no need of the library.
    assert len(html) < 20_000


def test_a_column_that_the_shop_lacks_is_not_in_the_table(gold_lake: Lake) -> None:
    found = find(gold_lake, FULL)
    [country] = (s for s in found.sections if isinstance(s, Breakdown) and s.column == "country")
    no_shares = replace(
        country, groups=tuple(replace(group, revenue_share=None) for group in country.groups)
    )
    table = no_shares.table(UNIT)
    assert [c.name for c in table.columns] == [
        *("Country", "Net sales", "Orders", "Margin", "Cost known")
    ]
    assert table.rows[0] == ("Land 0", "100.00 EUR", "9", "50.0%", "75.0%")


def test_conversion_without_robots_is_told_where_it_differs(gold_lake: Lake) -> None:
    kpis = find(gold_lake, FULL).kpis
    assert ("Conversion without robots", "37.5%") in kpis.told(UNIT)
    without = replace(kpis, human_conversion_rate=kpis.conversion_rate)
    assert "Conversion without robots" not in dict(without.told(UNIT))


def test_sentences_say_the_numbers_of_the_tables(gold_lake: Lake) -> None:
    said = {s.section_id: " ".join(s.sentences(UNIT)) for s in find(gold_lake, FULL).sections}
    assert said["customers"] == (
        "The top 5 customers bring 97.0% of net sales to known customers, the top 20% (2 of 7) "
        "70.0%. Of all net sales, also those to nobody known, that is 77.6% and 56.0%."
    )
    assert said["history"] == (
        "The best month is February 2024 with 500.00 EUR. The last complete month, February 2024, "
        "brings 500.00 EUR, +25.0% against the month before and +100.0% against the year before."
    )
    assert said["years"] == (
        "The 1 month of 2024 that the data also hold a year before bring 500.00 EUR, "
        "against 250.00 EUR: +100.0%."
    )
    assert said["peaks"] == (
        "1 of 3 whole weeks is a peak: more than a standard deviation above the mean. "
        "The best week begins on 08 January 2024: 308.00 EUR."
    )
    assert said["country"] == (
        "Land 0 brings 10.0% of net sales (100.00 EUR), followed by Land 1 with 10.0%."
    )
    assert said["funnel"] == (
        "Of 2,000 sessions that view a product, 25.0% fill a cart and 50.0% of these buy; "
        "50.0% of the carts are left behind."
    )
    assert said["clv"] == (
        "The segment VIP Champions is 33.3% of the customers and brings 66.7% of their net sales."
    )
    assert said["basket-product"] == (
        f"60.0% of orders with Acme Toys p3 also have {SCRIPT}: 3.25 times as many as by chance "
        "(12 orders)."
    )
    assert said["basket-category"] == "No pair is bought together more often than by chance."
    assert said["assortment"] == (
        "Of 3 pairs of a category and a brand, Mugs and Zeta bring most: 600.00 EUR, 60.0% of the "
        "products' net sales."
    )
    assert said["seasonal"] == (
        "Of the best items, Toys p3 is the most seasonal: in Fall its part of the purchases is "
        "1.60 times that of the year."
    )
    assert said["engagement"] == (
        "Of 2 categories, toys.cars has 90.0% of the views, carts and purchases, by 30 customers. "
        "The most engaged customer of a category is c2, with 43 of them in 77."
    )
    assert said["bridge"] == (
        "From quarter 1 of 2024 to quarter 2 of 2024 net sales go from 400.00 EUR to 500.00 EUR: "
        "+100.00 EUR. Of prices and products, price did most: +120.50 EUR. "
        "Of customers, new customers did most: +250.00 EUR."
    )
    assert said["product-conversion"] == (
        f"Of 3 products with enough views, {SCRIPT} turns most of them into purchases: 15.0% of "
        "400 (95% sure of 12.5% to 18.8%). Its interval overlaps with that of 1 of the next 2 "
        "products."
    )
    assert said["elasticity"] == (
        "In toys.cars, a product that costs 1% more is bought 1.50% fewer times by those who view "
        "it. In 1 of 2 categories the data show no effect of the price."
    )
    assert said["sizes"] == (
        "1 customer is wholesale by the size of most orders, with 60.0% of net sales and "
        "150.00 EUR an order. 6 customers are retail by the size of most orders, with 30.0% of net "
        "sales and 30.00 EUR an order."
    )
    assert said["centers"] == (
        "Most lies in Chicago: 60 pieces that cost 12.50 EUR. "
        "At the pace of the last 90 days Memphis is empty first: in 400 days."
    )
    assert said["pair-product-month"] == (
        f"Of 3 pairs of a product and a month, {SCRIPT} and 2024-01 bring most: 600.00 EUR, 60.0% "
        "of net sales."
    )
    assert said["clv-history"] == (
        "At the end of February 2024 the largest segment of 3 customers is Regular, with 66.7%. "
        "In that month 1 of 2 customers (50.0%) went to another segment, most from Regular to "
        "Loyal (1); 1 customer is new."
    )
    assert said["brand-engagement"] == (
        "Of 2 brands, Acme has most customers: 66.7% of 3 known customers meet it, and for 33.3% "
        "it comes first. The most engaged customer of a brand is c2, with 5 views, carts and "
        "purchases of Acme."
    )
    assert said["center-categories"] == (
        "Most pieces are unknown in Chicago: 60. Of 3 categories in a centre that sold in the last "
        "90 days, 1 has nothing left, Toys in Chicago first (5 sold). At the pace of the last 90 "
        "days unknown in Chicago is empty next: in 180.00 days."
    )
    assert said["fulfilment"] == (
        "80 of 84 lines are shipped, 2.00 days after the order in the mean, 30.0% of them late. "
        "Late most often is Chicago (50.0%), least often Memphis (10.0%)."
    )
    assert said["correlation-categories"] == (
        "Mugs and Pots go together most: +0.50. "
        "1 of 2 pairs have next to nothing to do with each other (within ±0.1)."
    )
    assert said["engaged"] == (
        "Of 2 known customers, c1 is the most engaged in one category and brand: 40 views, carts "
        "and purchases in toys.cars."
    )
    assert said["cohorts"] == (
        "Of the customers who first buy in a month buy again: 30.0% the month after."
    )
    assert said["payments"] == "Cash brings most, 60.0% of net sales with 20.0% of the orders."
    assert said["stock"] == (
        f"67 pieces of 4 products are on hand. 2 best sellers run out soon, {MARKUP} first: "
        "0 pieces left, 30 sold in 90 days."
    )


def test_what_separates_nobody_says_so(gold_lake: Lake) -> None:
    said = {s.section_id: " ".join(s.sentences(UNIT)) for s in find(gold_lake, FULL).sections}
    assert said["rfm"].endswith("Frequency separates nobody: all customers have the same score.")
    assert "separate" not in said["clv"]
    assert said["demographics"] == (
        "By age, <18 brings most: 520.00 EUR by 4 customers, 130.00 EUR each. "
        "By gender, F brings most: 600.00 EUR by 5 customers, 120.00 EUR each. "
        "What separates nobody: country (all France)."
    )
    assert said["correlation-attributes"] == (
        "Discount applied and promo code used always go together. "
        "Age and subscriber go apart most: -0.42. "
        "1 of 4 pairs have next to nothing to do with each other (within ±0.1). "
        "Never different, and so with no correlation: review rating."
    )


def test_what_chance_explains_says_so(gold_lake: Lake) -> None:
    said = {s.section_id: " ".join(s.sentences(UNIT)) for s in find(gold_lake, FULL).sections}
    assert said["ages"] == (
        "Toys leads in 1 of 2 age bands. What the ages buy differs by more than chance makes it."
    )
    assert said["pair-category-season"] == (
        "Of 5 pairs of a category and a season, Toys and Winter bring most: 600.00 EUR, 60.0% of "
        "net sales. Categories differ in their seasons by more than chance makes them."
    )
    assert said["shipping"] == (
        "Of 2 ways to ship, Free has the largest part in Toys: 100.0% of its orders. "
        "Categories differ in how they are shipped by more than chance makes them."
    )
    assert said["subscriptions"] == (
        "Most frequent answer of subscribers: Monthly (50.0% of their orders). "
        "Most frequent answer of others: Weekly (51.0% of their orders). "
        "The groups differ in how often they buy by no more than chance makes them."
    )
    assert said["promotions"] == (
        "Orders with discount and promo code come to 51.00 EUR on average, +2.0% against those "
        "with neither, no more than chance makes it. "
        "Discount and promo code always go together: neither can be told alone."
    )


def test_the_terminal_says_the_same_and_takes_nothing_for_markup(gold_lake: Lake) -> None:
    found = find(gold_lake, FULL)
    out = io.StringIO()
    print_findings(found, Console(file=out, width=240, highlight=False))
    told = out.getvalue()
    assert MARKUP in told
    for section in found.sections:
        assert section.title in told
        for sentence in section.sentences(UNIT):
            assert sentence in told
    for _, figure in found.kpis.told(UNIT):
        assert figure in told


def test_the_same_findings_are_the_same_page(gold_lake: Lake) -> None:
    assert _page(gold_lake, FULL)[0] == _page(gold_lake, FULL)[0]


def test_the_page_is_written_whole_or_not_at_all(gold_lake: Lake, tmp_path: Path) -> None:
    found = find(gold_lake, BARE)
    out = tmp_path / "new" / "report.html"
    write_page(found, out)
    assert out.read_text(encoding="utf-8") == render_page(found)
    assert [path.name for path in out.parent.iterdir()] == ["report.html"]
    with pytest.raises(LakehouseError, match="cannot be written"):
        write_page(found, out / "below_a_file.html")
