"""How fast orders are shipped and delivered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lakehouse.report.drawing import bars
from lakehouse.report.gold import ShopGold, rate
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import count, counted, number, percent

if TYPE_CHECKING:
    import plotly.graph_objects as go

COUNTS = (
    *("order_item_count", "cancelled_count", "shipped_count", "delivered_count"),
    *("late_shipment_count", "late_delivery_count"),
)
MEANS = ("mean_days_to_ship", "mean_days_to_deliver")


@dataclass(frozen=True)
class Center:
    """What a distribution centre ships, all categories together (`rpt_fulfilment`)."""

    name: str
    order_item_count: int
    cancelled_count: int
    shipped_count: int
    delivered_count: int
    late_shipment_count: int
    late_delivery_count: int
    mean_days_to_ship: float | None
    mean_days_to_deliver: float | None

    @property
    def late_shipment_rate(self) -> float | None:
        """Late shipments of all."""
        return rate(self.late_shipment_count, self.shipped_count)

    @property
    def late_delivery_rate(self) -> float | None:
        """Late deliveries of all."""
        return rate(self.late_delivery_count, self.delivered_count)


@dataclass(frozen=True)
class Fulfilment(Section):
    """The centres that ship anything, the latest first, and all of them together."""

    centers: tuple[Center, ...]
    whole: Center

    section_id = "fulfilment"
    title = "Shipping and delivery"

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[Fulfilment, ...]:
        """The centres, if the shop records shipments."""
        columns = ("distribution_center_id", "distribution_center_name", *COUNTS, *MEANS)
        rows = gold.read("rpt_fulfilment", columns).to_pylist()
        groups: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            name = row["distribution_center_name"] or row["distribution_center_id"]
            groups.setdefault(name, []).append(row)
        centers = [_center(name, mine) for name, mine in groups.items()]
        centers = [center for center in centers if center.shipped_count]
        centers.sort(key=lambda c: (-(c.late_shipment_rate or 0), c.name))
        return (cls(tuple(centers), _center("All", rows)),) if centers else ()

    def sentences(self, unit: str) -> tuple[str, ...]:
        """How long it takes, how much is late, and where most."""
        whole = self.whole
        said = (
            f"{count(whole.shipped_count)} of {counted(whole.order_item_count, 'line', 'lines')} "
            f"are shipped, {number(whole.mean_days_to_ship)} days after the order in the mean, "
            f"{percent(whole.late_shipment_rate)} of them late.",
        )
        if len(self.centers) == 1:
            return said
        worst, best = self.centers[0], self.centers[-1]
        if worst.late_shipment_rate == best.late_shipment_rate:
            return (*said, "All centres are late equally often: it separates none.")
        return (
            *said,
            f"Late most often is {worst.name} ({percent(worst.late_shipment_rate)}), least often "
            f"{best.name} ({percent(best.late_shipment_rate)}).",
        )

    def table(self, unit: str) -> TextTable:
        """The centres."""
        return text_table(
            "Distribution centres by late shipments; days are means",
            [
                {
                    "Centre": c.name,
                    "Lines": count(c.order_item_count),
                    "Shipped": count(c.shipped_count),
                    "Days to ship": number(c.mean_days_to_ship),
                    "Late": percent(c.late_shipment_rate),
                    "Days on the way": number(c.mean_days_to_deliver),
                    "Delivered late": percent(c.late_delivery_rate),
                    "Cancelled": count(c.cancelled_count),
                }
                for c in (*self.centers, *([self.whole] if len(self.centers) > 1 else []))
            ],
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """The late part of each centre's shipments, if there are several."""
        if len(self.centers) < 2:
            return ()
        labels = [center.name for center in self.centers]
        rates = [center.late_shipment_rate or 0 for center in self.centers]
        return (bars("Late part of the shipments", labels, rates, ".1%"),)


def _center(name: str, rows: list[dict[str, Any]]) -> Center:
    sums = {column: sum(row[column] for row in rows) for column in COUNTS}
    return Center(
        name,
        **sums,
        mean_days_to_ship=_mean(rows, "mean_days_to_ship", "shipped_count"),
        mean_days_to_deliver=_mean(rows, "mean_days_to_deliver", "delivered_count"),
    )


def _mean(rows: list[dict[str, Any]], mean: str, weight: str) -> float | None:
    """The mean of several categories' means, by the lines that each is of."""
    known = [(row[mean], row[weight]) for row in rows if row[mean] is not None]
    return rate(sum(m * w for m, w in known), sum(w for _, w in known))
