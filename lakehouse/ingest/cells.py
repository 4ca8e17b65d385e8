"""Raw text to typed values, as Spark expressions with the same answer under ANSI on and off."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from lakehouse.contracts.model import ISO, ColumnContract
from lakehouse.ingest.numbers import NumberFormat

if TYPE_CHECKING:
    from pyspark.sql import Column

ISO_DATE = r"^\d{4}-\d{2}-\d{2}$"
# Shortest ISO timestamp: 2019-10-01 00:00.
ISO_MINUTES_LENGTH = 16
ISO_SECONDS_LENGTH = 19
UTC = " UTC"
MAX_TAIL = 100
ZONE_LETTERS = frozenset("VzOXxZ")
# Casting alone would take '1d', 'NaN' and 'Infinity' for a number.
NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
# 13085 and 13085.0 are the same number to the tools that export nullable integers as floats.
WHOLE_NUMBER = r"^\+?(-?\d+)(?:\.0*)?$"


def typed(column: ColumnContract, raw: Column, time_zone: str) -> Column:
    """The value of a cell, null where it is blank or does not fit the contract.

    Text is kept as it arrived, blanks around it included; everything else is trimmed.

    Args:
        column: the contract.
        raw: the cell's text.
        time_zone: of timestamps that name none.
    """
    from pyspark.sql import functions as sf

    value = _parsed(column, raw, time_zone)
    bounds = []
    if column.min is not None:
        bounds.append(value >= sf.lit(column.min))
    if column.max is not None:
        bounds.append(value <= sf.lit(column.max))
    if bounds:
        return sf.when(reduce(lambda one, other: one & other, bounds), value)
    return value


def is_bad(column: ColumnContract, raw: Column, value: Column) -> Column | None:
    """Whether a cell is bad; None if no text can be bad in this column.

    Args:
        column: the contract.
        raw: the cell's text.
        value: what `typed` made of it.
    """
    if column.required:
        return value.isNull()
    if column.type == "string" and not column.allowed:
        return None
    return value.isNull() & has_text(raw)


def has_text(raw: Column) -> Column:
    """Whether a cell holds more than blanks; false for null."""
    from pyspark.sql import functions as sf

    return sf.coalesce(sf.trim(raw) != "", sf.lit(False))


def _parsed(column: ColumnContract, raw: Column, time_zone: str) -> Column:
    from pyspark.sql import functions as sf

    if number_format := NumberFormat.of(column):
        number = sf.trim(raw)
        is_number = number.rlike(number_format.pattern)
        raw = sf.when(is_number, sf.translate(number, number_format.separators, "."))
    text = sf.trim(raw)
    match column.type:
        case "string" if column.allowed:
            return sf.when(text.isin(*column.allowed), text)
        case "string":
            return sf.when(text != "", raw)
        case "integer_id":
            # The canonical digits, so that 007, 7 and 7.0 are one id; longer ones as they are.
            return sf.coalesce(_whole(text, "bigint").cast("string"), _matched_whole(text))
        case "int" | "bigint" as kind:
            return _whole(text, kind)
        case "double":
            return sf.when(text.rlike(NUMBER), raw.try_cast("double"))
        case "timestamp" | "date":
            return sf.coalesce(*(_moment(column, raw, f, time_zone) for f in column.formats))
        case kind:
            return raw.try_cast(kind)


def _whole(text: Column, kind: str) -> Column:
    from pyspark.sql import functions as sf

    # The pattern is tried only where the cast fails: it costs ten times as much.
    return sf.coalesce(text.try_cast(kind), _matched_whole(text).try_cast(kind))


def _matched_whole(text: Column) -> Column:
    from pyspark.sql import functions as sf

    found = sf.regexp_extract(text, WHOLE_NUMBER, 1)
    return sf.when(found != "", found)


def _is_iso_timestamp(text: Column) -> Column:
    """Whether a text that casts to a timestamp has a date and a time: not `2019`, not `12:00`.

    Compares positions instead of a pattern, which would double the cost of the column.
    """
    from pyspark.sql import functions as sf

    return (
        (sf.octet_length(text) >= ISO_MINUTES_LENGTH)
        & (sf.substring(text, 5, 1) == "-")
        & (sf.substring(text, 8, 1) == "-")
        & sf.substring(text, 11, 1).isin(" ", "T")
    )


def _without_utc(text: Column) -> Column:
    """Leaves `UTC` out behind whole seconds: for Spark's cast the session's zone is the same.

    To read the name of a zone takes the cast longer than all that stands before it.
    """
    from pyspark.sql import functions as sf

    is_named = (
        (sf.octet_length(text) == ISO_SECONDS_LENGTH + len(UTC))
        & (sf.substring(text, ISO_MINUTES_LENGTH + 1, 1) == ":")
        & sf.substring(text, ISO_SECONDS_LENGTH, 1 + len(UTC)).isin(
            *(f"{digit}{UTC}" for digit in range(10))
        )
    )
    return sf.when(is_named, sf.substring(text, 1, ISO_SECONDS_LENGTH)).otherwise(text)


def _moment(column: ColumnContract, raw: Column, pattern: str, time_zone: str) -> Column:
    from pyspark.sql import functions as sf

    text = sf.trim(raw)
    if column.type == "date":
        if pattern == ISO:
            return sf.when(text.rlike(ISO_DATE), text.try_cast("date"))
        return sf.try_to_timestamp(text, sf.lit(pattern)).cast("date")
    if pattern == ISO:
        value = sf.when(_is_iso_timestamp(text), _without_utc(text).try_cast("timestamp"))
        named = sf.substring(text, ISO_MINUTES_LENGTH + 1, MAX_TAIL).rlike("[A-Za-z+-]")
    else:
        value = sf.try_to_timestamp(text, sf.lit(pattern))
        named = sf.lit(bool(ZONE_LETTERS & set(pattern)))
    if time_zone == "UTC":
        return value
    return sf.when(named, value).otherwise(sf.to_utc_timestamp(value, time_zone))
