"""The best customers, and how few of them bring how much."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from lakehouse.report.drawing import ACCENT, MAIN, PALE, bars, new_figure
from lakehouse.report.gold import ShopGold, total
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import amount, count, percent

if TYPE_CHECKING:
    import plotly.graph_objects as go

TOP_CUSTOMERS = 5
CURVE_POINTS = 200


@dataclass(frozen=True)
class TopCustomer:
    """One of the best customers; the share is of the sales to known customers."""

    customer_id: str
    net_amount: Decimal
    order_count: int
    share: float | None


@dataclass(frozen=True)
class Concentration(Section):
    """How few customers bring how much (`rpt_revenue_concentration`).

    Attributes:
        customer_count: known customers with a sale.
        top: the best customers, five at most.
        top_share: their part of the sales to known customers.
        top_share_of_shop: their part of all the shop's sales.
        pareto_count: the best fifth of the customers, rounded up.
        pareto_share: their part of the sales to known customers.
        pareto_share_of_shop: their part of all the shop's sales.
        curve: points (part of the customers, part of the sales to known customers), best first.
    """

    customer_count: int
    top: tuple[TopCustomer, ...]
    top_share: float
    top_share_of_shop: float
    pareto_count: int
    pareto_share: float
    pareto_share_of_shop: float
    curve: tuple[tuple[float, float], ...]

    section_id = "customers"
    title = "Best customers and concentration"

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[Concentration, ...]:
        """The shares, where something was earned in all."""
        columns = (
            *("customer_id", "order_count", "net_amount", "customer_rank", "customer_share"),
            *("known_revenue_share", "cumulative_revenue_share", "revenue_share"),
            "is_top_20_percent",
        )
        customers = gold.read("rpt_revenue_concentration", columns)
        if not customers.num_rows:
            return ()
        customers = customers.sort_by("customer_rank")
        shares = customers.select(["cumulative_revenue_share", "revenue_share"])
        if any(column.null_count for column in shares.columns):
            return ()
        best = customers.slice(0, TOP_CUSTOMERS)
        fifth = customers.filter(customers["is_top_20_percent"])
        steps = max(1, math.ceil(customers.num_rows / CURVE_POINTS))
        shown = {*range(0, customers.num_rows, steps), fifth.num_rows - 1, customers.num_rows - 1}
        found = cls(
            customer_count=customers.num_rows,
            top=tuple(
                TopCustomer(
                    r["customer_id"], r["net_amount"], r["order_count"], r["known_revenue_share"]
                )
                for r in best.to_pylist()
            ),
            top_share=best["cumulative_revenue_share"][-1].as_py(),
            top_share_of_shop=total(best, "revenue_share"),
            pareto_count=fifth.num_rows,
            pareto_share=fifth["cumulative_revenue_share"][-1].as_py(),
            pareto_share_of_shop=total(fifth, "revenue_share"),
            curve=tuple(
                (r["customer_share"], r["cumulative_revenue_share"])
                for r in customers.take(sorted(shown)).to_pylist()
            ),
        )
        return (found,)

    def sentences(self, unit: str) -> tuple[str, ...]:
        """The parts of the best customers and of the best fifth."""
        best = f"The top {len(self.top)} customers bring"
        if len(self.top) == 1:
            best = "The top customer brings"
        of_known = percent(self.top_share), percent(self.pareto_share)
        of_shop = percent(self.top_share_of_shop), percent(self.pareto_share_of_shop)
        said = (
            f"{best} {of_known[0]} of net sales to known customers, the top 20% "
            f"({count(self.pareto_count)} of {count(self.customer_count)}) {of_known[1]}."
        )
        if of_shop == of_known:
            return (said,)
        return (
            said,
            f"Of all net sales, also those to nobody known, that is {of_shop[0]} and {of_shop[1]}.",
        )

    def table(self, unit: str) -> TextTable:
        """The best customers."""
        return text_table(
            "The best customers; shares are of the net sales to known customers",
            [
                {
                    "Customer": c.customer_id,
                    "Net sales": amount(c.net_amount, unit),
                    "Orders": count(c.order_count),
                    "Share": percent(c.share),
                }
                for c in self.top
            ],
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """The best against the rest, and the curve of all."""
        return (self._best_against_the_rest(), self._curve())

    def _best_against_the_rest(self) -> go.Figure:
        parts = [(f"Top {len(self.top)}", self.top_share, ACCENT)]
        counted, share = len(self.top), self.top_share
        if self.pareto_count > counted:
            name = f"Next {self.pareto_count - counted:,}, to the top 20%"
            parts.append((name, self.pareto_share - share, MAIN))
            counted, share = self.pareto_count, self.pareto_share
        if self.customer_count > counted:
            parts.append((f"All {self.customer_count - counted:,} others", 1 - share, PALE))
        return bars(
            "Net sales to known customers: the best against the rest",
            [name for name, _, _ in parts],
            [part for _, part, _ in parts],
            ".1%",
            [color for _, _, color in parts],
        )

    def _curve(self) -> go.Figure:
        figure = new_figure("Net sales by part of the customers, best first", 360)
        figure.add_scatter(
            x=[0, *(x for x, _ in self.curve)],
            y=[0, *(y for _, y in self.curve)],
            mode="lines",
            line={"color": MAIN, "width": 3},
            hovertemplate="%{x:.1%} of the customers: %{y:.1%}<extra></extra>",
        )
        figure.add_scatter(
            x=[0, 1],
            y=[0, 1],
            mode="lines",
            line={"color": PALE, "width": 1, "dash": "dot"},
            hoverinfo="skip",
        )
        at = self.pareto_count / self.customer_count
        figure.add_scatter(
            x=[at],
            y=[self.pareto_share],
            mode="markers+text",
            marker={"color": ACCENT, "size": 11},
            text=[f"  {at:.0%} of the customers: {self.pareto_share:.1%}"],
            textposition="bottom right" if self.pareto_share > 0.5 else "top right",
            hoverinfo="skip",
        )
        figure.update_xaxes(
            title="Part of the customers", tickformat=".0%", range=[0, 1], constrain="domain"
        )
        figure.update_yaxes(
            title="Part of net sales",
            tickformat=".0%",
            range=[0, max(1.02, max(y for _, y in self.curve) * 1.02)],
        )
        return figure
