"""Which brands hold whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lakehouse.report.drawing import paired_bars
from lakehouse.report.gold import TOP_ROWS, UNKNOWN, ShopGold
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import count, counted, percent

if TYPE_CHECKING:
    import plotly.graph_objects as go
    import pyarrow as pa

LEADERS_OF_EACH = 3


@dataclass(frozen=True)
class BrandFollowers:
    """The customers of a brand (`rpt_customer_brand_engagement`).

    Attributes:
        customer_count: those who met its products.
        first_count: those of them who met it most, ties going to the first by name.
        leaders: the most engaged of them and their interactions, the most first.
    """

    brand: str
    customer_count: int
    first_count: int
    interaction_count: int
    leaders: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class BrandEngagement(Section):
    """The brands by their customers.

    Attributes:
        brands: all of them, those with most customers first, `unknown` last.
        customer_count: known customers who met any product.
    """

    brands: tuple[BrandFollowers, ...]
    customer_count: int

    section_id = "brand-engagement"
    title = "Engagement by brand"

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[BrandEngagement, ...]:
        """The brands, if anybody known met one."""
        import pyarrow.compute as pc

        table = gold.read(
            "rpt_customer_brand_engagement",
            ("customer_id", "brand", "interaction_count", "customer_rank", "brand_rank"),
        )
        if not table.num_rows:
            return ()
        first = table.filter(pc.field("customer_rank") == 1)
        firsts = _counts(first)
        leaders: dict[str, list[tuple[str, int]]] = {}
        best = table.filter(pc.field("brand_rank") <= LEADERS_OF_EACH).sort_by("brand_rank")
        for row in best.to_pylist():
            customer = row["customer_id"], row["interaction_count"]
            leaders.setdefault(row["brand"], []).append(customer)
        sums = table.group_by("brand").aggregate([("interaction_count", "sum"), ([], "count_all")])
        brands = [
            BrandFollowers(
                row["brand"],
                row["count_all"],
                firsts.get(row["brand"], 0),
                row["interaction_count_sum"],
                tuple(leaders[row["brand"]]),
            )
            for row in sums.to_pylist()
        ]
        brands.sort(key=lambda b: (b.brand == UNKNOWN, -b.customer_count, b.brand))
        # Each customer has one brand that is first.
        found = cls(tuple(brands), first.num_rows)
        return (found,) if found.named else ()

    @property
    def named(self) -> list[BrandFollowers]:
        """The brands that have a name."""
        return [brand for brand in self.brands if brand.brand != UNKNOWN]

    def sentences(self, unit: str) -> tuple[str, ...]:
        """The brand that most customers meet, and the most engaged customer."""
        best = self.named[0]
        if len(self.named) == 1:
            said = f"All brands are one, {best.brand}: it separates nobody."
        else:
            said = (
                f"Of {counted(len(self.named), 'brand', 'brands')}, {best.brand} has most "
                f"customers: {percent(best.customer_count / self.customer_count)} of "
                f"{counted(self.customer_count, 'known customer', 'known customers')} meet it, and "
                f"for {percent(best.first_count / self.customer_count)} it comes first."
            )
        leader = max(self.named, key=lambda b: b.leaders[0][1])
        customer, interactions = leader.leaders[0]
        return (
            said,
            f"The most engaged customer of a brand is {customer}, with {count(interactions)} "
            f"views, carts and purchases of {leader.brand}.",
        )

    def table(self, unit: str) -> TextTable:
        """The brands with most customers, and the others together."""
        shown = self.brands[:TOP_ROWS]
        rows = [
            {
                "Brand": b.brand,
                "Customers": count(b.customer_count),
                "Of all": percent(b.customer_count / self.customer_count),
                "First of": count(b.first_count),
                "Interactions": count(b.interaction_count),
                "Most engaged": ", ".join(f"{who} ({count(done)})" for who, done in b.leaders),
            }
            for b in shown
        ]
        if rest := self.brands[TOP_ROWS:]:
            rows.append(
                {
                    "Brand": f"{count(len(rest))} more",
                    "First of": count(sum(b.first_count for b in rest)),
                    "Interactions": count(sum(b.interaction_count for b in rest)),
                }
            )
        return text_table(
            "Brands by the customers who meet them; first of those who meet it most, ties by name; "
            "interactions are views, carts and purchases",
            rows,
            texts=("Most engaged",),
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """Two bars a brand, if there are several: who meets it, and for whom it is first."""
        if len(self.named) < 2:
            return ()
        shown = self.named[:TOP_ROWS]
        return (
            paired_bars(
                "Part of the known customers who meet a brand (grey), and whose first it is (blue)",
                [b.brand for b in shown],
                [b.customer_count / self.customer_count for b in shown],
                [b.first_count / self.customer_count for b in shown],
            ),
        )


def _counts(table: pa.Table) -> dict[str, int]:
    """Rows by brand."""
    groups = table.group_by("brand").aggregate([([], "count_all")]).to_pylist()
    return {row["brand"]: row["count_all"] for row in groups}
