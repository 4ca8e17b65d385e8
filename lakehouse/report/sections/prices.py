"""What categories cost."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lakehouse.report.drawing import BAR_HEIGHT, MAIN, PALE, new_figure, places
from lakehouse.report.gold import ShopGold, top
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import amount, percent

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class CategoryPrice:
    """What a category costs (`rpt_price_sensitivity`).

    Attributes:
        purchase_rates: price band (1 the cheapest) and its purchases per view.
    """

    category_code: str
    average_price: Decimal
    min_price: Decimal
    max_price: Decimal
    purchase_rates: tuple[tuple[int, float | None], ...]


@dataclass(frozen=True)
class Prices(Section):
    """The dearest categories, the dearest first."""

    categories: tuple[CategoryPrice, ...]

    section_id = "prices"
    title = "Prices of categories"

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[Prices, ...]:
        """The categories with a rank."""
        columns = ("category_code", "average_price", "min_price", "max_price")
        table = gold.read(
            "rpt_price_sensitivity", (*columns, "price_band", "purchase_rate", "average_price_rank")
        )
        bands: dict[tuple[Any, ...], list[tuple[int, float | None]]] = {}
        for row in top(table, "average_price_rank"):
            key = tuple(row[column] for column in columns)
            bands.setdefault(key, []).append((row["price_band"], row["purchase_rate"]))
        found = tuple(
            CategoryPrice(category, average, lowest, highest, tuple(sorted(rates)))
            for (category, average, lowest, highest), rates in bands.items()
        )
        return (cls(found),) if found else ()

    def sentences(self, unit: str) -> tuple[str, ...]:
        """The dearest category."""
        dearest = self.categories[0]
        return (
            f"{dearest.category_code} is the dearest category: "
            f"{amount(dearest.average_price, unit)} on average, "
            f"from {amount(dearest.min_price, unit)} to {amount(dearest.max_price, unit)}.",
        )

    def table(self, unit: str) -> TextTable:
        """The dearest categories, with the purchases per view of each quarter of price."""
        bands = sorted({band for price in self.categories for band, _ in price.purchase_rates})
        return text_table(
            "Categories by average price, and the purchases per view of their products by quarter "
            "of price (1 the cheapest)",
            [
                {
                    "Category": p.category_code,
                    "Average": amount(p.average_price, unit),
                    "Lowest": amount(p.min_price, unit),
                    "Highest": amount(p.max_price, unit),
                    **{f"Quarter {b}": percent(dict(p.purchase_rates).get(b)) for b in bands},
                }
                for p in self.categories
            ],
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """From the lowest to the highest price, on a scale of ratios; the dot is the average."""
        figure = new_figure(
            f"Lowest, average (dot) and highest price ({unit}, each step ten times the last)",
            90 + BAR_HEIGHT * len(self.categories),
        )
        for place, price in enumerate(self.categories):
            figure.add_scatter(
                x=[float(price.min_price), float(price.max_price)],
                y=[place, place],
                mode="lines",
                line={"color": PALE, "width": 6},
                hoverinfo="skip",
            )
        figure.add_scatter(
            x=[float(price.average_price) for price in self.categories],
            y=list(range(len(self.categories))),
            mode="markers+text",
            marker={"color": MAIN, "size": 12},
            text=[f"{price.average_price:,.0f}" for price in self.categories],
            textposition="top center",
            hoverinfo="x",
        )
        figure.update_xaxes(type="log", dtick=1, tickformat=",~r")
        return (places(figure, [price.category_code for price in self.categories]),)
