"""Wholesale against retail customers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from lakehouse.report.drawing import bars
from lakehouse.report.gold import UNKNOWN, ShopGold, names
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import amount, count, counted, number, percent

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class CustomerType:
    """The customers of a type, by the size of their orders (`rpt_customer_order_sizes`)."""

    customer_type: str
    customer_count: int
    order_count: int
    units_per_order: float | None
    net_amount: Decimal
    average_order_value: Decimal | None
    revenue_share: float | None


@dataclass(frozen=True)
class OrderSizes(Section):
    """The types, by what they bring."""

    types: tuple[CustomerType, ...]

    section_id = "sizes"
    title = "Wholesale and retail"

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[OrderSizes, ...]:
        """The types, if a customer is known."""
        rows = gold.read("rpt_customer_order_sizes", names(CustomerType)).to_pylist()
        found = [CustomerType(**row) for row in rows]
        found.sort(key=lambda t: (-t.net_amount, t.customer_type))
        return (cls(tuple(found)),) if any(t.customer_count for t in found) else ()

    def sentences(self, unit: str) -> tuple[str, ...]:
        """What each type brings, or that there is only one."""
        known = [t for t in self.types if t.customer_type != UNKNOWN]
        if len(known) == 1:
            return (
                f"All known customers are {known[0].customer_type} by the size of their orders: it "
                "separates nobody.",
            )
        return tuple(
            f"{counted(t.customer_count, 'customer is', 'customers are')} {t.customer_type} by the "
            f"size of most orders, with {percent(t.revenue_share)} of net sales and "
            f"{amount(t.average_order_value, unit)} an order."
            for t in known
        )

    def table(self, unit: str) -> TextTable:
        """The types."""
        return text_table(
            "Customers by the size of their orders; unknown are orders of nobody known",
            [
                {
                    "Customers": t.customer_type,
                    "Number": count(t.customer_count),
                    "Orders": count(t.order_count),
                    "Units per order": number(t.units_per_order),
                    "Net sales": amount(t.net_amount, unit),
                    "Share": percent(t.revenue_share),
                    "Average order": amount(t.average_order_value, unit),
                }
                for t in self.types
            ],
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """A bar for each type, if there are several."""
        if len(self.types) < 2:
            return ()
        labels = [t.customer_type for t in self.types]
        amounts = [float(t.net_amount) for t in self.types]
        return (bars(f"Net sales by the size of customers' orders ({unit})", labels, amounts),)
