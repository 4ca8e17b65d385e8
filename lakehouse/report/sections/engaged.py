"""The customers who care most about a category and brand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from lakehouse.report.drawing import bars
from lakehouse.report.gold import TOP_ROWS, ShopGold, names
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import count, counted

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class EngagedCustomer:
    """A customer, a category and a brand of it (`rpt_customer_engagement`)."""

    customer_id: str
    category_code: str
    brand: str | None
    interaction_count: int


@dataclass(frozen=True)
class EngagedCustomers(Section):
    """The customers with most interactions, the most first."""

    top: tuple[EngagedCustomer, ...]
    customer_count: int

    section_id = "engaged"
    title = "Most engaged customers"

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[EngagedCustomers, ...]:
        """The best of all categories and brands."""
        table = gold.read("rpt_customer_engagement", names(EngagedCustomer))
        if not table.num_rows:
            return ()
        order: list[tuple[str, Literal["ascending", "descending"]]] = [
            ("interaction_count", "descending"),
            ("customer_id", "ascending"),
            ("category_code", "ascending"),
            ("brand", "ascending"),
        ]
        best = table.sort_by(order).slice(0, TOP_ROWS).to_pylist()
        found = tuple(EngagedCustomer(**row) for row in best)
        return (cls(found, len(table["customer_id"].unique())),)

    def sentences(self, unit: str) -> tuple[str, ...]:
        """The most engaged customer."""
        best = self.top[0]
        of_brand = f" of {best.brand}" if best.brand else ""
        return (
            f"Of {counted(self.customer_count, 'known customer', 'known customers')}, "
            f"{best.customer_id} is the most engaged in one category and brand: "
            f"{count(best.interaction_count)} views, carts and purchases "
            f"in {best.category_code}{of_brand}.",
        )

    def table(self, unit: str) -> TextTable:
        """The most engaged customers."""
        return text_table(
            "Customers by interactions in a category and brand",
            [
                {
                    "Customer": c.customer_id,
                    "Category": c.category_code,
                    "Brand": c.brand or "",
                    "Interactions": count(c.interaction_count),
                }
                for c in self.top
            ],
            texts=("Category", "Brand"),
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """A bar for each customer, category and brand."""
        labels = [
            ", ".join(filter(None, (c.customer_id, c.category_code, c.brand))) for c in self.top
        ]
        counts = [c.interaction_count for c in self.top]
        return (bars("Views, carts and purchases", labels, counts),)
