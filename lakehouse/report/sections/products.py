"""The best products."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from lakehouse.report.drawing import bars
from lakehouse.report.gold import ShopGold, names, product_label, top
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import NONE, amount, count, counted, percent

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class Product:
    """A product (`rpt_product_performance`); its label is its name, or what else is known of it."""

    product_id: str
    label: str
    unit_count: int
    net_amount: Decimal
    average_price: Decimal | None
    return_rate: float | None
    revenue_share: float | None
    sales_trend: str | None


@dataclass(frozen=True)
class Products(Section):
    """The best products, and how many sell more or fewer of late."""

    top: tuple[Product, ...]
    product_count: int
    rising_count: int
    falling_count: int

    section_id = "products"
    title = "Best products"

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[Products, ...]:
        """The products with a rank."""
        measures = names(Product)[2:]
        table = gold.read(
            "rpt_product_performance",
            ("product_id", "product_name", "brand", "category", *measures, "revenue_rank"),
        )
        if not table.num_rows:
            return ()
        trends = table["sales_trend"].to_pylist()
        best = tuple(
            Product(r["product_id"], product_label(r), **{name: r[name] for name in measures})
            for r in top(table, "revenue_rank")
        )
        return (cls(best, table.num_rows, trends.count("rising"), trends.count("falling")),)

    def sentences(self, unit: str) -> tuple[str, ...]:
        """The best product, and where the others go."""
        first = self.top[0]
        said = (
            f"The best of {counted(self.product_count, 'product', 'products')} is "
            f"{first.label}: {amount(first.net_amount, unit)}, "
            f"{percent(first.revenue_share)} of net sales."
        )
        if not (self.rising_count or self.falling_count):
            return (said,)
        return (
            said,
            f"Of late {count(self.rising_count)} sell more from month to month, "
            f"{count(self.falling_count)} less.",
        )

    def table(self, unit: str) -> TextTable:
        """The best products."""
        return text_table(
            "Products by net sales",
            [
                {
                    "Product": p.label,
                    "Net sales": amount(p.net_amount, unit),
                    "Share": percent(p.revenue_share),
                    "Units": count(p.unit_count),
                    "Average price": amount(p.average_price, unit),
                    "Returned": percent(p.return_rate),
                    "Trend": p.sales_trend or NONE,
                }
                for p in self.top
            ],
            texts=("Trend",),
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """A bar for each product."""
        labels = [p.label for p in self.top]
        amounts = [float(p.net_amount) for p in self.top]
        return (bars(f"Net sales of the best products ({unit})", labels, amounts),)
