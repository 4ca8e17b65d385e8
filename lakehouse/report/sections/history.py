"""Sales over time."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from lakehouse.report.drawing import ACCENT, MAIN, PALE, new_figure
from lakehouse.report.gold import ShopGold, names
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import amount, change, count

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class Month:
    """A month (`rpt_sales_history`); growth is against the month before, and the year before."""

    period_start: datetime.date
    order_count: int
    customer_count: int
    net_amount: Decimal
    growth_rate: float | None
    year_over_year_growth_rate: float | None
    is_peak: bool
    is_complete: bool


@dataclass(frozen=True)
class History(Section):
    """The months, in their order."""

    months: tuple[Month, ...]

    section_id = "history"
    title = "Sales over time"

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[History, ...]:
        """The months, if the shop has dates."""
        rows = gold.read("rpt_sales_history", names(Month, "period_type")).to_pylist()
        months = [Month(**row) for row in rows if row.pop("period_type") == "month"]
        months.sort(key=lambda month: month.period_start)
        return (cls(tuple(months)),) if months else ()

    def sentences(self, unit: str) -> tuple[str, ...]:
        """The best month, and how the last complete one went."""
        best = max(self.months, key=lambda m: m.net_amount)
        said = f"The best month is {best.period_start:%B %Y} with {amount(best.net_amount, unit)}."
        complete = [m for m in self.months if m.is_complete]
        if not complete or complete[-1].growth_rate is None:
            return (said,)
        last = complete[-1]
        against = f"{change(last.growth_rate)} against the month before"
        if last.year_over_year_growth_rate is not None:
            against += f" and {change(last.year_over_year_growth_rate)} against the year before"
        return (
            said,
            f"The last complete month, {last.period_start:%B %Y}, brings "
            f"{amount(last.net_amount, unit)}, {against}.",
        )

    def table(self, unit: str) -> TextTable:
        """The months, the latest first."""
        return text_table(
            "Months, the latest first; * a month of which the data hold only some days",
            [
                {
                    "Month": f"{m.period_start:%Y-%m}{'' if m.is_complete else ' *'}",
                    "Net sales": amount(m.net_amount, unit),
                    "Orders": count(m.order_count),
                    "Customers": count(m.customer_count),
                    "Growth": change(m.growth_rate),
                    "On the year before": change(m.year_over_year_growth_rate),
                    "Peak": "peak" if m.is_peak else "",
                }
                for m in reversed(self.months)
            ],
            texts=("Peak",),
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """A bar for each month, if there are several."""
        if len(self.months) < 2:
            return ()
        figure = new_figure(
            f"Net sales by month ({unit}): peaks in orange, months with missing days in grey", 340
        )
        figure.add_bar(
            x=[month.period_start.isoformat() for month in self.months],
            y=[float(month.net_amount) for month in self.months],
            marker={"color": [_color(month) for month in self.months]},
            hovertemplate="%{x|%B %Y}: %{y:,.2f}<extra></extra>",
        )
        step = _month_step(len(self.months))
        figure.update_xaxes(tickformat="%b<br>%Y", showgrid=False, dtick=step)
        figure.update_yaxes(tickformat="~s", rangemode="tozero")
        return (figure,)


def _color(month: Month) -> str:
    if month.is_peak:
        return ACCENT
    return MAIN if month.is_complete else PALE


def _month_step(count: int) -> str:
    """A tick each 1, 2, 3, 6, 12 … months, so that at most 14 stand side by side."""
    steps = (1, 2, 3, 6, 12, 24, 60)
    return f"M{next((step for step in steps if count / step <= 14), 120)}"
