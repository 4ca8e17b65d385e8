"""Who comes back."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lakehouse.report.drawing import heat_map
from lakehouse.report.gold import ShopGold, rate
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import count, listed, percent

if TYPE_CHECKING:
    import plotly.graph_objects as go

TOLD_MONTHS = (1, 2, 3, 6, 9, 12, 18, 24)
# The part of the cells that have less than the full colour.
FULL_FROM = 0.98


@dataclass(frozen=True)
class Cohort:
    """The customers of one month (`rpt_customer_cohorts`).

    Attributes:
        retained: months since the first purchase, at least 1, and how many bought then.
    """

    cohort_month: datetime.date
    cohort_size: int
    retained: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Cohorts(Section):
    """The cohorts in their order, over the months that the data hold whole."""

    cohorts: tuple[Cohort, ...]

    section_id = "cohorts"
    title = "Who comes back"

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[Cohorts, ...]:
        """The cohorts that have a whole month after their first."""
        cells = gold.read(
            "rpt_customer_cohorts",
            ("cohort_month", "period_number", "cohort_size", "retained_count"),
        ).to_pylist()
        months = gold.read("rpt_sales_history", ("period_type", "period_start", "is_complete"))
        partial = {
            row["period_start"]
            for row in months.to_pylist()
            if row["period_type"] == "month" and not row["is_complete"]
        }
        grid: dict[tuple[datetime.date, int], list[tuple[int, int]]] = {}
        for cell in sorted(cells, key=lambda c: (c["cohort_month"], c["period_number"])):
            since = cell["period_number"]
            if since and _months_after(cell["cohort_month"], since) not in partial:
                key = cell["cohort_month"], cell["cohort_size"]
                grid.setdefault(key, []).append((since, cell["retained_count"]))
        found = tuple(Cohort(*key, tuple(retained)) for key, retained in grid.items())
        return (cls(found),) if found else ()

    def retention(self, since: int) -> float | None:
        """The part of all cohorts that have such a month who bought in it."""
        there = [
            (c.cohort_size, dict(c.retained)[since])
            for c in self.cohorts
            if since in dict(c.retained)
        ]
        return rate(sum(kept for _, kept in there), sum(size for size, _ in there))

    def sentences(self, unit: str) -> tuple[str, ...]:
        """How many come back after a month, and later."""
        known = {since: self.retention(since) for since in (1, 3, 6, 12)}
        told = [
            f"{percent(part)} {'the month' if since == 1 else f'{since} months'} after"
            for since, part in known.items()
            if part is not None
        ]
        # The month after is there wherever a later one is.
        return (f"Of the customers who first buy in a month buy again: {listed(told)}.",)

    def table(self, unit: str) -> TextTable:
        """The cohorts, the latest first, and what came back of all."""
        every = sum(cohort.cohort_size for cohort in self.cohorts)
        rows = [
            {
                "First month": "All",
                "Customers": count(every),
                **{_after(since): percent(self.retention(since)) for since in TOLD_MONTHS},
            }
        ]
        for cohort in reversed(self.cohorts):
            kept = dict(cohort.retained)
            rows.append(
                {
                    "First month": f"{cohort.cohort_month:%Y-%m}",
                    "Customers": count(cohort.cohort_size),
                    **{
                        _after(since): percent(kept[since] / cohort.cohort_size)
                        for since in TOLD_MONTHS
                        if since in kept
                    },
                }
            )
        return text_table(
            "Part of the customers of a month who buy again so many months later; months that the "
            "data hold in part are left out",
            rows,
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """A cell for each cohort and month since."""
        last = max(since for cohort in self.cohorts for since, _ in cohort.retained)
        kept = [dict(cohort.retained) for cohort in self.cohorts]
        cells = [
            [
                mine[since] / cohort.cohort_size if since in mine else None
                for since in range(1, last + 1)
            ]
            for cohort, mine in zip(self.cohorts, kept, strict=True)
        ]
        # A few of the smallest cohorts would leave all others pale.
        known = sorted(cell for row in cells for cell in row if cell is not None)
        full = known[math.ceil(len(known) * FULL_FROM) - 1]
        figure = heat_map(
            "Part of the customers who buy again, by months since their first purchase",
            [f"{cohort.cohort_month:%Y-%m}" for cohort in self.cohorts],
            [str(since) for since in range(1, last + 1)],
            cells,
            ".0%",
            reach=full,
        )
        return (figure,)


def _after(since: int) -> str:
    return f"{since} mo."


def _months_after(month: datetime.date, count: int) -> datetime.date:
    months = month.year * 12 + month.month - 1 + count
    return datetime.date(months // 12, months % 12 + 1, 1)
