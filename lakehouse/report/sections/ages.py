"""What each age buys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lakehouse.report.chance import differ
from lakehouse.report.drawing import heat_map
from lakehouse.report.gold import ShopGold, names
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import NONE, counted, percent

if TYPE_CHECKING:
    import plotly.graph_objects as go

SHOWN_CATEGORIES = 10
PLACES = {1: "First", 2: "Second", 3: "Third"}


@dataclass(frozen=True)
class AgeCategory:
    """A category in an age band (`rpt_top_categories_by_age`)."""

    age_band: str
    category: str
    purchase_count: int
    share_of_band: float
    category_rank: int


@dataclass(frozen=True)
class Ages(Section):
    """The categories of each age band, the young first, each band's best first."""

    categories: tuple[AgeCategory, ...]

    section_id = "ages"
    title = "What each age buys"

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[Ages, ...]:
        """The bands, if there are several."""
        rows = gold.read("rpt_top_categories_by_age", names(AgeCategory)).to_pylist()
        found = [AgeCategory(**row) for row in rows]
        found.sort(key=lambda c: (c.age_band != "<18", c.age_band, c.category_rank))
        several = len({category.age_band for category in found}) > 1
        return (cls(tuple(found)),) if several else ()

    @property
    def bands(self) -> list[str]:
        """The age bands, the young first."""
        return list(dict.fromkeys(category.age_band for category in self.categories))

    def sentences(self, unit: str) -> tuple[str, ...]:
        """Which category leads where, and whether ages differ at all."""
        leads = [c.category for c in self.categories if c.category_rank == 1]
        most = max(dict.fromkeys(leads), key=leads.count)
        bands = counted(len(self.bands), "age band", "age bands")
        if leads.count(most) == len(leads):
            said = f"{most} leads in all {bands}: by what they buy most, age separates nobody."
        else:
            said = f"{most} leads in {leads.count(most)} of {bands}."
        chance = differ(self._counts())
        if chance is None:
            return (said,)
        return (
            said,
            "What the ages buy differs by more than chance makes it."
            if chance
            else "What the ages buy differs by no more than chance makes it.",
        )

    def _counts(self) -> list[list[int]]:
        counts = {(c.age_band, c.category): c.purchase_count for c in self.categories}
        every = sorted({category for _, category in counts})
        return [[counts.get((band, category), 0) for category in every] for band in self.bands]

    def table(self, unit: str) -> TextTable:
        """The three best categories of each age band."""
        rows = []
        for band in self.bands:
            row = {"Age": band}
            mine = {c.category_rank: c for c in self.categories if c.age_band == band}
            for rank, place in PLACES.items():
                there = mine.get(rank)
                row[place] = there.category if there else NONE
                row[f"{place} share"] = percent(there.share_of_band) if there else NONE
            rows.append(row)
        return text_table(
            "The best categories of each age band, and their share of its purchases",
            rows,
            texts=tuple(PLACES.values()),
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """The share of each of the best categories in each band."""
        bought: dict[str, int] = {}
        for category in self.categories:
            bought[category.category] = bought.get(category.category, 0) + category.purchase_count
        best = sorted(bought, key=lambda name: (-bought[name], name))[:SHOWN_CATEGORIES]
        shares = {(c.category, c.age_band): c.share_of_band for c in self.categories}
        cells = [[shares.get((name, band), 0.0) for band in self.bands] for name in best]
        return (heat_map("Share of an age band's purchases", best, self.bands, cells, ".1%"),)
