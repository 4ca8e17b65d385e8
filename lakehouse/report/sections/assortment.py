"""Categories, and the brands within them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from lakehouse.report.drawing import treemap
from lakehouse.report.gold import TOP_ROWS, UNKNOWN, ShopGold, rate
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import amount, count, percent

if TYPE_CHECKING:
    import plotly.graph_objects as go

SHOWN_CATEGORIES = 10
SHOWN_PARTS = 8


@dataclass(frozen=True)
class Part:
    """The products of a category and brand, or a product of a category."""

    category: str
    name: str
    product_count: int
    net_amount: Decimal
    share: float | None


@dataclass(frozen=True)
class Assortment(Section):
    """What each brand brings within each category, by the products (`rpt_product_performance`).

    Attributes:
        level: what a part is: a `brand`, or a `product` where the shop has no brands.
        parts: all of them, the best first.
    """

    level: str
    parts: tuple[Part, ...]

    section_id = "assortment"

    @property
    def title(self) -> str:
        """Names the level."""
        return f"Categories and {self.level}s"

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[Assortment, ...]:
        """The parts, where products have several categories and a second level."""
        columns = ("category", "brand", "product_name", "net_amount")
        products = gold.read("rpt_product_performance", columns).to_pylist()
        levels = {"brand": "brand", "product": "product_name"}
        level = next((n for n, c in levels.items() if any(p[c] for p in products)), None)
        if level is None or len({p["category"] for p in products if p["category"]}) < 2:
            return ()
        sums: dict[tuple[str, str], list[Decimal]] = {}
        for product in products:
            key = (product["category"] or UNKNOWN, product[levels[level]] or UNKNOWN)
            sums.setdefault(key, []).append(product["net_amount"])
        whole = sum((product["net_amount"] for product in products), Decimal(0))
        parts = [
            Part(*key, len(amounts), sum(amounts, Decimal(0)), rate(sum(amounts), whole))
            for key, amounts in sums.items()
        ]
        parts.sort(key=lambda part: (-part.net_amount, part.category, part.name))
        return (cls(level, tuple(parts)),) if parts[0].net_amount > 0 else ()

    def sentences(self, unit: str) -> tuple[str, ...]:
        """The largest part, and what no box can show."""
        best = self.parts[0]
        said = (
            f"Of {count(len(self.parts))} pairs of a category and a {self.level}, {best.category} "
            f"and {best.name} bring most: {amount(best.net_amount, unit)}, "
            f"{percent(best.share)} of the products' net sales."
        )
        without = sum(part.net_amount <= 0 for part in self.parts)
        if not without:
            return (said,)
        return (said, f"Pairs without net sales, which have no box: {count(without)}.")

    def table(self, unit: str) -> TextTable:
        """The largest parts."""
        return text_table(
            f"Categories and {self.level}s by net sales",
            [
                {
                    "Category": part.category,
                    self.level.capitalize(): part.name,
                    "Net sales": amount(part.net_amount, unit),
                    "Share": percent(part.share),
                    "Products": count(part.product_count) if self.level == "brand" else "",
                }
                for part in self.parts[:TOP_ROWS]
            ],
            texts=(self.level.capitalize(),),
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """Boxes of brands within boxes of categories; small ones together."""
        categories: dict[str, list[Part]] = {}
        for part in self.parts:
            if part.net_amount > 0:
                categories.setdefault(part.category, []).append(part)
        ordered = sorted(categories.items(), key=lambda c: (-_sum(c[1]), c[0]))
        boxes = [(name, _boxes(parts)) for name, parts in ordered[:SHOWN_CATEGORIES]]
        if rest := ordered[SHOWN_CATEGORIES:]:
            boxes.append(
                (f"{len(rest)} more", [(name, float(_sum(parts))) for name, parts in rest])
            )
        return (treemap(f"Net sales by category and {self.level}", boxes),)


def _sum(parts: list[Part]) -> Decimal:
    return sum((part.net_amount for part in parts), Decimal(0))


def _boxes(parts: list[Part]) -> list[tuple[str, float]]:
    shown = [(part.name, float(part.net_amount)) for part in parts[:SHOWN_PARTS]]
    if rest := parts[SHOWN_PARTS:]:
        shown.append((f"{len(rest)} more", float(_sum(rest))))
    return shown
