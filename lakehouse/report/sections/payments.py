"""How orders are paid."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from lakehouse.report.drawing import bars
from lakehouse.report.gold import ShopGold, names, top
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import amount, count, percent

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class PaymentMethod:
    """A way to pay (`rpt_payment_methods`)."""

    payment_method: str
    order_count: int
    net_amount: Decimal
    average_order_value: Decimal | None
    median_order_amount: Decimal | None
    order_share: float
    revenue_share: float | None


@dataclass(frozen=True)
class Payments(Section):
    """The ways to pay, by what they bring."""

    methods: tuple[PaymentMethod, ...]

    section_id = "payments"
    title = "Payment methods"

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[Payments, ...]:
        """The methods, if the shop records any."""
        table = gold.read("rpt_payment_methods", names(PaymentMethod, "revenue_rank"))
        found = tuple(PaymentMethod(**row) for row in top(table, "revenue_rank"))
        return (cls(found),) if found else ()

    def sentences(self, unit: str) -> tuple[str, ...]:
        """The method that brings most, and the dearest orders."""
        first = self.methods[0]
        if len(self.methods) == 1:
            return (f"All orders are paid by {first.payment_method}: it separates nobody.",)
        return (
            f"{first.payment_method} brings most, {percent(first.revenue_share)} of net sales with "
            f"{percent(first.order_share)} of the orders.",
        )

    def table(self, unit: str) -> TextTable:
        """The methods."""
        return text_table(
            "Payment methods by net sales",
            [
                {
                    "Method": m.payment_method,
                    "Orders": count(m.order_count),
                    "Of the orders": percent(m.order_share),
                    "Net sales": amount(m.net_amount, unit),
                    "Of the sales": percent(m.revenue_share),
                    "Average order": amount(m.average_order_value, unit),
                    "Median order": amount(m.median_order_amount, unit),
                }
                for m in self.methods
            ],
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """A bar for each method, if there are several."""
        if len(self.methods) < 2:
            return ()
        labels = [m.payment_method for m in self.methods]
        amounts = [float(m.net_amount) for m in self.methods]
        return (bars(f"Net sales by payment method ({unit})", labels, amounts),)
