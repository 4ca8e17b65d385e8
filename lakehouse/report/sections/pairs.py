"""What sells where, when and to whom: sales by two dimensions at once."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from lakehouse.report.chance import differ
from lakehouse.report.drawing import heat_map
from lakehouse.report.gold import TOP_ROWS, UNKNOWN, ShopGold, product_labels, rate, total
from lakehouse.report.grid import (
    SHOWN_COLUMNS,
    SHOWN_ROWS,
    Grid,
    Line,
    largest,
    latest,
    ordered,
)
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.sections.seasons import SEASONS
from lakehouse.report.text import amount, count, listed, percent

if TYPE_CHECKING:
    import plotly.graph_objects as go
    import pyarrow as pa

SHOWN_MONTHS = 12


@dataclass(frozen=True)
class Dimension:
    """A dimension of the table: one of its values, several of them."""

    one: str
    many: str


DIMENSIONS = {
    "season": Dimension("season", "seasons"),
    "category": Dimension("category", "categories"),
    "place": Dimension("place", "places"),
    "department": Dimension("department", "departments"),
    "product": Dimension("product", "products"),
    "month": Dimension("month", "months"),
    "age_band": Dimension("age", "ages"),
    "gender": Dimension("gender", "genders"),
}
# The pairs as the table has them; then which is a row of the chart, and which a column.
PAIRS = {
    ("season", "category"): ("category", "season"),
    ("category", "place"): ("category", "place"),
    ("category", "department"): ("category", "department"),
    ("product", "month"): ("product", "month"),
    ("age_band", "gender"): ("age_band", "gender"),
}


@dataclass(frozen=True)
class Cell:
    """What is sold in two groups at once (`rpt_sales_by_pair`)."""

    row: str
    column: str
    order_count: int
    net_amount: Decimal
    share: float | None


@dataclass(frozen=True)
class SalesPairs(Section):
    """The sales of a shop by two dimensions, its rows and columns.

    Attributes:
        top: the best cells.
        cell_count: how many there are.
        rest_amount: net amount of those that are not in `top`.
        alone: dimensions with one value, and that value.
        is_more_than_chance: whether rows differ in their columns by more than chance makes them;
            None where counts cannot tell.
    """

    row: str
    column: str
    top: tuple[Cell, ...]
    cell_count: int
    rest_amount: Decimal
    grid: Grid
    alone: tuple[tuple[str, str], ...]
    is_more_than_chance: bool | None

    @property
    def section_id(self) -> str:
        """Names both."""
        return f"pair-{self._row.one}-{self._column.one}"

    @property
    def title(self) -> str:
        """Names both."""
        return f"Sales by {self._row.one} and {self._column.one}"

    @property
    def _row(self) -> Dimension:
        return DIMENSIONS[self.row]

    @property
    def _column(self) -> Dimension:
        return DIMENSIONS[self.column]

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[SalesPairs, ...]:
        """A section for each pair that the shop's sales tell."""
        import pyarrow.compute as pc

        dimensions, buckets = ("dimension_a", "dimension_b"), ("bucket_a", "bucket_b")
        table = gold.read("rpt_sales_by_pair", (*dimensions, *buckets, "order_count", "net_amount"))
        if not table.num_rows:
            return ()
        shop_orders = total(gold.read("rpt_kpis", ("order_count",)), "order_count")
        found = []
        for (a, b), (row, column) in PAIRS.items():
            is_pair = (pc.field("dimension_a") == a) & (pc.field("dimension_b") == b)
            pair = (
                table.filter(is_pair)
                .drop_columns(list(dimensions))
                .rename_columns([a, b, "order_count", "net_amount"])
            )
            if pair.num_rows:
                found.append(cls._of(gold, pair, row, column, shop_orders))
        return tuple(found)

    @classmethod
    def _of(
        cls, gold: ShopGold, pair: pa.Table, row: str, column: str, shop_orders: int
    ) -> SalesPairs:
        order: list[tuple[str, Literal["ascending", "descending"]]] = [
            ("net_amount", "descending"),
            (row, "ascending"),
            (column, "ascending"),
        ]
        best = pair.sort_by(order).slice(0, TOP_ROWS).to_pylist()
        whole = total(pair, "net_amount")
        rows, columns = _line(pair, row, SHOWN_ROWS), _line(pair, column, SHOWN_COLUMNS)
        names: dict[str, str] = {}
        if row == "product":
            names = product_labels(gold, [*rows.keys, *(cell["product"] for cell in best)])
        top = tuple(
            Cell(
                names.get(cell[row], cell[row]),
                cell[column],
                cell["order_count"],
                cell["net_amount"],
                rate(cell["net_amount"], whole),
            )
            for cell in best
        )
        lines = {row: rows, column: columns}
        return cls(
            row=row,
            column=column,
            top=top,
            cell_count=pair.num_rows,
            rest_amount=whole - sum((cell.net_amount for cell in top), Decimal(0)),
            grid=Grid.of(pair, "net_amount", (row, rows.named(names)), (column, columns)),
            alone=tuple((d, line.keys[0]) for d, line in lines.items() if _is_alone(line)),
            is_more_than_chance=_differ(pair, row, column, shop_orders),
        )

    def sentences(self, unit: str) -> tuple[str, ...]:
        """Where most is sold, and what separates nobody, or no more than chance."""
        best = self.top[0]
        said = [
            f"Of {count(self.cell_count)} pairs of {_a(self._row.one)} and {_a(self._column.one)}, "
            f"{best.row} and {best.column} bring most: {amount(best.net_amount, unit)}, "
            f"{percent(best.share)} of net sales."
        ]
        if self.cell_count == 1:
            said = []
        if self.alone:
            alone = listed([f"{DIMENSIONS[d].one} (all {value})" for d, value in self.alone])
            said.append(f"What separates nobody: {alone}.")
        if self.is_more_than_chance is not None:
            more = "by more than" if self.is_more_than_chance else "by no more than"
            rows = self._row.many.capitalize()
            said.append(f"{rows} differ in their {self._column.many} {more} chance makes them.")
        return tuple(said)

    def table(self, unit: str) -> TextTable:
        """The best cells, and the others together."""
        row, column = self._row.one.capitalize(), self._column.one.capitalize()
        rows = [
            {
                row: cell.row,
                column: cell.column,
                "Net sales": amount(cell.net_amount, unit),
                "Share": percent(cell.share),
                "Orders": count(cell.order_count),
            }
            for cell in self.top
        ]
        if rest := self.cell_count - len(self.top):
            rows.append({row: f"{count(rest)} more", "Net sales": amount(self.rest_amount, unit)})
        caption = f"{self._row.many.capitalize()} and {self._column.many} by net sales"
        # A month stays on one line, as numbers do.
        return text_table(caption, rows, texts=() if self.column == "month" else (column,))

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """A cell for each two, the largest of each and the others together."""
        if self.alone:
            return ()
        grid = self.grid
        title = f"Net sales by {self._row.one} and {self._column.one} ({unit})"
        return (heat_map(title, grid.rows, grid.columns, grid.cells, "~s", reach=grid.most),)


