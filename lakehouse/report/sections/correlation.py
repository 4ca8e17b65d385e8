"""What goes together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lakehouse.report.drawing import heat_map
from lakehouse.report.gold import TOP_ROWS, ShopGold
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import NONE, count, counted, listed

if TYPE_CHECKING:
    import plotly.graph_objects as go

# Below it, two things have next to nothing to do with each other.
WEAK = 0.1


@dataclass(frozen=True)
class Kind:
    """What is correlated: in which table, over what, and how it is called."""

    title: str
    table: str
    item: str
    over: str
    size: str


# By the section's id.
KINDS = {
    "attributes": Kind(
        *("Attributes of orders", "rpt_attribute_correlation", "attribute", "orders", "order_count")
    ),
}


@dataclass(frozen=True)
class Pair:
    """Two things and their correlation; None where one of them never differs."""

    first: str
    second: str
    size: int
    r: float | None


@dataclass(frozen=True)
class Correlation(Section):
    """The pairs of one kind, the strongest first."""

    kind: str
    pairs: tuple[Pair, ...]

    @property
    def section_id(self) -> str:
        """Names the kind."""
        return f"correlation-{self.kind}"

    @property
    def title(self) -> str:
        """What is correlated."""
        return f"{KINDS[self.kind].title}: what goes together"

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[Correlation, ...]:
        """The kinds that have pairs."""
        found = []
        for name, kind in KINDS.items():
            columns = (f"{kind.item}_a", f"{kind.item}_b", kind.size, "pearson_r")
            rows = gold.read(kind.table, columns).to_pylist()
            pairs = [Pair(*(row[column] for column in columns)) for row in rows]
            pairs.sort(key=lambda p: (p.r is None, -abs(p.r or 0), p.first, p.second))
            if pairs:
                found.append(cls(name, tuple(pairs)))
        return tuple(found)

    def _spoken(self, item: str) -> str:
        """An attribute as one says it; a category is a name and stays as it is."""
        return item.removeprefix("is_").replace("_", " ") if self.kind == "attributes" else item

    def _pair(self, pair: Pair) -> str:
        """A pair as a sentence begins with it."""
        said = f"{self._spoken(pair.first)} and {self._spoken(pair.second)}"
        return said[0].upper() + said[1:] if self.kind == "attributes" else said

    @property
    def items(self) -> list[str]:
        """What is correlated, without what never differs."""
        known = [pair for pair in self.pairs if pair.r is not None]
        return sorted({item for pair in known for item in (pair.first, pair.second)})

    def sentences(self, unit: str) -> tuple[str, ...]:
        """The strongest pair, what says the same, and what never differs."""
        known = [pair for pair in self.pairs if pair.r is not None]
        silent = {item for pair in self.pairs for item in (pair.first, pair.second)}
        silent -= set(self.items)
        said = []
        same = [pair for pair in known if round(abs(pair.r or 0), 6) == 1]
        said += [f"{self._pair(pair)} say the same." for pair in same]
        rest = [pair for pair in known if pair not in same]
        if rest and abs(rest[0].r or 0) >= WEAK:
            best = rest[0]
            away = "together" if (best.r or 0) > 0 else "apart"
            said.append(f"{self._pair(best)} go {away} most: {_r(best.r)}.")
        if weak := sum(abs(pair.r or 0) < WEAK for pair in rest):
            said.append(
                f"{count(weak)} of {counted(len(self.pairs), 'pair', 'pairs')} have next to "
                f"nothing to do with each other (within ±{WEAK})."
            )
        if silent:
            never = listed([self._spoken(item) for item in sorted(silent)])
            said.append(f"Never different, and so with no correlation: {never}.")
        return tuple(said)

    def table(self, unit: str) -> TextTable:
        """The strongest pairs."""
        over = KINDS[self.kind].over.capitalize()
        return text_table(
            f"The strongest of {counted(len(self.pairs), 'pair', 'pairs')}; "
            "correlations are from -1 to 1",
            [
                {
                    "Pair": f"{self._spoken(p.first)} + {self._spoken(p.second)}",
                    "Correlation": _r(p.r),
                    over: count(p.size),
                }
                for p in self.pairs[:TOP_ROWS]
            ],
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """A cell for each two, if there are several."""
        items = self.items
        if len(items) < 2:
            return ()
        r = {frozenset((p.first, p.second)): p.r for p in self.pairs}
        cells = [[r.get(frozenset((a, b))) if a != b else None for b in items] for a in items]
        spoken = [self._spoken(item) for item in items]
        # Weak correlations stay pale.
        farthest = max(0.3, *(abs(pair.r or 0) for pair in self.pairs))
        title = "Correlation, from -1 (orange: apart) to 1 (blue: together)"
        return (heat_map(title, spoken, spoken, cells, ".2f", 0, farthest),)


def _r(r: float | None) -> str:
    return NONE if r is None else f"{r:+z.2f}"
