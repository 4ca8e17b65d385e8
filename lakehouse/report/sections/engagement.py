"""What visitors look at, and who comes back to it most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lakehouse.report.drawing import bars
from lakehouse.report.gold import UNKNOWN, ShopGold, names, top
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
    """The categories that visitors look at most.

    Attributes:
        leaders: category, its most engaged customer and their interactions, the most first
            (`rpt_customer_category_engagement`); categories without a code go by their id.
    """

    top: tuple[CategoryEngagement, ...]
    category_count: int
    leaders: tuple[tuple[str, str, int], ...]

    section_id = "engagement"
    title = "Engagement by category"

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[Engagement, ...]:
        """The categories with a rank."""
        table = gold.read("rpt_category_engagement", names(CategoryEngagement, "interaction_rank"))
        best = tuple(CategoryEngagement(**row) for row in top(table, "interaction_rank"))
        customers = gold.read(
            "rpt_customer_category_engagement",
            ("category_bucket", "customer_id", "interaction_count", "category_rank"),
        )
        if not best:
            return ()
        leaders = [
            (row["category_bucket"], row["customer_id"], row["interaction_count"])
            for row in top(customers, "category_rank", 1)
        ]
        leaders.sort(key=lambda leader: (-leader[2], leader[0]))
        return (cls(best, table.num_rows, tuple(leaders)),)

    def sentences(self, unit: str) -> tuple[str, ...]:
        """The category that is looked at most, and the most engaged customer."""
        first = self.top[0]
        said = (
            f"Of {counted(self.category_count, 'category', 'categories')}, {first.category_code} "
            f"has {percent(first.interaction_share)} of the views, carts and purchases, by "
            f"{counted(first.customer_count, 'customer', 'customers')}.",
        )
        named = [leader for leader in self.leaders if leader[0] != UNKNOWN]
        if not named:
            return said
        category, customer, interactions = named[0]
        return (
            *said,
            f"The most engaged customer of a category is {customer}, with {count(interactions)} of "
            f"them in {category}.",
        )

    def table(self, unit: str) -> TextTable:
        """The categories."""
        leaders = {category: (who, count(done)) for category, who, done in self.leaders}
        return text_table(
            "Categories by interactions: views, carts and purchases",
            [
                {
                    "Category": c.category_code,
                    "Interactions": count(c.interaction_count),
                    "Share": percent(c.interaction_share),
                    "Customers": count(c.customer_count),
                    "Most engaged": leaders.get(c.category_code, ("", ""))[0],
                    "With": leaders.get(c.category_code, ("", ""))[1],
                }
                for c in self.top
            ],
            texts=("Most engaged",),
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """A bar for each category."""
        labels = [c.category_code for c in self.top]
        counts = [c.interaction_count for c in self.top]
        return (bars("Views, carts and purchases", labels, counts),)
