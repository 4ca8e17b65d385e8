"""Categories by their purchases per view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lakehouse.report.drawing import bars
from lakehouse.report.gold import ShopGold, names, top
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import count, percent

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class CategoryConversion:
    """A category by its purchases per view (`rpt_category_conversion`)."""

    category_code: str
    view_count: int
    purchase_count: int
    conversion_rate: float | None


@dataclass(frozen=True)
class Conversions(Section):
    """The categories that are ranked, the best first."""

    categories: tuple[CategoryConversion, ...]

    section_id = "conversion"
    title = "Categories by conversion"

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[Conversions, ...]:
        """The categories with a rank."""
        table = gold.read("rpt_category_conversion", names(CategoryConversion, "conversion_rank"))
        found = tuple(CategoryConversion(**row) for row in top(table, "conversion_rank"))
        return (cls(found),) if found else ()

    def sentences(self, unit: str) -> tuple[str, ...]:
        """The best category."""
        best = self.categories[0]
        return (
            f"{best.category_code} turns most views into purchases: "
            f"{percent(best.conversion_rate)} of {count(best.view_count)}.",
        )

    def table(self, unit: str) -> TextTable:
        """The best categories."""
        return text_table(
            "Categories by purchases per view, those with few views left out",
            [
                {
                    "Category": c.category_code,
                    "Views": count(c.view_count),
                    "Purchases": count(c.purchase_count),
                    "Per view": percent(c.conversion_rate),
                }
                for c in self.categories
            ],
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """A bar for each category."""
        labels = [c.category_code for c in self.categories]
        rates = [c.conversion_rate or 0 for c in self.categories]
        return (bars("Purchases per view", labels, rates, ".1%"),)
