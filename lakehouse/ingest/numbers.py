"""Numbers as a contract's format writes them: `1.234,56`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lakehouse.contracts.model import NUMBER_EXAMPLE, ColumnContract

# Programs write one for another.
ALIKE = (" \u00a0\u202f", "'\u2019")


@dataclass(frozen=True)
class NumberFormat:
    """Separators of numbers.

    Attributes:
        decimal: before the fraction.
        group: the characters that may stand between groups of three digits; none if empty.
    """

    decimal: str
    group: str

    @classmethod
    def of(cls, column: ColumnContract) -> NumberFormat | None:
        """A column's own; None if it has the usual one, 1234.56."""
        example = NUMBER_EXAMPLE.fullmatch(column.formats[0]) if column.formats else None
        if example is None:
            return None
        group = example["group"]
        return cls(
            example["decimal"], next((same for same in ALIKE if group and group in same), group)
        )

    @property
    def pattern(self) -> str:
        """What a number in this format matches, for Python and for Spark."""
        point = re.escape(self.decimal)
        whole = r"\d+"
        if self.group:
            whole = rf"(\d{{1,3}}([{re.escape(self.group)}]\d{{3}})+|\d+)"
        return rf"^[+-]?({whole}({point}\d*)?|{point}\d+)([eE][+-]?\d+)?$"

    @property
    def separators(self) -> str:
        """The decimal separator, which becomes a point, then those that are left out."""
        return self.decimal + self.group

    def plain(self, text: str) -> str:
        """A number that matches, as 1234.56."""
        return text.translate(str.maketrans(self.decimal, ".", self.group))
