"""What a section of the report is: facts of gold, told by sentences, a table and charts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from lakehouse.report.gold import ShopGold
from lakehouse.report.text import NONE

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class Column:
    """A column of a table; numbers stand to the right."""

    name: str
    is_number: bool


@dataclass(frozen=True)
class TextTable:
    """A table of texts; the first column names its rows."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


def text_table(
    caption: str, rows: Sequence[Mapping[str, str]], texts: tuple[str, ...] = ()
) -> TextTable:
    """A table of the columns that the first row names, without those that say nothing.

    Args:
        caption: what stands above it.
        rows: column to text; a row may leave out columns.
        texts: columns besides the first that hold no numbers.
    """
    kept = [name for name in rows[0] if any(row.get(name, "") not in ("", NONE) for row in rows)]
    first = next(iter(rows[0]))
    return TextTable(
        caption,
        tuple(Column(name, name != first and name not in texts) for name in kept),
        tuple(tuple(row.get(name, "") for name in kept) for row in rows),
    )


class Section(ABC):
    """A section: a fact of gold that knows how to be found and told. Amounts are in `unit`."""

    @property
    @abstractmethod
    def section_id(self) -> str:
        """Its id on the page."""

    @property
    @abstractmethod
    def title(self) -> str:
        """Its heading."""

    @classmethod
    @abstractmethod
    def find(cls, gold: ShopGold) -> tuple[Self, ...]:
        """The sections of this kind that the shop's data fill; none, one or several."""

    @abstractmethod
    def sentences(self, unit: str) -> tuple[str, ...]:
        """What it says first."""

    @abstractmethod
    def table(self, unit: str) -> TextTable:
        """The figures."""

    @abstractmethod
    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """Charts of what the table says; colours only repeat it."""
