"""What visitors look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lakehouse.report.drawing import bars
from lakehouse.report.gold import ShopGold, names, top
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import count, counted, percent

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class CategoryEngagement:
    """A category by what is done with it (`rpt_category_engagement`)."""

    category_code: str
    interaction_count: int
    customer_count: int
    interaction_share: float


@dataclass(frozen=True)
class Engagement(Section):
    """The categories that visitors look at most."""

    top: tuple[CategoryEngagement, ...]
    category_count: int

    section_id = "engagement"
    title = "Engagement by category"

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[Engagement, ...]:
        """The categories with a rank."""
        table = gold.read("rpt_category_engagement", names(CategoryEngagement, "interaction_rank"))
        best = tuple(CategoryEngagement(**row) for row in top(table, "interaction_rank"))
        return (cls(best, table.num_rows),) if best else ()

    def sentences(self, unit: str) -> tuple[str, ...]:
        """The category that is looked at most."""
        first = self.top[0]
        return (
            f"Of {counted(self.category_count, 'category', 'categories')}, {first.category_code} "
            f"has {percent(first.interaction_share)} of the views, carts and purchases, by "
            f"{counted(first.customer_count, 'customer', 'customers')}.",
        )

    def table(self, unit: str) -> TextTable:
        """The categories."""
        return text_table(
            "Categories by interactions: views, carts and purchases",
            [
                {
                    "Category": c.category_code,
                    "Interactions": count(c.interaction_count),
                    "Share": percent(c.interaction_share),
                    "Customers": count(c.customer_count),
                }
                for c in self.top
            ],
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """A bar for each category."""
        labels = [c.category_code for c in self.top]
        counts = [c.interaction_count for c in self.top]
        return (bars("Views, carts and purchases", labels, counts),)
