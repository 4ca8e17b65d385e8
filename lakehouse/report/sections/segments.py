"""Customers by segment."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lakehouse.report.drawing import paired_bars
from lakehouse.report.gold import ShopGold, rate, total
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import amount, count, counted, listed, percent

if TYPE_CHECKING:
    import plotly.graph_objects as go
    import pyarrow as pa


@dataclass(frozen=True)
class Kind:
    """What customers are segmented by: the table, its columns, and what its scores score."""

    title: str
    table: str
    segment: str
    amount: str
    scores: tuple[tuple[str, str], ...]


# By the section's id.
KINDS = {
    "clv": Kind(
        *("Customers by lifetime value", "rpt_customer_clv", "clv_segment", "lifetime_value"),
        (
            ("value_quartile", "value"),
            ("frequency_quartile", "frequency"),
            ("loyalty_quartile", "loyalty"),
        ),
    ),
    "rfm": Kind(
        *("Customers by recency, frequency and amount", "rpt_customer_rfm"),
        *("rfm_segment", "monetary_amount"),
        (("r_score", "recency"), ("f_score", "frequency"), ("m_score", "amount")),
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
    """The segments of one kind (`clv`, `rfm`), by what they bring.

    Attributes:
        unsegmented_count: customers in no segment, as no score separates them.
        silent: what the scores score that separate nobody, all customers being equal in them.
    """

    kind: str
    segments: tuple[Segment, ...]
    unsegmented_count: int
    silent: tuple[str, ...]

    @property
    def section_id(self) -> str:
        """The kind."""
        return self.kind

    @property
    def title(self) -> str:
        """What the segments are made of."""
        return KINDS[self.kind].title

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[Segments, ...]:
        """The kinds that have customers."""
        found = []
        for name, kind in KINDS.items():
            scores = [score for score, _ in kind.scores]
            customers = gold.read(kind.table, (kind.segment, kind.amount, *scores))
            if not customers.num_rows:
                continue
            segmented = customers.select([kind.segment, kind.amount]).drop_null()
            silent = tuple(what for score, what in kind.scores if _is_silent(customers[score]))
            unsegmented = customers.num_rows - segmented.num_rows
            segments = _segments(segmented, kind.segment, kind.amount)
            found.append(cls(name, segments, unsegmented, silent))
        return tuple(found)

    def sentences(self, unit: str) -> tuple[str, ...]:
        """The segment that brings most, and what separates nobody."""
        said = []
        if len(self.segments) > 1:
            first = self.segments[0]
            said.append(
                f"The segment {first.name} is {percent(first.customer_share)} of the customers "
                f"and brings {percent(first.amount_share)} of their net sales."
            )
        elif self.segments:
            said.append(
                f"All customers are in one segment, {self.segments[0].name}: it separates nobody."
            )
        if self.silent:
            separates = "separates" if len(self.silent) == 1 else "separate"
            what = listed(self.silent).capitalize()
            said.append(f"{what} {separates} nobody: all customers have the same score.")
        if self.unsegmented_count:
            are = "is" if self.unsegmented_count == 1 else "are"
            customers = counted(self.unsegmented_count, "customer", "customers")
            said.append(f"{customers} {are} in no segment.")
        return tuple(said)

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
            ]
            or [{"Segment": "none", "Customers": count(self.unsegmented_count)}],
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """Two bars a segment, if there are several: its part of the customers, and of the sales."""
        if len(self.segments) < 2:
            return ()
        return (
            paired_bars(
                "Segments: part of the customers (grey) and of their net sales (blue)",
                [segment.name for segment in self.segments],
                [segment.customer_share for segment in self.segments],
                [segment.amount_share or 0.0 for segment in self.segments],
            ),
        )


def _is_silent(score: pa.ChunkedArray[Any]) -> bool:
    """Whether all customers have the same score, or none."""
    return len(score.unique()) == 1


def _segments(customers: pa.Table, segment: str, amount: str) -> tuple[Segment, ...]:
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
