"""What a contract says: its keys and their rules."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Sequence
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    StrictBool,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

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
DECIMAL = re.compile(r"decimal\((\d+), ?(\d+)\)")
MAX_DECIMAL_PRECISION = 38
ISO = "iso"
MOMENTS = ("date", "timestamp")
NUMBERS = ("int", "bigint", "double", "decimal", "integer_id")
# Types of an id for which another that nobody has can be made.
ID_TYPES = ("string", "integer_id", "int", "bigint")
# The separators of numbers are written by the example of 1234.56.
NUMBER_EXAMPLE = re.compile(r"1(?P<group>\D?)234(?P<decimal>\D)56")


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


def _known_type(name: str) -> str:
    decimal = DECIMAL.fullmatch(name)
    if decimal is None and name not in SQL_TYPES:
        raise ValueError(f"{name} is unknown; use one of {', '.join(SQL_TYPES)}, decimal(p,s)")
    if decimal and not int(decimal[2]) <= int(decimal[1]) <= MAX_DECIMAL_PRECISION:
        raise ValueError(f"{name}: scale <= precision <= {MAX_DECIMAL_PRECISION} must hold")
    return name.replace(" ", "")


def _known_zone(name: str) -> str:
    if name not in zoneinfo.available_timezones():
        raise ValueError(f"{name} is no time zone; use a name such as UTC")
    return name


def _unique(names: Sequence[str], what: str) -> None:
    for number, name in enumerate(names):
        if name in names[:number]:
            raise ValueError(f"{name} is there twice ({what})")


Text = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, min_length=1)]
Texts = Annotated[tuple[Text, ...], Field(min_length=1)]
Name = Annotated[Text, StringConstraints(pattern="^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]
TypeName = Annotated[
    Text,
    AfterValidator(_known_type),
    WithJsonSchema({"anyOf": [{"enum": list(SQL_TYPES)}, {"pattern": f"^{DECIMAL.pattern}$"}]}),
]
Zone = Annotated[Text, AfterValidator(_known_zone)]
Bound = Annotated[Decimal | None, WithJsonSchema({"type": "number"})]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class ColumnContract(_Part):
    """One column of a table."""

    name: Name
    """Bronze name, snake_case."""
    type: TypeName
    """What the text of a cell must parse as; integer_id takes 13085.0 for 13085."""
    description: Text
    """What the column holds."""
    header: Text = Field(default_factory=lambda data: data.get("name", ""))
    """The source's header; the name if this is left out."""
    aliases: Texts = ()
    """Other spellings of the header."""
    formats: Texts = Field(
        default_factory=lambda data: (ISO,) if data.get("type") in MOMENTS else ()
    )
    """Of dates: iso (the default), or Spark patterns such as M/d/yyyy H:mm. Of numbers: one, \
written as 1.234,56 or 1234,56."""
    min: Bound = None
    """Smallest value allowed, inclusive."""
    max: Bound = None
    """Largest value allowed, inclusive."""
    allowed: Texts = ()
    """The only values allowed."""
    required: StrictBool = False
    """A blank cell is a bad cell."""
    optional: StrictBool = False
    """The column may be missing in a file; it is null then."""
    unit: Text | None = None
    """Unit of the values, e.g. USD or years."""
    person: Literal["id", "detail", "trail"] | None = None
    """What it says of a customer, whom `lakehouse forget` takes out: id names the row's customer \
(a number, an e-mail address, or both); detail tells who or where they are (name, e-mail, street, \
IP address) and is emptied; trail (a session, a device) makes rows without a customer theirs too."""

    @property
    def kind(self) -> str:
        """The type without precision: `decimal` for every `decimal(p,s)`."""
        return self.type.partition("(")[0]

    @property
    def sql_type(self) -> str:
        """The SQL type of the bronze column."""
        return SQL_TYPES.get(self.type, self.type)

    @property
    def accepted_headers(self) -> tuple[str, ...]:
        """The normalized headers that mean this column."""
        return tuple(dict.fromkeys(map(normalized_header, (self.header, *self.aliases))))

    @field_validator("formats")
    @classmethod
    def _formats_fit_the_type(
        cls, formats: tuple[str, ...], info: ValidationInfo
    ) -> tuple[str, ...]:
        kind = _kind(info)
        if kind in NUMBERS:
            if len(formats) > 1 or not NUMBER_EXAMPLE.fullmatch(formats[0]):
                raise ValueError("numbers have one format, written as 1.234,56 or 1234,56")
        elif kind and kind not in MOMENTS:
            raise ValueError(f"only dates, timestamps and numbers have formats, not {kind}")
        return formats

    @field_validator("min", "max")
    @classmethod
    def _bounds_are_of_a_number(cls, bound: Decimal | None, info: ValidationInfo) -> Decimal | None:
        kind, minimum = _kind(info), info.data.get("min")
        if kind and (kind not in NUMBERS or kind == "integer_id"):
            raise ValueError(f"{kind} has no bounds")
        if bound is not None and minimum is not None and minimum > bound:
            raise ValueError(f"{bound} is below min {minimum}")
        return bound

    @field_validator("allowed")
    @classmethod
    def _only_texts_are_listed(
        cls, allowed: tuple[str, ...], info: ValidationInfo
    ) -> tuple[str, ...]:
        kind = _kind(info)
        if kind and kind != "string":
            raise ValueError(f"only string columns list allowed values, not {kind}")
        return allowed

    @field_validator("person")
    @classmethod
    def _another_id_can_be_made(cls, person: str | None, info: ValidationInfo) -> str | None:
        kind = _kind(info)
        if person == "id" and kind and kind not in ID_TYPES:
            raise ValueError(f"an id is one of {', '.join(ID_TYPES)}, not {kind}")
        return person

    @field_validator("optional")
    @classmethod
    def _required_or_optional(cls, optional: bool, info: ValidationInfo) -> bool:
        if optional and info.data.get("required"):
            raise ValueError("a column is required or optional, not both")
        return optional


