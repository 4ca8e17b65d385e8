"""How categories are shipped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lakehouse.report.chance import differ
from lakehouse.report.drawing import heat_map
from lakehouse.report.gold import ShopGold, names
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import count, counted, percent

if TYPE_CHECKING:
    import plotly.graph_objects as go

SHOWN_CATEGORIES = 10


@dataclass(frozen=True)
class Shipment:
    """The orders of a category that are shipped in one way (`rpt_shipping_by_category`)."""

    category: str
    shipping_type: str
    order_count: int
    order_share: float
    shipping_rank: int


@dataclass(frozen=True)
class Shipping(Section):
    """The ways of each category, the most frequent first."""

    shipments: tuple[Shipment, ...]

    section_id = "shipping"
    title = "Shipping by category"

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[Shipping, ...]:
        """The ways, if the shop records them."""
        rows = gold.read("rpt_shipping_by_category", names(Shipment)).to_pylist()
        found = [Shipment(**row) for row in rows]
        found.sort(key=lambda s: (s.category, s.shipping_rank))
        return (cls(tuple(found)),) if found else ()

    @property
    def categories(self) -> list[str]:
        """Those with most orders, the most first."""
        orders: dict[str, int] = {}
        for shipment in self.shipments:
            orders[shipment.category] = orders.get(shipment.category, 0) + shipment.order_count
        return sorted(orders, key=lambda name: (-orders[name], name))[:SHOWN_CATEGORIES]

    @property
    def types(self) -> list[str]:
        """The ways that there are."""
        return sorted({shipment.shipping_type for shipment in self.shipments})

    def _counts(self) -> list[list[int]]:
        counts = {(s.category, s.shipping_type): s.order_count for s in self.shipments}
        return [[counts.get((c, kind), 0) for kind in self.types] for c in self.categories]

    def sentences(self, unit: str) -> tuple[str, ...]:
        """The clearest preference, and whether categories differ at all."""
        if len(self.types) == 1:
            return (f"Everything is shipped by {self.types[0]}: it separates nothing.",)
        first = max(
            (s for s in self.shipments if s.shipping_rank == 1 and s.category in self.categories),
            key=lambda s: (s.order_share, s.category),
        )
        said = (
            f"Of {counted(len(self.types), 'way', 'ways')} to ship, {first.shipping_type} has the "
            f"largest part in {first.category}: {percent(first.order_share)} of its orders."
        )
        chance = differ(self._counts())
        if chance is None:
            return (said,)
        more = "by more than" if chance else "by no more than"
        return (said, f"Categories differ in how they are shipped {more} chance makes them.")

    def table(self, unit: str) -> TextTable:
        """A row for each category, a column for each way."""
        return text_table(
            "Part of a category's orders by the way they are shipped",
            [
                {
                    "Category": category,
                    "Orders": count(sum(counts)),
                    **{
                        kind: percent(share)
                        for kind, share in zip(self.types, shares, strict=True)
                        if share is not None
                    },
                }
                for category, counts, shares in zip(
                    self.categories, self._counts(), self._shares(), strict=True
                )
            ],
        )

    def _shares(self) -> list[list[float | None]]:
        shares = {(s.category, s.shipping_type): s.order_share for s in self.shipments}
        return [[shares.get((c, kind)) for kind in self.types] for c in self.categories]

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """A cell for each category and way, if there are several ways."""
        if len(self.types) < 2:
            return ()
        title = "Part of a category's orders by the way they are shipped"
        return (heat_map(title, self.categories, self.types, self._shares(), ".1%"),)
