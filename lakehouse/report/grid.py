"""Rows of gold laid out by two of their columns: the largest of each, and the rest in one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lakehouse.report.gold import UNKNOWN

if TYPE_CHECKING:
    import pyarrow as pa

SHOWN_ROWS = 15
SHOWN_COLUMNS = 10


@dataclass(frozen=True)
class Line:
    """The rows, or the columns, of a grid.

    Attributes:
        keys: the values that have a place of their own, in their order.
        names: what they are called.
        rest: what all others together are called; none where there are no others.
        is_rest_first: whether these stand before, as earlier months do.
    """

    keys: tuple[str, ...]
    names: tuple[str, ...]
    rest: str = ""
    is_rest_first: bool = False

    @property
    def places(self) -> list[tuple[str | None, str]]:
        """Key and name of each in their order; the others have no key."""
        mine: list[tuple[str | None, str]] = [*zip(self.keys, self.names, strict=True)]
        rest: list[tuple[str | None, str]] = [(None, self.rest)] if self.rest else []
        return [*rest, *mine] if self.is_rest_first else [*mine, *rest]

    def named(self, names: dict[str, str]) -> Line:
        """The same by other names, where they have one."""
        return replace(self, names=tuple(names.get(key, key) for key in self.keys))


def largest(table: pa.Table, column: str, value: str, count: int) -> Line:
    """The values of a column that have most, the most first; `unknown` comes last of all."""
    sums = table.group_by(column).aggregate([(value, "sum")]).to_pylist()
    sums.sort(key=lambda row: (row[column] == UNKNOWN, -row[f"{value}_sum"], row[column]))
    keys = tuple(row[column] for row in sums)
    # One other takes no more room under its own name.
    shown = count if len(keys) > count + 1 else len(keys)
    rest = f"{len(keys) - shown:,} more" if len(keys) > shown else ""
    return Line(keys[:shown], keys[:shown], rest)


def ordered(table: pa.Table, column: str, order: Callable[[str], Any]) -> Line:
    """All values of a column, in an order."""
    keys = tuple(sorted(map(str, table[column].unique().to_pylist()), key=order))
    return Line(keys, keys)


def latest(table: pa.Table, column: str, count: int) -> Line:
    """The last values of a column, those before them together."""
    keys = tuple(sorted(map(str, table[column].unique().to_pylist())))
    shown = keys[-count:]
    if len(keys) <= count + 1:
        return Line(keys, keys)
    return Line(shown, shown, f"{len(keys) - count:,} earlier", is_rest_first=True)


@dataclass(frozen=True)
class Grid:
    """Sums by row and column, which hold all of the table; None where there is nothing.

    Attributes:
        most: the largest of those that are of one row and one column.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[float | None, ...], ...]
    most: float

    @classmethod
    def of(
        cls, table: pa.Table, value: str, rows: tuple[str, Line], columns: tuple[str, Line]
    ) -> Grid:
        """The sums of a column.

        Args:
            table: rows of gold.
            value: what is summed.
            rows: a column of it, and which of its values are rows.
            columns: the same for columns.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        none = pa.scalar(None, pa.string())
        keys: dict[str, Any] = {
            name: pc.if_else(
                pc.is_in(table[name], pa.array(line.keys, pa.string())), table[name], none
            )
            for name, line in (rows, columns)
        }
        sums = pa.table(keys | {value: table[value]}).group_by(list(keys))
        found = {
            (row[rows[0]], row[columns[0]]): float(row[f"{value}_sum"])
            for row in sums.aggregate([(value, "sum")]).to_pylist()
        }
        down, across = rows[1].places, columns[1].places
        return cls(
            rows=tuple(name for _, name in down),
            columns=tuple(name for _, name in across),
            cells=tuple(tuple(found.get((r, c)) for c, _ in across) for r, _ in down),
            most=max((total for key, total in found.items() if None not in key), default=0.0),
        )
