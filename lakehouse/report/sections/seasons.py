"""What sells in which season."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lakehouse.report.drawing import heat_map
from lakehouse.report.gold import ShopGold, names
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import count, number, percent

if TYPE_CHECKING:
    import plotly.graph_objects as go

SEASONS = ("Winter", "Spring", "Summer", "Fall")
BEST_OF_EACH = 5


@dataclass(frozen=True)
class SeasonItem:
    """An item in a season (`rpt_seasonal_items`); index 1 is as much as over the year."""

    season: str
    item: str
    label: str
    purchase_count: int
    season_share: float
    season_index: float
    season_rank: int


@dataclass(frozen=True)
class SeasonalItems(Section):
    """The best items of each season.

    Attributes:
        best: the best of each season.
        cells: the same items in every season; one without a purchase is not there.
    """

    best: tuple[SeasonItem, ...]
    cells: tuple[SeasonItem, ...]

    section_id = "seasonal"
    title = "Seasonal items"

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[SeasonalItems, ...]:
        """The best items of the seasons that the shop knows."""
        import pyarrow.compute as pc

        measures = [name for name in names(SeasonItem) if name != "label"]
        table = gold.read("rpt_seasonal_items", (*measures, "item_name", "category"))
        if not table.num_rows:
            return ()
        leading = table.filter(pc.field("season_rank") <= BEST_OF_EACH)["item"].unique()
        found = [
            SeasonItem(
                label=row["item_name"] or " ".join(filter(None, (row["category"], row["item"]))),
                **{name: row[name] for name in measures},
            )
            for row in table.filter(pc.field("item").isin(leading)).to_pylist()
        ]
        found.sort(key=lambda item: (SEASONS.index(item.season), item.season_rank))
        best = tuple(item for item in found if item.season_rank <= BEST_OF_EACH)
        return (cls(best, tuple(found)),)

    @property
    def seasons(self) -> list[str]:
        """Those that have purchases, in the order of the year."""
        return [season for season in SEASONS if any(item.season == season for item in self.best)]

    def sentences(self, unit: str) -> tuple[str, ...]:
        """The most seasonal of the best items."""
        first = self.best[0]
        if len(self.seasons) == 1:
            return (
                f"All purchases fall into {first.season}: one season separates nothing. "
                f"{first.label} is bought most ({count(first.purchase_count)} times).",
            )
        most = max(self.best, key=lambda item: item.season_index)
        return (
            f"Of the best items, {most.label} is the most seasonal: in {most.season} its "
            f"part of the purchases is {number(most.season_index)} times that of the year.",
        )

    def table(self, unit: str) -> TextTable:
        """The best items of each season."""
        several = len(self.seasons) > 1
        return text_table(
            "The best items of each season; index 1 is as much as over the year",
            [
                {
                    "Season": item.season,
                    "Item": item.label,
                    "Purchases": count(item.purchase_count),
                    "Of the season": percent(item.season_share),
                    "Index": number(item.season_index) if several else "",
                }
                for item in self.best
            ],
            texts=("Item",),
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """The items' index in each season, if there are several."""
        if len(self.seasons) < 2:
            return ()
        labels = {item.item: item.label for item in self.best}
        index = {(item.item, item.season): item.season_index for item in self.cells}
        return (
            heat_map(
                "How much of a season's purchases an item is, as a multiple of the year's (1)",
                list(labels.values()),
                self.seasons,
                [[index.get((item, season), 0.0) for season in self.seasons] for item in labels],
                ".2f",
                middle=1,
            ),
        )
