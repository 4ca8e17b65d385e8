"""What lies in which distribution centre."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from lakehouse.report.drawing import bars
from lakehouse.report.gold import ShopGold
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import amount, count, number

if TYPE_CHECKING:
    import plotly.graph_objects as go

MEASURES = ("product_count", "on_hand_count", "units_sold_90d", "days_of_cover")


@dataclass(frozen=True)
class CenterStock:
    """What lies in a distribution centre (`rpt_inventory_by_center`)."""

    name: str
    product_count: int
    on_hand_count: int
    units_sold_90d: int
    days_of_cover: float | None
    on_hand_cost_amount: Decimal


@dataclass(frozen=True)
class CenterStocks(Section):
    """The centres, the fullest first."""

    centers: tuple[CenterStock, ...]

    section_id = "centers"
    title = "Stock by centre"

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[CenterStocks, ...]:
        """The centres, if there are several; one holds the whole stock."""
        ids = ("distribution_center_id", "distribution_center_name")
        rows = gold.read(
            "rpt_inventory_by_center", (*ids, *MEASURES, "on_hand_cost_amount")
        ).to_pylist()
        found = []
        for row in rows:
            center, name = (row.pop(column) for column in ids)
            found.append(CenterStock(name or center, **row))
        found.sort(key=lambda c: (-c.on_hand_count, c.name))
        return (cls(tuple(found)),) if len(found) > 1 else ()

    def sentences(self, unit: str) -> tuple[str, ...]:
        """The fullest centre, and the one that is empty first."""
        first = self.centers[0]
        said = (
            f"Most lies in {first.name}: {count(first.on_hand_count)} pieces that cost "
            f"{amount(first.on_hand_cost_amount, unit)}.",
        )
        lasting = [(c.days_of_cover, c.name) for c in self.centers if c.days_of_cover is not None]
        if not lasting:
            return said
        days, name = min(lasting)
        return (
            *said,
            f"At the pace of the last 90 days {name} is empty first: in {days:,.0f} days.",
        )

    def table(self, unit: str) -> TextTable:
        """The centres."""
        return text_table(
            "Distribution centres by pieces on hand; cost is of the pieces whose cost is known",
            [
                {
                    "Centre": c.name,
                    "Products": count(c.product_count),
                    "On hand": count(c.on_hand_count),
                    "Cost": amount(c.on_hand_cost_amount, unit),
                    "Sold in 90 days": count(c.units_sold_90d),
                    "Days of cover": number(c.days_of_cover),
                }
                for c in self.centers
            ],
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """A bar for each centre."""
        labels = [c.name for c in self.centers]
        return (bars("Pieces on hand", labels, [c.on_hand_count for c in self.centers]),)
