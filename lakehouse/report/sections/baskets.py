"""What is bought together."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from lakehouse.report.drawing import INK, bars
from lakehouse.report.gold import TOP_ROWS, ShopGold, names, product_labels
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import count, counted, number, percent

if TYPE_CHECKING:
    import plotly.graph_objects as go

PLURALS = {"product": "products", "category": "categories"}


@dataclass(frozen=True)
class Pair:
    """Two items bought together (`rpt_market_basket`)."""

    item_a: str
    item_b: str
    pair_count: int
    support: float
    confidence_a_to_b: float
    confidence_b_to_a: float
    lift: float
    strength: str


@dataclass(frozen=True)
class Basket(Section):
    """The strongest pairs of a level (`product` or `category`); baskets are orders or customers."""

    level: str
    basis: str
    pairs: tuple[Pair, ...]
    pair_count: int

    @property
    def section_id(self) -> str:
        """Names the level."""
        return f"basket-{self.level}"

    @property
    def title(self) -> str:
        """Names what is bought."""
        return f"{PLURALS[self.level].capitalize()} bought together"

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[Basket, ...]:
        """The levels that have pairs; what chance explains comes last."""
        measures = names(Pair)[2:]
        columns = ("level", "basis", "item_a", "item_b", "item_a_name", "item_b_name", *measures)
        rows = gold.read("rpt_market_basket", columns).to_pylist()
        rows.sort(
            key=lambda r: (
                r["strength"] == "none",
                *(-r["lift"], -r["pair_count"], r["item_a"], r["item_b"]),
            )
        )
        baskets = []
        for level in PLURALS:
            mine = [r for r in rows if r["level"] == level]
            best = mine[:TOP_ROWS]
            labels = _item_labels(gold, best) if level == "product" else {}
            pairs = tuple(
                Pair(
                    labels.get(r["item_a"], r["item_a"]),
                    labels.get(r["item_b"], r["item_b"]),
                    **{name: r[name] for name in measures},
                )
                for r in best
            )
            if mine:
                baskets.append(cls(level, mine[0]["basis"], pairs, len(mine)))
        return tuple(baskets)

    def sentences(self, unit: str) -> tuple[str, ...]:
        """The strongest pair, in the direction that says more."""
        best = self.pairs[0]
        if best.lift <= 1 or best.strength == "none":
            return ("No pair is bought together more often than by chance.",)
        has, gets, confidence = best.item_a, best.item_b, best.confidence_a_to_b
        if best.confidence_b_to_a > confidence:
            has, gets, confidence = best.item_b, best.item_a, best.confidence_b_to_a
        return (
            f"{percent(confidence)} of {self.basis}s with {has} also have {gets}: "
            f"{number(best.lift)} times as many as by chance "
            f"({counted(best.pair_count, self.basis, f'{self.basis}s')}).",
        )

    def table(self, unit: str) -> TextTable:
        """The strongest pairs."""
        return text_table(
            f"The strongest of {counted(self.pair_count, 'pair', 'pairs')}; lift 1 is chance",
            [
                {
                    "Pair": f"{p.item_a} + {p.item_b}",
                    f"{self.basis.capitalize()}s with both": count(p.pair_count),
                    "Lift": number(p.lift),
                    "First → second": percent(p.confidence_a_to_b),
                    "Second → first": percent(p.confidence_b_to_a),
                    "Strength": p.strength,
                }
                for p in self.pairs
            ],
            texts=("Strength",),
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """A bar for each pair, and a line at chance."""
        labels = [f"{_short(pair.item_a)} + {_short(pair.item_b)}" for pair in self.pairs]
        lifts = [pair.lift for pair in self.pairs]
        figure = bars(
            "Lift: times as often together as by chance (1, dotted)", labels, lifts, ".2f"
        )
        figure.update_yaxes(ticktext=[escape(name, quote=False) for name in labels])
        figure.add_vline(x=1, line={"color": INK, "width": 1, "dash": "dot"})
        return (figure,)


def _short(name: str) -> str:
    return name if len(name) <= 24 else f"{name[:23].rstrip()}…"


def _item_labels(gold: ShopGold, pairs: list[dict[str, Any]]) -> dict[str, str]:
    """Product id -> label of the products in the pairs; unnamed ones are looked up."""
    named = {p[item]: p[f"{item}_name"] for p in pairs for item in ("item_a", "item_b")}
    unnamed = [item for item, name in named.items() if name in (None, item)]
    labels = {item: name for item, name in named.items() if item not in unnamed}
    return labels | product_labels(gold, unnamed) if unnamed else labels
