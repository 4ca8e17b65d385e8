"""Sales by category, country and the like."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from lakehouse.report.drawing import MAIN, PALE, bars, pie
from lakehouse.report.gold import ShopGold, names, top, total
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import amount, count, percent

if TYPE_CHECKING:
    import plotly.graph_objects as go

# The columns that sales are broken down by, and what several of their values are called.
PLURALS = {
    "category": "categories",
    "department": "departments",
    "country": "countries",
    "location": "places",
    "season": "seasons",
}

# As many slices as can be told apart, and none too thin to be seen.
SLICES = 8
LEAST_SLICE = 0.02


@dataclass(frozen=True)
class Group:
    """What one category, country or the like brings."""

    name: str
    order_count: int
    net_amount: Decimal
    revenue_share: float | None
    margin_rate: float | None
    known_cost_share: float | None


@dataclass(frozen=True)
class Breakdown(Section):
    """The sales of a shop by one column (`rpt_sales_by_<column>`).

    Attributes:
        groups: the largest, by their rank.
        group_count: how many there are.
        rest_amount: net amount of those that are not in `groups`.
    """

    column: str
    groups: tuple[Group, ...]
    group_count: int
    rest_amount: Decimal

    @property
    def section_id(self) -> str:
        """The column."""
        return self.column

    @property
    def title(self) -> str:
        """Names the column."""
        return f"Sales by {self._what}"

    @property
    def _what(self) -> str:
        return "place" if self.column == "location" else self.column

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[Breakdown, ...]:
        """A breakdown for each column that has several groups; one group is the whole shop."""
        found = []
        for column in PLURALS:
            columns = (column, *names(Group)[1:], "revenue_rank")
            table = gold.read(f"rpt_sales_by_{column}", columns)
            groups = tuple(Group(r.pop(column), **r) for r in top(table, "revenue_rank"))
            if len(groups) > 1:
                shown = sum((group.net_amount for group in groups), Decimal(0))
                rest = total(table, "net_amount") - shown
                found.append(cls(column, groups, table.num_rows, rest))
        return tuple(found)

    def sentences(self, unit: str) -> tuple[str, ...]:
        """The two largest groups."""
        first, second = self.groups[:2]
        return (
            f"{first.name} brings {percent(first.revenue_share)} of net sales "
            f"({amount(first.net_amount, unit)}), followed by {second.name} with "
            f"{percent(second.revenue_share)}.",
        )

    def table(self, unit: str) -> TextTable:
        """The largest groups, and the others together."""
        what = self._what.title()
        has_margin = any(group.margin_rate is not None for group in self.groups)
        rows = [
            {
                what: group.name,
                "Net sales": amount(group.net_amount, unit),
                "Share": percent(group.revenue_share),
                "Orders": count(group.order_count),
                "Margin": percent(group.margin_rate),
                "Cost known": percent(group.known_cost_share if has_margin else None),
            }
            for group in self.groups
        ]
        if rest := self.group_count - len(self.groups):
            rows.append({what: f"{count(rest)} more", "Net sales": amount(self.rest_amount, unit)})
        return text_table(f"{PLURALS[self.column].capitalize()} by net sales", rows)

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """A bar for each group, and one for the others; categories as a ring, too."""
        labels = [group.name for group in self.groups]
        amounts = [float(group.net_amount) for group in self.groups]
        colors = [MAIN] * len(labels)
        if rest := self.group_count - len(labels):
            labels.append(f"{rest:,} more")
            amounts.append(float(self.rest_amount))
            colors.append(PALE)
        charts = (bars(f"Net sales by {self._what} ({unit})", labels, amounts, colors=colors),)
        whole = sum(amounts)
        # A ring cannot show what was returned more than sold.
        if self.column != "category" or min(amounts) < 0 or not whole:
            return charts
        shown = [a for a in amounts[: len(self.groups)] if a >= whole * LEAST_SLICE][:SLICES]
        title = f"Parts of net sales by {self._what}"
        others = sum(amounts[len(shown) :])
        return (*charts, pie(title, labels[: len(shown)], shown, others))
