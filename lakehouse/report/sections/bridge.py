"""Why net sales changed from one period to the next."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from lakehouse.report.drawing import waterfall
from lakehouse.report.gold import ShopGold
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import amount, signed

if TYPE_CHECKING:
    import plotly.graph_objects as go

# The first that a shop has two of.
PERIOD_TYPES = ("quarter", "month", "year")
PERSPECTIVES = {"product": "prices and products", "customer": "customers"}


@dataclass(frozen=True)
class Bridge(Section):
    """The last change of net sales (`rpt_revenue_bridge`).

    Attributes:
        effects: of each perspective, those that are not 0 and their amounts, in their order.
    """

    period_type: str
    period_start: datetime.date
    previous_period_start: datetime.date
    net_amount: Decimal
    previous_net_amount: Decimal
    effects: tuple[tuple[str, tuple[tuple[str, Decimal], ...]], ...]

    section_id = "bridge"
    title = "Why sales changed"

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[Bridge, ...]:
        """The last period that has one before it."""
        columns = (
            *("period_type", "period_start", "previous_period_start", "net_amount"),
            *("previous_net_amount", "perspective", "effect", "amount"),
        )
        rows = gold.read("rpt_revenue_bridge", columns).to_pylist()
        of_types = ([row for row in rows if row["period_type"] == kind] for kind in PERIOD_TYPES)
        mine = next((found for found in of_types if found), [])
        if not mine:
            return ()
        last = max(row["period_start"] for row in mine)
        mine = [row for row in mine if row["period_start"] == last]
        mine.sort(key=lambda row: (-row["amount"], row["effect"]))
        effects = tuple(
            (
                perspective,
                tuple(
                    (row["effect"], row["amount"])
                    for row in mine
                    if row["perspective"] == perspective and row["amount"]
                ),
            )
            for perspective in PERSPECTIVES
        )
        return (cls(**{name: mine[0][name] for name in columns[:5]}, effects=effects),)

    def _named(self, start: datetime.date) -> str:
        if self.period_type == "quarter":
            return f"quarter {(start.month + 2) // 3} of {start.year}"
        return f"{start:%B %Y}" if self.period_type == "month" else str(start.year)

    def sentences(self, unit: str) -> tuple[str, ...]:
        """The change, and what did most to it."""
        change = self.net_amount - self.previous_net_amount
        said = [
            f"From {self._named(self.previous_period_start)} to {self._named(self.period_start)} "
            f"net sales go from {amount(self.previous_net_amount, unit)} to "
            f"{amount(self.net_amount, unit)}: {signed(change, unit)}."
        ]
        for perspective, effects in self.effects:
            if effects:
                effect, value = max(effects, key=lambda e: abs(e[1]))
                said.append(
                    f"Of {PERSPECTIVES[perspective]}, {_spoken(effect)} did most: "
                    f"{signed(value, unit)}."
                )
        return tuple(said)

    def table(self, unit: str) -> TextTable:
        """The effects; those of a perspective add up to the change."""
        return text_table(
            "What was added and taken away; each perspective adds up to the change",
            [
                {
                    "Effect": _spoken(effect).capitalize(),
                    "By": perspective,
                    "Amount": signed(value, unit),
                }
                for perspective, effects in self.effects
                for effect, value in effects
            ]
            or [{"Effect": "None", "By": "", "Amount": amount(Decimal(0), unit)}],
            texts=("By",),
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """A waterfall for each perspective."""
        start, end = (
            self._named(self.previous_period_start).capitalize(),
            self._named(self.period_start).capitalize(),
        )
        return tuple(
            waterfall(
                f"By {PERSPECTIVES[perspective]} ({unit})",
                (start, float(self.previous_net_amount)),
                [(_spoken(effect).capitalize(), float(value)) for effect, value in effects],
                (end, float(self.net_amount)),
            )
            for perspective, effects in self.effects
            if effects
        )


def _spoken(effect: str) -> str:
    return effect.replace("_", " ")
