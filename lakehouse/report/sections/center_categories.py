"""What lies in which distribution centre by category, and what runs out where."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from lakehouse.report.drawing import heat_map
from lakehouse.report.gold import TOP_ROWS, ShopGold
from lakehouse.report.grid import SHOWN_COLUMNS, SHOWN_ROWS, Grid, largest
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import amount, count, counted, listed, number

if TYPE_CHECKING:
    import plotly.graph_objects as go

MEASURES = ("on_hand_count", "units_sold_90d", "days_of_cover", "on_hand_cost_amount")


@dataclass(frozen=True)
class CategoryStock:
    """What a distribution centre has of a category (`rpt_inventory_by_center_category`)."""

    center: str
    category: str
    on_hand_count: int
    units_sold_90d: int
    days_of_cover: float | None
    on_hand_cost_amount: Decimal


@dataclass(frozen=True)
class CategoryStocks(Section):
    """The stock of each centre and category.

    Attributes:
        stocks: all of them, those that are empty first at the head; what did not sell comes last.
    """

    stocks: tuple[CategoryStock, ...]
    grid: Grid

    section_id = "center-categories"
    title = "Stock by centre and category"

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[CategoryStocks, ...]:
        """The stock, if the shop records it."""
        import pyarrow.compute as pc

        ids = ("distribution_center_id", "distribution_center_name")
        table = gold.read("rpt_inventory_by_center_category", (*ids, "category", *MEASURES))
        if not table.num_rows:
            return ()
        center = pc.coalesce(table[ids[1]].cast("string"), table[ids[0]])
        table = table.drop_columns(list(ids)).append_column("center", center)
        stocks = [CategoryStock(**row) for row in table.to_pylist()]
        stocks.sort(
            key=lambda s: (
                s.days_of_cover is None,
                *(s.days_of_cover or 0, -s.units_sold_90d, s.category, s.center),
            )
        )
        rows, columns = (
            largest(table, name, "on_hand_count", shown)
            for name, shown in (("category", SHOWN_ROWS), ("center", SHOWN_COLUMNS))
        )
        grid = Grid.of(table, "on_hand_count", ("category", rows), ("center", columns))
        return (cls(tuple(stocks), grid),)

    def sentences(self, unit: str) -> tuple[str, ...]:
        """Where most lies, what is sold out, and what is so next."""
        most = max(self.stocks, key=lambda s: s.on_hand_count)
        said = [f"Most pieces are {most.category} in {most.center}: {count(most.on_hand_count)}."]
        centers, categories = ({s.center for s in self.stocks}, {s.category for s in self.stocks})
        alone = [
            f"{what} (all {next(iter(names))})"
            for what, names in (("centre", centers), ("category", categories))
            if len(names) == 1
        ]
        if alone:
            said.append(f"What separates nothing: {listed(alone)}.")
        selling = [s for s in self.stocks if s.days_of_cover is not None]
        if gone := [s for s in selling if not s.on_hand_count]:
            have = "has" if len(gone) == 1 else "have"
            said.append(
                f"Of {counted(len(selling), 'category', 'categories')} in a centre that sold in "
                f"the last 90 days, {count(len(gone))} {have} nothing left, {gone[0].category} in "
                f"{gone[0].center} first ({count(gone[0].units_sold_90d)} sold)."
            )
        if left := [s for s in selling if s.on_hand_count]:
            said.append(
                f"At the pace of the last 90 days {left[0].category} in {left[0].center} is empty "
                f"next: in {number(left[0].days_of_cover)} days."
            )
        return tuple(said)

    def table(self, unit: str) -> TextTable:
        """What is empty first, and the others together."""
        rows = [
            {
                "Category": s.category,
                "Centre": s.center,
                "On hand": count(s.on_hand_count),
                "Sold in 90 days": count(s.units_sold_90d),
                "Days of cover": number(s.days_of_cover),
                "Cost": amount(s.on_hand_cost_amount, unit),
            }
            for s in self.stocks[:TOP_ROWS]
        ]
        if rest := self.stocks[TOP_ROWS:]:
            rows.append(
                {
                    "Category": f"{count(len(rest))} more",
                    "On hand": count(sum(s.on_hand_count for s in rest)),
                    "Sold in 90 days": count(sum(s.units_sold_90d for s in rest)),
                    "Cost": amount(sum((s.on_hand_cost_amount for s in rest), Decimal(0)), unit),
                }
            )
        return text_table(
            "What runs out first, at the pace of the last 90 days; cost is of the pieces whose "
            "cost is known",
            rows,
            texts=("Centre",),
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """A cell for each category and centre, if there are several."""
        if len(self.stocks) < 2:
            return ()
        grid = self.grid
        title = "Pieces on hand by category and centre"
        return (heat_map(title, grid.rows, grid.columns, grid.cells, "~s", reach=grid.most),)
