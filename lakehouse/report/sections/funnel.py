"""From view to purchase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lakehouse.report.drawing import ACCENT, MAIN, bars
from lakehouse.report.gold import ShopGold, rate, total
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import count, counted, percent

if TYPE_CHECKING:
    import plotly.graph_objects as go

TITLE = "Sessions by the steps they reach"


@dataclass(frozen=True)
class Funnel(Section):
    """Sessions by the steps they reached, all days of `rpt_funnel_daily` together."""

    viewed: int
    carted: int
    purchased: int
    abandoned: int
    view_to_cart_rate: float | None
    cart_to_purchase_rate: float | None
    cart_abandonment_rate: float | None

    section_id = "funnel"
    title = "From view to purchase"

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[Funnel, ...]:
        """The steps, if a session viewed anything."""
        steps = ("sessions_viewed", "sessions_carted", "sessions_purchased", "sessions_abandoned")
        days = gold.read("rpt_funnel_daily", steps)
        viewed, carted, purchased, abandoned = (total(days, step) for step in steps)
        rates = rate(carted, viewed), rate(purchased, carted), rate(abandoned, carted)
        return (cls(viewed, carted, purchased, abandoned, *rates),) if viewed else ()

    def sentences(self, unit: str) -> tuple[str, ...]:
        """The rates of the steps."""
        return (
            f"Of {counted(self.viewed, 'session that views', 'sessions that view')} a product, "
            f"{percent(self.view_to_cart_rate)} fill a cart and "
            f"{percent(self.cart_to_purchase_rate)} of these buy; "
            f"{percent(self.cart_abandonment_rate)} of the carts are left behind.",
        )

    def table(self, unit: str) -> TextTable:
        """The steps."""
        steps = (
            ("Viewed a product", self.viewed, ""),
            ("Filled a cart", self.carted, percent(self.view_to_cart_rate)),
            ("Bought", self.purchased, percent(self.cart_to_purchase_rate)),
        )
        return text_table(
            TITLE,
            [
                {"Step": step, "Sessions": count(sessions), "Of the step before": part}
                for step, sessions, part in steps
            ],
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """A bar for each step."""
        labels = ["Viewed a product", "Filled a cart", "Bought"]
        values = [self.viewed, self.carted, self.purchased]
        figure = bars(TITLE, labels, values, ",d", [MAIN, MAIN, ACCENT])
        figure.update_traces(text=[f"{value:,} ({value / self.viewed:.1%})" for value in values])
        figure.update_xaxes(range=[0, self.viewed * 1.2])
        return (figure,)
