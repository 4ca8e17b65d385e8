"""What a contract says, as data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path

DATA_SUFFIXES = (".csv", ".csv.gz", ".xlsx")

# Contract type -> type of the bronze column; integer_id is text of digits: 13085.0 -> "13085".
SQL_TYPES = {
    "string": "string",
    "integer_id": "string",
    "int": "int",
    "bigint": "bigint",
    "double": "double",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
}
DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)")


def normalized_header(text: str) -> str:
    """A header as it is compared: case-folded, only letters and digits kept.

    `Customer ID`, `customer id` and `CustomerID` are the same header.
    """
    return "".join(character for character in text.casefold() if character.isalnum())


def file_stem(name: str) -> str | None:
    """The name of a data file without its suffix; None for any other file."""
    for suffix in sorted(DATA_SUFFIXES, key=len, reverse=True):
        if name.lower().endswith(suffix):
            return name[: -len(suffix)]
    return None


@dataclass(frozen=True)
class ColumnType:
    """A contract type, e.g. `timestamp`, `integer_id` or `decimal(18,4)`."""

    name: str

    @property
    def is_decimal(self) -> bool:
        """Whether this is a `decimal(p,s)`."""
        return DECIMAL.fullmatch(self.name) is not None

    @property
    def sql(self) -> str:
        """The SQL type of the bronze column."""
        return self.name if self.is_decimal else SQL_TYPES[self.name]


@dataclass(frozen=True)
class ColumnContract:
    """One column of a table.

    Attributes:
        name: bronze name, snake_case.
        header: the source's header; `aliases` are other spellings that mean the same.
        type: what the text of a cell must parse as.
        formats: of dates and timestamps: `iso`, or Spark patterns such as `M/d/yyyy H:mm`.
        minimum: smallest value allowed, inclusive.
        maximum: largest value allowed, inclusive.
        allowed: the only values allowed; empty means any.
        required: a blank cell is a bad cell.
        optional: the column may be missing in a file; it is null then.
        unit: unit of the values, e.g. `USD` or `years`.
    """

    name: str
    header: str
    type: ColumnType
    description: str
    aliases: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    allowed: tuple[str, ...] = ()
    required: bool = False
    optional: bool = False
    unit: str | None = None

    @property
    def accepted_headers(self) -> tuple[str, ...]:
        """The normalized headers that mean this column."""
        return tuple(dict.fromkeys(normalized_header(h) for h in (self.header, *self.aliases)))


@dataclass(frozen=True)
class TableContract:
    """One bronze table: `<shop>__<entity>`, its files and columns.

    Attributes:
        files: globs on a file's stem, case ignored.
        multiline: cells may hold line breaks (such files are read by one core).
    """

    name: str
    shop_id: str
    time_zone: str
    description: str
    files: tuple[str, ...]
    columns: tuple[ColumnContract, ...]
    multiline: bool = False

    def takes(self, file_name: str) -> bool:
        """Whether a file of this name belongs to the table."""
        stem = file_stem(file_name)
        return stem is not None and any(
            fnmatchcase(stem.casefold(), pattern.casefold()) for pattern in self.files
        )

    def column_for(self, header: str) -> ColumnContract | None:
        """The column that a header of a file means; None if none."""
        wanted = normalized_header(header)
        return next((c for c in self.columns if wanted in c.accepted_headers), None)


@dataclass(frozen=True)
class Contract:
    """One shop: who it is, and the tables it delivers."""

    shop_id: str
    shop_name: str
    currency_code: str
    time_zone: str
    source: str
    tables: tuple[TableContract, ...]
    path: Path

    def table(self, name: str) -> TableContract:
        """A table by its name; KeyError if there is none."""
        return {table.name: table for table in self.tables}[name]

    def tables_for(self, file_name: str) -> tuple[TableContract, ...]:
        """The tables whose patterns take a file; one in a well-made folder."""
        return tuple(table for table in self.tables if table.takes(file_name))
