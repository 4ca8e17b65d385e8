"""This year against the years before."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from lakehouse.report.drawing import ACCENT, MAIN, PALE, new_figure
from lakehouse.report.gold import ShopGold, names, rate
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.sections.history import Month
from lakehouse.report.text import amount, change, counted

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class Years(Section):
    """The months of each year side by side (`rpt_sales_history`).

    Attributes:
        months: those that the data hold whole.
        years: those that have such months, in their order.
    """

    months: tuple[Month, ...]
    years: tuple[int, ...]

    section_id = "years"
    title = "Year on year"

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[Years, ...]:
        """The years, where a month of the last one is there a year before as well."""
        rows = gold.read("rpt_sales_history", names(Month, "period_type")).to_pylist()
        months = [Month(**row) for row in rows if row.pop("period_type") == "month"]
        complete = sorted((m for m in months if m.is_complete), key=lambda m: m.period_start)
        years = tuple(sorted({month.period_start.year for month in complete}))
        found = cls(tuple(complete), years)
        return (found,) if years and found._in_both else ()

    @property
    def _in_both(self) -> list[tuple[Month, Month]]:
        """Each month of the last year with that of the year before."""
        last = {m.period_start.month: m for m in self.months if m.period_start.year == self._last}
        before = (m for m in self.months if m.period_start.year == self._last - 1)
        return [(last[m.period_start.month], m) for m in before if m.period_start.month in last]

    @property
    def _last(self) -> int:
        return self.years[-1]

    def sentences(self, unit: str) -> tuple[str, ...]:
        """The last year against the one before, over the months of both, and the extremes."""
        pairs = self._in_both
        now = sum((month.net_amount for month, _ in pairs), Decimal(0))
        before = sum((month.net_amount for _, month in pairs), Decimal(0))
        said = (
            f"The {counted(len(pairs), 'month', 'months')} of {self._last} that the data also hold "
            f"a year before bring {amount(now, unit)}, against {amount(before, unit)}"
        )
        growth = rate(now - before, before) if before > 0 else None
        said += "." if growth is None else f": {change(growth)}."
        grown = [(m.year_over_year_growth_rate, m) for m, _ in pairs]
        known = [(rate_, m) for rate_, m in grown if rate_ is not None]
        if len(known) < 2:
            return (said,)
        best, worst = max(known, key=lambda k: k[0]), min(known, key=lambda k: k[0])
        return (
            said,
            f"Best of them is {best[1].period_start:%B} ({change(best[0])}), last "
            f"{worst[1].period_start:%B} ({change(worst[0])}).",
        )

    def table(self, unit: str) -> TextTable:
        """A row for each month of the year, a column for each of the last years."""
        shown = self.years[-4:]
        by_month = {(m.period_start.year, m.period_start.month): m for m in self.months}
        rows = []
        for month in range(1, 13):
            if not any((year, month) in by_month for year in shown):
                continue
            row = {"Month": calendar.month_name[month]}
            for year in shown:
                there = by_month.get((year, month))
                row[str(year)] = amount(there.net_amount, unit) if there else ""
            last = by_month.get((self._last, month))
            row["Growth"] = change(last.year_over_year_growth_rate) if last else ""
            rows.append(row)
        return text_table(
            f"Net sales of whole months; growth of {self._last} on the year before", rows
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """A line for each year, the last one thick, the one before in orange."""
        figure = new_figure(f"Net sales of whole months by year ({unit})", 360)
        for year in self.years:
            mine = [m for m in self.months if m.period_start.year == year]
            color = {self._last: MAIN, self._last - 1: ACCENT}.get(year, PALE)
            figure.add_scatter(
                name=str(year),
                x=[month.period_start.month for month in mine],
                y=[float(month.net_amount) for month in mine],
                mode="lines+markers",
                line={"color": color, "width": 4 if year == self._last else 2},
                hovertemplate=f"%{{x}} {year}: %{{y:,.2f}}<extra></extra>",
            )
        figure.update_xaxes(
            tickmode="array",
            tickvals=list(range(1, 13)),
            ticktext=list(calendar.month_abbr[1:]),
            range=[0.7, 12.3],
            showgrid=False,
        )
        figure.update_yaxes(tickformat="~s", rangemode="tozero")
        figure.update_layout(
            showlegend=True,
            legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom"},
        )
        return (figure,)
