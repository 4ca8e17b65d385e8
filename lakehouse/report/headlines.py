"""The headline figures of a shop, and what they suggest."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from lakehouse.errors import LakehouseError
from lakehouse.report.gold import ShopGold, names
from lakehouse.report.text import amount, count, number, percent

SIGNALS = {
    "cross-sell": "Baskets hold little more than one item: offer a second one (cross-sell).",
    "up-sell": "The average order is below the median one: offer better items (up-sell).",
    "hold": "Baskets and order values are in balance: nothing to change there.",
}


@dataclass(frozen=True)
class Kpis:
    """The headline figures (`rpt_kpis`); session figures are None without sessions."""

    order_count: int
    customer_count: int
    unit_count: int
    gross_amount: Decimal
    returned_amount: Decimal
    net_amount: Decimal
    set_aside_amount: Decimal
    average_order_value: Decimal | None
    median_order_amount: Decimal | None
    items_per_order: float | None
    session_count: int | None
    converting_session_count: int | None
    conversion_rate: float | None
    human_conversion_rate: float | None
    cross_sell_signal: str | None

    @classmethod
    def find(cls, gold: ShopGold) -> Kpis:
        """The shop's figures.

        Raises:
            LakehouseError: gold has none.
        """
        rows = gold.read("rpt_kpis", names(cls)).to_pylist()
        if not rows:
            raise LakehouseError("The shop has no row in gold.rpt_kpis. Run: lakehouse build")
        return cls(**rows[0])

    def told(self, unit: str) -> tuple[tuple[str, str], ...]:
        """Label and text of each figure."""
        figures = [
            ("Net sales", amount(self.net_amount, unit)),
            ("Gross sales", amount(self.gross_amount, unit)),
            ("Returns", amount(self.returned_amount, unit)),
            ("Orders", count(self.order_count)),
            ("Customers", count(self.customer_count)),
            ("Units", count(self.unit_count)),
            ("Average order", amount(self.average_order_value, unit)),
            ("Median order", amount(self.median_order_amount, unit)),
            ("Items per order", number(self.items_per_order)),
        ]
        if self.session_count is not None:
            figures += [
                ("Sessions", count(self.session_count)),
                ("Sessions with a purchase", count(self.converting_session_count)),
                ("Conversion", percent(self.conversion_rate)),
            ]
            if self.human_conversion_rate != self.conversion_rate:
                human = percent(self.human_conversion_rate)
                figures.append(("Conversion without robots", human))
        return tuple(figures)

    @property
    def advice(self) -> str | None:
        """What the figures suggest to try next."""
        return SIGNALS.get(self.cross_sell_signal or "")