def _a(name: str) -> str:
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def _is_alone(line: Line) -> bool:
    return len(line.keys) == 1 and line.keys[0] != UNKNOWN and not line.rest


def _line(pair: pa.Table, dimension: str, shown: int) -> Line:
    """Seasons and ages in their order, the last months, the largest of all else."""
    if dimension == "month":
        return latest(pair, dimension, SHOWN_MONTHS)
    if dimension == "season":
        return ordered(pair, dimension, lambda s: (*(s != known for known in SEASONS), s))
    if dimension == "age_band":
        return ordered(pair, dimension, lambda age: (age == UNKNOWN, age != "<18", age))
    return largest(pair, dimension, "net_amount", shown)


def _differ(pair: pa.Table, row: str, column: str, shop_orders: int) -> bool | None:
    """Whether rows differ in their columns, if each order stands in one cell: else none is free."""
    if row == "product" or total(pair, "order_count") != shop_orders:
        return None
    counts: dict[tuple[Any, Any], int] = {
        (cell[row], cell[column]): cell["order_count"] for cell in pair.to_pylist()
    }
    rows = sorted({r for r, _ in counts} - {UNKNOWN})
    columns = sorted({c for _, c in counts} - {UNKNOWN})
    return differ([[counts.get((r, c), 0) for c in columns] for r in rows]) if rows else None
