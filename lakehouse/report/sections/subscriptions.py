"""Subscribers against others."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from lakehouse.report.chance import differ
from lakehouse.report.drawing import heat_map
from lakehouse.report.gold import ShopGold, names
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import amount, count, percent

if TYPE_CHECKING:
    import plotly.graph_objects as go

GROUPS = {True: "Subscribers", False: "Others", None: "Not said"}


@dataclass(frozen=True)
class Frequency:
    """Subscribers, or others, who say to buy that often (`rpt_subscription_frequency`)."""

    is_subscriber: bool | None
    purchase_frequency: str
    order_count: int
    net_amount: Decimal
    average_order_value: Decimal | None
    order_share: float
    frequency_rank: int


@dataclass(frozen=True)
class Subscriptions(Section):
    """How often subscribers and others say to buy, the most frequent answer first."""

    frequencies: tuple[Frequency, ...]

    section_id = "subscriptions"
    title = "Subscribers and how often they buy"

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[Subscriptions, ...]:
        """The answers, if the shop records any."""
        rows = gold.read("rpt_subscription_frequency", names(Frequency)).to_pylist()
        found = [Frequency(**row) for row in rows]
        order = list(GROUPS)
        found.sort(key=lambda f: (order.index(f.is_subscriber), f.frequency_rank))
        return (cls(tuple(found)),) if found else ()

    @property
    def groups(self) -> list[bool | None]:
        """Subscribers, others, and those who do not say, as far as there are any."""
        return [
            group for group in GROUPS if any(f.is_subscriber is group for f in self.frequencies)
        ]

    @property
    def answers(self) -> list[str]:
        """How often people say to buy, the most frequent answer first."""
        orders: dict[str, int] = {}
        for f in self.frequencies:
            orders[f.purchase_frequency] = orders.get(f.purchase_frequency, 0) + f.order_count
        return sorted(orders, key=lambda answer: (-orders[answer], answer))

    def sentences(self, unit: str) -> tuple[str, ...]:
        """The most frequent answer of each group, and whether they differ at all."""
        said = [
            f"Most frequent answer of {GROUPS[f.is_subscriber].lower()}: {f.purchase_frequency} "
            f"({percent(f.order_share)} of their orders)."
            for f in self.frequencies
            if f.frequency_rank == 1 and f.is_subscriber is not None
        ]
        if len(self.groups) == 1:
            return (*said, "There is one group only: subscriptions separate nobody.")
        chance = differ(
            [[int(self._of(g, a, "order_count") or 0) for a in self.answers] for g in self.groups]
        )
        if chance is None:
            return tuple(said)
        more = "by more than" if chance else "by no more than"
        return (*said, f"The groups differ in how often they buy {more} chance makes them.")

    def _of(self, group: bool | None, answer: str, measure: str) -> float | None:
        return next(
            (
                getattr(f, measure)
                for f in self.frequencies
                if f.is_subscriber is group and f.purchase_frequency == answer
            ),
            None,
        )

    def table(self, unit: str) -> TextTable:
        """The answers of each group."""
        return text_table(
            "How often people say to buy; parts are of the group's orders",
            [
                {
                    "Group": GROUPS[f.is_subscriber],
                    "Answer": f.purchase_frequency,
                    "Orders": count(f.order_count),
                    "Part": percent(f.order_share),
                    "Net sales": amount(f.net_amount, unit),
                    "Average order": amount(f.average_order_value, unit),
                }
                for f in self.frequencies
            ],
            texts=("Answer",),
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """A cell for each group and answer."""
        if len(self.groups) * len(self.answers) < 2:
            return ()
        return (
            heat_map(
                "Part of a group's orders by how often people say to buy",
                [GROUPS[group] for group in self.groups],
                self.answers,
                [[self._of(g, a, "order_share") for a in self.answers] for g in self.groups],
                ".1%",
            ),
        )
