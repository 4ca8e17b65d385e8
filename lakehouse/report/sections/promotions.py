"""Discounts and promo codes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from lakehouse.report.chance import means_differ
from lakehouse.report.drawing import bars
from lakehouse.report.gold import ShopGold, names
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import amount, change, count, percent

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class Promotion:
    """The orders with or without a discount and a promo code (`rpt_promo_effectiveness`)."""

    discount_applied: bool | None
    promo_code_used: bool | None
    order_count: int
    net_amount: Decimal
    revenue_share: float | None
    average_amount: Decimal
    stddev_amount: Decimal | None
    change_from_baseline: float | None
    subscriber_rate: float | None

    @property
    def name(self) -> str:
        """Which of the two the orders have."""
        if self.discount_applied is None and self.promo_code_used is None:
            return "Not said"
        said = {"discount": self.discount_applied, "promo code": self.promo_code_used}
        has = [what for what, there in said.items() if there]
        unsaid = [f"{what} not said" for what, there in said.items() if there is None]
        return " and ".join(has + unsaid).capitalize() if has or unsaid else "Neither"

    @property
    def is_baseline(self) -> bool:
        """Whether the orders have neither."""
        return self.discount_applied is False and self.promo_code_used is False


@dataclass(frozen=True)
class Promotions(Section):
    """The orders with both, one or neither, as far as there are any."""

    promotions: tuple[Promotion, ...]

    section_id = "promotions"
    title = "Discounts and promo codes"

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[Promotions, ...]:
        """The promotions, if the shop records any."""
        rows = gold.read("rpt_promo_effectiveness", names(Promotion)).to_pylist()
        found = [Promotion(**row) for row in rows]
        found.sort(key=lambda p: (not p.is_baseline, -p.order_count, p.name))
        return (cls(tuple(found)),) if found else ()

    def sentences(self, unit: str) -> tuple[str, ...]:
        """Each against orders with neither, and whether chance explains it."""
        if len(self.promotions) == 1:
            alike = self.promotions[0].name.lower()
            return (f"All orders are alike ({alike}): promotions separate nothing.",)
        base = next((p for p in self.promotions if p.is_baseline), None)
        said = []
        for promotion in self.promotions:
            if base is None or promotion.is_baseline or promotion.change_from_baseline is None:
                continue
            more = (
                f"Orders with {promotion.name.lower()} come to "
                f"{amount(promotion.average_amount, unit)} on average, "
                f"{change(promotion.change_from_baseline)} against those with neither"
            )
            differs = means_differ(_spread(base), _spread(promotion))
            said.append(f"{more}{', no more than chance makes it' if differs is False else ''}.")
        known = [p for p in self.promotions if None not in (p.discount_applied, p.promo_code_used)]
        if len(known) > 1 and all(p.discount_applied == p.promo_code_used for p in known):
            said.append("Discount and promo code always go together: neither can be told alone.")
        return tuple(said)

    def table(self, unit: str) -> TextTable:
        """The promotions."""
        return text_table(
            "Orders by discount and promo code; the average against that of orders with neither",
            [
                {
                    "Orders with": p.name,
                    "Orders": count(p.order_count),
                    "Net sales": amount(p.net_amount, unit),
                    "Share": percent(p.revenue_share),
                    "Average": amount(p.average_amount, unit),
                    "Change": "" if p.is_baseline else change(p.change_from_baseline),
                    "Subscribers": percent(p.subscriber_rate),
                }
                for p in self.promotions
            ],
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """A bar for each, if there are several."""
        if len(self.promotions) < 2:
            return ()
        labels = [p.name for p in self.promotions]
        averages = [float(p.average_amount) for p in self.promotions]
        return (bars(f"Average order ({unit})", labels, averages, ",.2f"),)


def _spread(promotion: Promotion) -> tuple[float, float, int]:
    spread = float(promotion.stddev_amount or 0)
    return float(promotion.average_amount), spread, promotion.order_count
