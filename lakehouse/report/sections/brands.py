"""The best brands."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from lakehouse.report.drawing import bars
from lakehouse.report.gold import ShopGold, names, top
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import amount, count, counted, percent

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class Brand:
    """A brand (`rpt_brand_performance`)."""

    brand: str
    product_count: int
    net_amount: Decimal
    view_count: int | None
    purchase_count: int | None
    conversion_rate: float | None


@dataclass(frozen=True)
class Brands(Section):
    """The brands that bring most, and the one that converts best among those ranked."""

    top: tuple[Brand, ...]
    brand_count: int
    best_converting: Brand | None

    section_id = "brands"
    title = "Best brands"

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[Brands, ...]:
        """The brands with a rank."""
        table = gold.read("rpt_brand_performance", names(Brand, "revenue_rank", "conversion_rank"))
        by_money, by_views = (
            table.drop_columns("conversion_rank"),
            table.drop_columns("revenue_rank"),
        )
        best = tuple(Brand(**row) for row in top(by_money, "revenue_rank"))
        if not best:
            return ()
        converting = [Brand(**row) for row in top(by_views, "conversion_rank", 1)]
        return (cls(best, table.num_rows, converting[0] if converting else None),)

    def sentences(self, unit: str) -> tuple[str, ...]:
        """The brand that brings most, and the one that converts best."""
        first, best = self.top[0], self.best_converting
        said = (
            f"The best of {counted(self.brand_count, 'brand', 'brands')} is {first.brand} "
            f"with {amount(first.net_amount, unit)} of net sales."
        )
        if best is None:
            return (said,)
        return (
            said,
            f"{best.brand} turns most views into purchases: {percent(best.conversion_rate)} of "
            f"{count(best.view_count)}.",
        )

    def table(self, unit: str) -> TextTable:
        """The best brands."""
        return text_table(
            "Brands by net sales",
            [
                {
                    "Brand": b.brand,
                    "Net sales": amount(b.net_amount, unit),
                    "Products": count(b.product_count),
                    "Views": count(b.view_count),
                    "Purchases": count(b.purchase_count),
                    "Purchases per view": percent(b.conversion_rate),
                }
                for b in self.top
            ],
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """A bar for each brand."""
        labels = [b.brand for b in self.top]
        amounts = [float(b.net_amount) for b in self.top]
        return (bars(f"Net sales of the best brands ({unit})", labels, amounts),)