def _kind(info: ValidationInfo) -> str:
    """The kind of the column under validation; empty if its type is wrong itself."""
    return str(info.data.get("type", "")).partition("(")[0]


class TableContract(_Part):
    """One bronze table: `<shop>__<entity>`, its files and columns."""

    name: Annotated[Text, StringConstraints(pattern="^[a-z][a-z0-9_]*__[a-z][a-z0-9_]*$")]
    """<shop_id>__<entity>."""
    description: Text
    """What a row is."""
    files: Texts
    """Globs on a file's name before .csv, .csv.gz or .xlsx; case is ignored."""
    columns: Annotated[tuple[ColumnContract, ...], Field(min_length=1)]
    """The columns, in the order of the bronze table."""
    _time_zone: str = PrivateAttr("UTC")

    @property
    def shop_id(self) -> str:
        """The shop that delivers the table."""
        return self.name.partition("__")[0]

    @property
    def time_zone(self) -> str:
        """The shop's: of timestamps that name none."""
        return self._time_zone

    def takes(self, file_name: str) -> bool:
        """Whether a file of this name belongs to the table."""
        stem = file_stem(file_name)
        return stem is not None and any(
            fnmatchcase(stem.casefold(), pattern.casefold()) for pattern in self.files
        )

    def personal(self, person: str) -> tuple[str, ...]:
        """Names of the columns that say this (`id`, `detail`, `trail`) of a customer."""
        return tuple(column.name for column in self.columns if column.person == person)

    def column_for(self, header: str) -> ColumnContract | None:
        """The column that a header of a file means; None if none."""
        wanted = normalized_header(header)
        return next((c for c in self.columns if wanted in c.accepted_headers), None)

    @field_validator("columns")
    @classmethod
    def _told_apart(cls, columns: tuple[ColumnContract, ...]) -> tuple[ColumnContract, ...]:
        _unique([column.name for column in columns], "names")
        headers = [header for column in columns for header in column.accepted_headers]
        _unique(headers, "headers and aliases, compared by letters and digits only")
        return columns

    @field_validator("columns")
    @classmethod
    def _of_one_person(cls, columns: tuple[ColumnContract, ...]) -> tuple[ColumnContract, ...]:
        ids = [column.name for column in columns if column.person == "id"]
        others = [column.name for column in columns if column.person in ("detail", "trail")]
        if others and not ids:
            raise ValueError(f"{others[0]} is of a person, but no column is person: id")
        return columns


class Contract(_Part):
    """One shop: who it is, and the tables it delivers."""

    shop_id: Name
    """Also the name of the shop's folder, and the beginning of its tables' names."""
    shop_name: Text
    """What people call the shop."""
    currency_code: Annotated[Text, StringConstraints(pattern="^[A-Z]{3}$")]
    """Of all amounts, e.g. EUR."""
    source: Text
    """Where the data comes from, and its licence."""
    time_zone: Zone = "UTC"
    """Of timestamps that name none."""
    tables: Annotated[tuple[TableContract, ...], Field(min_length=1)]
    """The tables that the shop delivers."""
    _path: Path = PrivateAttr(Path())

    @property
    def path(self) -> Path:
        """The file of the contract."""
        return self._path

    def table(self, name: str) -> TableContract:
        """A table by its name; KeyError if there is none."""
        return {table.name: table for table in self.tables}[name]

    def tables_for(self, file_name: str) -> tuple[TableContract, ...]:
        """The tables whose patterns take a file; one in a well-made folder."""
        return tuple(table for table in self.tables if table.takes(file_name))

    @field_validator("tables")
    @classmethod
    def _tables_of_the_shop(
        cls, tables: tuple[TableContract, ...], info: ValidationInfo
    ) -> tuple[TableContract, ...]:
        _unique([table.name for table in tables], "names")
        shop_id = info.data.get("shop_id")
        for table in tables:
            if shop_id is not None and table.shop_id != shop_id:
                raise ValueError(f"{table.name} must start with {shop_id}__")
            table._time_zone = info.data.get("time_zone", "UTC")
        return tables
