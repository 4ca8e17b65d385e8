"""Whether the text of a cell looks like what its column holds, without Spark."""

from __future__ import annotations

import re
from decimal import Decimal

from lakehouse.contracts.model import ISO, MOMENTS, NUMBERS, ColumnContract
from lakehouse.ingest.numbers import NumberFormat

PLAIN_NUMBER = NumberFormat(".", "")
TRUTHS = {"t", "true", "y", "yes", "1", "f", "false", "n", "no", "0"}
ISO_SHAPES = {"date": r"\d{4}-\d\d-\d\d", "timestamp": r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d.*"}
# The parts of a Spark pattern; names of months, days and zones are no digits.
NAMES = "MMM+|[EazVOXxZ]+"
PATTERN_PARTS = re.compile(rf"('[^']*'|{NAMES}|[A-Za-z]+|[\[\]])")


def fits(column: ColumnContract, cell: str) -> bool:
    """Whether a cell looks like the column's type and is within its bounds.

    This judges a few cells before Spark reads them all: of a date it knows the shape only.
    """
    text = cell.strip()
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
