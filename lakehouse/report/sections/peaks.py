"""The weeks that stand out."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from lakehouse.report.drawing import ACCENT, MAIN, new_figure
from lakehouse.report.gold import TOP_ROWS, ShopGold, names
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import amount, change, count, counted

if TYPE_CHECKING:
    import plotly.graph_objects as go

MIN_WEEKS = 3


@dataclass(frozen=True)
class Week:
    """A week that the data hold whole (`rpt_sales_history`); growth is against the week before."""

    period_start: datetime.date
    order_count: int
    net_amount: Decimal
    growth_rate: float | None
    is_peak: bool
    period_rank: int


@dataclass(frozen=True)
class Peaks(Section):
    """The weeks, in their order."""

    weeks: tuple[Week, ...]

    section_id = "peaks"
    title = "Peak weeks"

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[Peaks, ...]:
        """The whole weeks, if there are enough to stand out from."""
        table = gold.read("rpt_sales_history", names(Week, "period_type", "is_complete"))
        weeks = [
            Week(**row)
            for row in table.to_pylist()
            if row.pop("is_complete") & (row.pop("period_type") == "week")
        ]
        weeks.sort(key=lambda week: week.period_start)
        return (cls(tuple(weeks)),) if len(weeks) >= MIN_WEEKS else ()

    def sentences(self, unit: str) -> tuple[str, ...]:
        """How many weeks are peaks, and the best one."""
        best = min(self.weeks, key=lambda week: week.period_rank)
        peaks = sum(week.is_peak for week in self.weeks)
        said = (
            f"The best week begins on {best.period_start:%d %B %Y}: "
            f"{amount(best.net_amount, unit)}."
        )
        if not peaks:
            return (said, "No week stands out: none is a standard deviation above the mean.")
        are = "is a peak" if peaks == 1 else "are peaks"
        return (
            f"{count(peaks)} of {counted(len(self.weeks), 'whole week', 'whole weeks')} {are}: "
            "more than a standard deviation above the mean.",
            said,
        )

    def table(self, unit: str) -> TextTable:
        """The best weeks."""
        best = sorted(self.weeks, key=lambda week: week.period_rank)[:TOP_ROWS]
        return text_table(
            "The best weeks by net sales",
            [
                {
                    "Week from": f"{w.period_start:%Y-%m-%d}",
                    "Net sales": amount(w.net_amount, unit),
                    "Orders": count(w.order_count),
                    "Growth": change(w.growth_rate),
                    "Peak": "peak" if w.is_peak else "",
                }
                for w in best
            ],
            texts=("Peak",),
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """A line of the weeks, a dot on each peak."""
        figure = new_figure(f"Net sales by week ({unit}), peaks with a dot", 340)
        peaks = [week for week in self.weeks if week.is_peak]
        for weeks, style in (
            (self.weeks, {"mode": "lines", "line": {"color": MAIN, "width": 2}}),
            (peaks, {"mode": "markers", "marker": {"color": ACCENT, "size": 9}}),
        ):
            figure.add_scatter(
                x=[week.period_start.isoformat() for week in weeks],
                y=[float(week.net_amount) for week in weeks],
                hovertemplate="Week from %{x|%d %B %Y}: %{y:,.2f}<extra></extra>",
                **style,
            )
        figure.update_xaxes(showgrid=False, nticks=12)
        figure.update_yaxes(tickformat="~s", rangemode="tozero")
        return (figure,)
