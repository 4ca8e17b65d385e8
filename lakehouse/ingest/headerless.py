"""Files without a header row: their columns are the contract's in its order, if the cells agree."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path

from lakehouse.contracts.model import ISO, MOMENTS, NUMBERS, ColumnContract, TableContract
from lakehouse.ingest.numbers import NumberFormat
from lakehouse.ingest.text import TextForm, UnfitFileError, open_lines

CHECKED_ROWS = 100
PLAIN_NUMBER = NumberFormat(".", "")
TRUTHS = {"t", "true", "y", "yes", "1", "f", "false", "n", "no", "0"}
ISO_SHAPES = {"date": r"\d{4}-\d\d-\d\d", "timestamp": r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d.*"}
# The parts of a Spark pattern; names of months, days and zones are no digits.
NAMES = "MMM+|[EazVOXxZ]+"
PATTERN_PARTS = re.compile(rf"('[^']*'|{NAMES}|[A-Za-z]+|[\[\]])")


def columns_in_order(
    path: Path, form: TextForm, table: TableContract
) -> tuple[ColumnContract, ...]:
    """The contract's columns in its order, with or without the optional ones.

    Raises:
        UnfitFileError: some of the first rows has another number of cells, or a cell that does not
            fit its column.
    """
    rows = list(islice(_rows(path, form), CHECKED_ROWS))
    required = tuple(column for column in table.columns if not column.optional)
    counts = {len(cells) for _, cells in rows}
    columns = table.columns if counts == {len(table.columns)} else required
    headers = ", ".join(column.header for column in columns)
    for line, cells in rows:
        if len(cells) != len(columns):
            raise UnfitFileError(
                f"{path}, line {line}: {len(cells)} cells, but {table.name} has {len(columns)} "
                f"columns ({headers}); without a header row they must agree."
            )
        for column, cell in zip(columns, cells, strict=True):
            if not _fits(column, cell.strip()):
                raise UnfitFileError(
                    f"{path}, line {line}: {cell!r} is no {column.header} ({column.type}); without "
                    f"a header row the first {CHECKED_ROWS} rows must fit {headers}, in this order."
                )
    return columns


def fits_in_order(path: Path, form: TextForm, table: TableContract) -> bool:
    """Whether the file could be one without a header row."""
    try:
        columns_in_order(path, form, table)
    except UnfitFileError:
        return False
    return True


def _rows(path: Path, form: TextForm) -> Iterator[tuple[int, list[str]]]:
    with open_lines(path, form.encoding) as lines:
        reader = csv.reader(lines, delimiter=form.delimiter)
        for cells in reader:
            if len(cells) > 1 or any(cell.strip() for cell in cells):
                yield reader.line_num, cells


def _fits(column: ColumnContract, text: str) -> bool:
    if not text:
        return not column.required
    if column.kind in NUMBERS:
        return _is_number(column, text)
    if column.kind in MOMENTS:
        return any(re.fullmatch(_shape(column.kind, f), text) for f in column.formats)
    if column.kind == "boolean":
        return text.casefold() in TRUTHS
    return not column.allowed or text in column.allowed


def _is_number(column: ColumnContract, text: str) -> bool:
    written = NumberFormat.of(column) or PLAIN_NUMBER
    if not re.match(written.pattern, text):
        return False
    number = Decimal(written.plain(text))
    if column.kind in ("int", "bigint", "integer_id") and number != number.to_integral_value():
        return False
    return (column.min is None or number >= column.min) and (
        column.max is None or number <= column.max
    )


def _shape(kind: str, pattern: str) -> str:
    """A regular expression for what a format looks like: digits and separators in their places."""
    if pattern == ISO:
        return ISO_SHAPES[kind]
    shape = ""
    for part in PATTERN_PARTS.split(pattern):
        if part in ("[", "]"):
            shape += {"[": "(", "]": ")?"}[part]
        elif re.fullmatch(NAMES, part):
            shape += r"[\w:+.-]+"
        else:
            shape += r"\d+" if part.isalpha() else re.escape(part.strip("'"))
    return shape
