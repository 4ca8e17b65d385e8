"""What is in stock, and what runs out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from lakehouse.report.drawing import ACCENT, MAIN, PALE, bars
from lakehouse.report.gold import TOP_ROWS, ShopGold, product_label, total
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import count, counted, number

if TYPE_CHECKING:
    import plotly.graph_objects as go

# Days of cover, up to each of these.
BANDS = (14, 30, 90, 365)


@dataclass(frozen=True)
class StockedProduct:
    """A product in stock (`rpt_inventory_status`); `label` is its name, or what is known of it."""

    label: str
    on_hand_count: int
    units_sold_90d: int
    days_of_cover: float | None


@dataclass(frozen=True)
class Stock(Section):
    """The stock of a shop.

    Attributes:
        low: best sellers that run out first, the soonest first; ten at most.
        low_count: how many there are.
        bands: products by the days that their stock lasts.
    """

    product_count: int
    on_hand_count: int
    low: tuple[StockedProduct, ...]
    low_count: int
    bands: tuple[tuple[str, int], ...]
    best_selling: tuple[StockedProduct, ...]

    section_id = "stock"
    title = "Stock"

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[Stock, ...]:
        """The stock, if the shop records it."""
        measures = ("on_hand_count", "units_sold_90d", "days_of_cover")
        known = ("product_id", "product_name", "brand", "category")
        table = gold.read("rpt_inventory_status", (*known, *measures, "is_low_stock"))
        if not table.num_rows:
            return ()
        rows = table.to_pylist()
        low = [row for row in rows if row["is_low_stock"]]
        low.sort(key=lambda r: (r["days_of_cover"], -r["units_sold_90d"], r["product_id"]))
        selling = sorted(rows, key=lambda r: (-r["units_sold_90d"], r["product_id"]))
        return (
            cls(
                product_count=len(rows),
                on_hand_count=total(table, "on_hand_count"),
                low=tuple(_stocked(row) for row in low[:TOP_ROWS]),
                low_count=len(low),
                bands=_bands(rows),
                best_selling=tuple(_stocked(row) for row in selling[:TOP_ROWS]),
            ),
        )

    def sentences(self, unit: str) -> tuple[str, ...]:
        """What lies there, and what runs out."""
        said = (
            f"{counted(self.on_hand_count, 'piece', 'pieces')} of "
            f"{counted(self.product_count, 'product', 'products')} are on hand."
        )
        if not self.low:
            return (said, "No best seller is about to run out.")
        first = self.low[0]
        sell = "best seller runs" if self.low_count == 1 else "best sellers run"
        return (
            said,
            f"{count(self.low_count)} {sell} out soon, {first.label} first: "
            f"{counted(first.on_hand_count, 'piece', 'pieces')} left, "
            f"{count(first.units_sold_90d)} sold in 90 days.",
        )

    def table(self, unit: str) -> TextTable:
        """What runs out first; where nothing does, what sells most."""
        caption = "Best sellers that run out first" if self.low else "The best sellers in stock"
        return text_table(
            f"{caption}; days of cover at the pace of the last 90 days",
            [
                {
                    "Product": p.label,
                    "On hand": count(p.on_hand_count),
                    "Sold in 90 days": count(p.units_sold_90d),
                    "Days of cover": number(p.days_of_cover),
                }
                for p in self.low or self.best_selling
            ],
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """Products by how long their stock lasts."""
        colors = [ACCENT, ACCENT, *([MAIN] * (len(self.bands) - 3)), PALE]
        return (
            bars(
                "Products by days of cover",
                [name for name, _ in self.bands],
                [products for _, products in self.bands],
                colors=colors,
            ),
        )


def _stocked(row: dict[str, Any]) -> StockedProduct:
    return StockedProduct(
        product_label(row), row["on_hand_count"], row["units_sold_90d"], row["days_of_cover"]
    )


def _bands(rows: list[dict[str, Any]]) -> tuple[tuple[str, int], ...]:
    """Products by days of cover; what did not sell lasts for ever."""
    names = [
        "None left",
        f"Under {BANDS[0]} days",
        *(f"{low} to {high} days" for low, high in pairwise(BANDS)),
        f"{BANDS[-1]} days and more",
        "Not sold in 90 days",
    ]
    counts = dict.fromkeys(names, 0)
    for row in rows:
        cover = row["days_of_cover"]
        if not row["on_hand_count"]:
            counts[names[0]] += 1
        elif cover is None:
            counts[names[-1]] += 1
        else:
            counts[names[1 + sum(cover >= edge for edge in BANDS)]] += 1
    return tuple(counts.items())
