"""Customers by segment at the end of each past month, and who moved in the last one."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lakehouse.report.drawing import heat_map, stacks
from lakehouse.report.gold import ShopGold
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import count, counted, percent

if TYPE_CHECKING:
    import plotly.graph_objects as go
    import pyarrow as pa

# In rpt_segment_migration, where a customer comes from who had no segment before.
NEW = "new"


@dataclass(frozen=True)
class Kind:
    """What customers are segmented by: its column, and its segments, the best first."""

    title: str
    column: str
    segments: tuple[str, ...]


# By the name of the segmentation.
KINDS = {
    "clv": Kind(
        *("Lifetime value segments over time", "clv_segment"),
        ("VIP Champions", "High Spenders", "Frequent Buyers", "Loyal", "At Risk", "Regular"),
    ),
    "rfm": Kind(
        *("Recency, frequency and amount segments over time", "rfm_segment"),
        ("Champions", "Loyal", "Potential", "New", "At risk", "Lost"),
    ),
}


@dataclass(frozen=True)
class MonthEnd:
    """The customers in each segment at the end of a month (`rpt_customer_segment_history`)."""

    day: datetime.date
    customer_counts: tuple[tuple[str, int], ...]

    @property
    def customer_count(self) -> int:
        """Those of all segments."""
        return sum(customers for _, customers in self.customer_counts)

    def of(self, segment: str) -> int:
        """Those of one segment."""
        return dict(self.customer_counts).get(segment, 0)


@dataclass(frozen=True)
class Move:
    """Customers who went from a segment, or from `new`, to another (`rpt_segment_migration`)."""

    from_segment: str
    to_segment: str
    customer_count: int


@dataclass(frozen=True)
class SegmentHistory(Section):
    """The month ends of one segmentation, in their order.

    Attributes:
        moves: those between the last two, the largest first.
    """

    kind: str
    month_ends: tuple[MonthEnd, ...]
    moves: tuple[Move, ...]

    @property
    def section_id(self) -> str:
        """Names the kind."""
        return f"{self.kind}-history"

    @property
    def title(self) -> str:
        """What the segments are made of."""
        return KINDS[self.kind].title

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[SegmentHistory, ...]:
        """The segmentations with two month ends to compare."""
        columns = [kind.column for kind in KINDS.values()]
        history = gold.read("rpt_customer_segment_history", ("month_end", *columns))
        moves = gold.read(
            "rpt_segment_migration",
            ("segmentation", "period", "from_segment", "to_segment", "customer_count"),
        ).to_pylist()
        found = []
        for name, kind in KINDS.items():
            month_ends = _month_ends(history, kind.column)
            if len(month_ends) < 2:
                continue
            month = month_ends[-1].day.replace(day=1)
            last = [
                Move(row["from_segment"], row["to_segment"], row["customer_count"])
                for row in moves
                if (row["segmentation"], row["period"]) == (name, month)
            ]
            last.sort(key=lambda m: (-m.customer_count, m.from_segment, m.to_segment))
            found.append(cls(name, month_ends, tuple(last)))
        return tuple(found)

    @property
    def segments(self) -> list[str]:
        """Those that have a customer at any month end, the best first."""
        there = {name for month_end in self.month_ends for name, _ in month_end.customer_counts}
        return [name for name in KINDS[self.kind].segments if name in there]

    def moved(self, *, to: str | None = None, out_of: str | None = None) -> int:
        """Customers who came to a segment, or went out of one, in the last month."""
        return sum(
            m.customer_count for m in self.moves if to == m.to_segment or out_of == m.from_segment
        )

    def stayed(self, segment: str) -> int:
        """Customers of a segment who were in it a month end before."""
        return self.month_ends[-1].of(segment) - self.moved(to=segment)

    def sentences(self, unit: str) -> tuple[str, ...]:
        """The largest segment, and who moved."""
        before, last = self.month_ends[-2:]
        if len(self.segments) == 1:
            return (
                f"At each month end all customers are in one segment, {self.segments[0]}: it "
                "separates nobody.",
            )
        largest = max(self.segments, key=last.of)
        said = (
            f"At the end of {last.day:%B %Y} the largest segment of "
            f"{counted(last.customer_count, 'customer', 'customers')} is {largest}, with "
            f"{percent(last.of(largest) / last.customer_count)}."
        )
        between = [move for move in self.moves if move.from_segment != NEW]
        if not between:
            return (said, "In that month nobody went from one segment to another.")
        most, moved = between[0], sum(move.customer_count for move in between)
        return (
            said,
            f"In that month {count(moved)} of {count(before.customer_count)} customers "
            f"({percent(moved / before.customer_count)}) went to another segment, most from "
            f"{most.from_segment} to {most.to_segment} ({count(most.customer_count)}); "
            f"{counted(self.moved(out_of=NEW), 'customer is', 'customers are')} new.",
        )

    def table(self, unit: str) -> TextTable:
        """The segments at the last two month ends, and what came between."""
        before, last = self.month_ends[-2:]
        new = {move.to_segment: move.customer_count for move in self.moves if _is_new(move)}
        rows = [
            {
                "Segment": name,
                f"On {before.day:%Y-%m-%d}": count(before.of(name)),
                "New": count(new.get(name, 0)),
                "From others": count(self.moved(to=name) - new.get(name, 0)),
                "To others": count(self.moved(out_of=name)),
                f"On {last.day:%Y-%m-%d}": count(last.of(name)),
            }
            for name in self.segments
        ]
        return text_table("Customers by segment at the last two month ends", rows)

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """The segments at each month end; from which to which customers went in the last one."""
        segments = self.segments
        if len(segments) < 2:
            return ()
        over_time = stacks(
            "Customers by segment at the end of each month",
            [month_end.day for month_end in self.month_ends],
            [(name, [month_end.of(name) for month_end in self.month_ends]) for name in segments],
        )
        if not self.moves:
            return (over_time,)
        moved = {(m.from_segment, m.to_segment): m.customer_count for m in self.moves}
        moved |= {(name, name): self.stayed(name) for name in segments}
        rows = [*segments, *([NEW] if self.moved(out_of=NEW) else [])]
        cells = [[moved.get((row, column)) for column in segments] for row in rows]
        before, last = self.month_ends[-2:]
        matrix = heat_map(
            f"Customers by segment on {before.day:%d %B %Y} (rows) and {last.day:%d %B %Y} "
            "(columns)",
            [name if name != NEW else "First sale since" for name in rows],
            segments,
            cells,
            ",.0f",
            # Most stay where they are: who moved is not to be pale beside them.
            reach=float(self.moves[0].customer_count),
        )
        return (over_time, matrix)


def _is_new(move: Move) -> bool:
    return move.from_segment == NEW


def _month_ends(history: pa.Table, column: str) -> tuple[MonthEnd, ...]:
    """The customers of each month end that have a segment."""
    if not history.num_rows:
        return ()
    rows = history.select(["month_end", column]).drop_null()
    counts: dict[datetime.date, list[tuple[str, int]]] = {}
    groups = rows.group_by(["month_end", column]).aggregate([([], "count_all")]).to_pylist()
    for row in sorted(groups, key=lambda group: (group["month_end"], group[column])):
        counts.setdefault(row["month_end"], []).append((row[column], row["count_all"]))
    return tuple(MonthEnd(day, tuple(segments)) for day, segments in counts.items())
