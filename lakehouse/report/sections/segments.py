"""Customers by segment."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from lakehouse.report.drawing import BAR_HEIGHT, MAIN, PALE, label, new_figure
from lakehouse.report.gold import ShopGold, rate, total
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import amount, count, percent

if TYPE_CHECKING:
    import plotly.graph_objects as go

# By the section's id: its title, and the table, segment and amount that it counts.
SEGMENTED = {
    "clv": (
        "Customers by lifetime value",
        *("rpt_customer_clv", "clv_segment", "lifetime_value"),
    ),
    "rfm": (
        "Customers by recency, frequency and amount",
        *("rpt_customer_rfm", "rfm_segment", "monetary_amount"),
    ),
}


@dataclass(frozen=True)
class Segment:
    """The customers of a segment; shares are of the segmented customers and their sales."""

    name: str
    customer_count: int
    amount: Decimal
    customer_share: float
    amount_share: float | None


@dataclass(frozen=True)
class Segments(Section):
    """The segments of one kind (`clv`, `rfm`), by what they bring."""

    kind: str
    segments: tuple[Segment, ...]

    @property
    def section_id(self) -> str:
        """The kind."""
        return self.kind

    @property
    def title(self) -> str:
        """What the segments are made of."""
        return SEGMENTED[self.kind][0]

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[Segments, ...]:
        """The kinds that have customers."""
        found = (cls(kind, _segments(gold, *source[1:])) for kind, source in SEGMENTED.items())
        return tuple(section for section in found if section.segments)

    def sentences(self, unit: str) -> tuple[str, ...]:
        """The segment that brings most."""
        first = self.segments[0]
        return (
            f"The segment {first.name} is {percent(first.customer_share)} of the customers "
            f"and brings {percent(first.amount_share)} of their net sales.",
        )

    def table(self, unit: str) -> TextTable:
        """The segments."""
        return text_table(
            "Segments by net sales",
            [
                {
                    "Segment": s.name,
                    "Customers": count(s.customer_count),
                    "Of the customers": percent(s.customer_share),
                    "Net sales": amount(s.amount, unit),
                    "Of the sales": percent(s.amount_share),
                }
                for s in self.segments
            ],
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """Two bars a segment: its part of the customers, and of the sales."""
        figure = new_figure(
            "Segments: part of the customers (grey) and of their net sales (blue)",
            90 + 2 * (BAR_HEIGHT - 8) * len(self.segments),
            barmode="group",
        )
        labels = [label(segment.name) for segment in self.segments]
        # Groups are drawn upwards: with the axis reversed, the first stands above.
        for shares, color in (
            ([segment.customer_share for segment in self.segments], PALE),
            ([segment.amount_share or 0.0 for segment in self.segments], MAIN),
        ):
            figure.add_bar(
                x=shares,
                y=labels,
                orientation="h",
                marker={"color": color},
                text=[f"{share:.1%}" for share in shares],
                textposition="outside",
                cliponaxis=False,
                hoverinfo="y+x",
            )
        figure.update_yaxes(autorange="reversed", showgrid=False)
        largest = max(max(s.customer_share, s.amount_share or 0.0) for s in self.segments)
        figure.update_xaxes(tickformat=".0%", range=[0, largest * 1.12])
        return (figure,)


def _segments(gold: ShopGold, table: str, segment: str, amount: str) -> tuple[Segment, ...]:
    customers = gold.read(table, (segment, amount)).drop_null()
    if not customers.num_rows:
        return ()
    groups = customers.group_by(segment).aggregate([(amount, "sum"), ([], "count_all")])
    whole = total(customers, amount)
    segments = (
        Segment(
            name=row[segment],
            customer_count=row["count_all"],
            amount=row[f"{amount}_sum"],
            customer_share=row["count_all"] / customers.num_rows,
            amount_share=rate(row[f"{amount}_sum"], whole),
        )
        for row in groups.to_pylist()
    )
    return tuple(sorted(segments, key=lambda s: (-s.amount, s.name)))
