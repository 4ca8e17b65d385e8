"""Columns to CSV lines, whole arrays at a time.

A finished column of lines is one Arrow buffer that already holds the bytes of the file, so a
row is copied a few times and never becomes a Python object. Repeated values are rendered once
and taken by index.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lakehouse.generate.seeds import Flags, Int64s, Rng

_HEX = np.frombuffer(
    b"".join(f"{byte:02x}".encode() for byte in range(256)), dtype=np.uint8
).reshape(256, 2)
_UUID_HYPHENS = (8, 13, 18, 23)


@dataclass(frozen=True)
class Lines:
    """Some complete lines of a file: how many, their bytes, and those of the line of headers."""

    count: int
    data: bytes | memoryview
    header: bytes


@dataclass(frozen=True)
class Dirt:
    """Rows that do not fit the contract, as a broken writer leaves them.

    Attributes:
        cut: positions of rows that end before their last column.
        odd: position of a row with a cell of another form.
        column: the header of that cell.
        form: what it says; `{}` stands for what it said before.
        least_rows: a piece of fewer rows stays clean.
    """

    cut: Sequence[int]
    odd: int
    column: str
    form: str
    least_rows: int = 0

    @property
    def count(self) -> int:
        """How many rows are spoiled."""
        return len(self.cut) + 1


def strings(values: Iterable[str]) -> pa.StringArray:
    """Return the values as text, as they are."""
    return pa.array(list(values), type=pa.string())


def quoted(values: Iterable[str]) -> pa.StringArray:
    """Return the values as CSV fields: in quotes where they hold a comma, a quote or a line end."""
    return strings(quote(value) for value in values)


def quote(value: str) -> str:
    """Return one value as a CSV field (RFC 4180)."""
    if any(mark in value for mark in ',"\n\r'):
        return '"' + value.replace('"', '""') + '"'
    return value


def take(table: pa.StringArray, index: Int64s) -> pa.StringArray:
    """Return the table's text at each index."""
    return table.take(cast("pa.Int64Array", pa.array(index)))


def integers(values: Int64s) -> pa.StringArray:
    """Return whole numbers as text."""
    return cast(pa.StringArray, pc.cast(pa.array(values), pa.string()))


def numbers(values: NDArray[np.float64]) -> pa.StringArray:
    """Return numbers as the shortest text that reads back the same: `2.1`, `188.0`."""
    unique, index = np.unique(values, return_inverse=True)
    return take(strings(repr(float(value)) for value in unique), index.astype(np.int64))


def timestamps(seconds: Int64s) -> pa.StringArray:
    """Return seconds since 1970 (UTC) as `2019-10-01 00:00:00`."""
    moments = pa.array(seconds.astype("datetime64[s]"))
    return cast(pa.StringArray, pc.cast(moments, pa.string()))


def zoned(seconds: Int64s, zone: str, present: Flags | None = None) -> pa.StringArray:
    """Return seconds since 1970 with the zone after them, empty where not present."""
    text = concat(timestamps(seconds), zone)
    return text if present is None else blank_unless(text, present)


def blank_unless(values: pa.StringArray, present: Flags) -> pa.StringArray:
    """Return the values, empty where not present."""
    return cast(pa.StringArray, pc.if_else(pa.array(present), values, pa.scalar("")))


def either(flags: Flags | Int64s, yes: str, no: str) -> pa.StringArray:
    """Return one of two texts for each flag, or for each 1 or 0."""
    return take(strings([no, yes]), flags.astype(np.int64))


def concat(*pieces: pa.StringArray | str) -> pa.StringArray:
    """Return the pieces of each row set side by side; a plain string stands in every row."""
    return joined(pieces, "")


def joined(pieces: Sequence[pa.StringArray | str], separator: str) -> pa.StringArray:
    """Return the pieces of each row joined by a separator; a plain string stands in every row."""
    parts = [pa.scalar(p) if isinstance(p, str) else p for p in (*pieces, separator)]
    # The function takes scalars among the arrays; its published types do not say so.
    return pc.binary_join_element_wise(*cast("list[pa.StringArray]", parts))


def hex_text(rng: Rng, count: int, width: int) -> pa.StringArray:
    """Return `count` random texts of `width` (even) lower-case hexadecimal digits."""
    raw = rng.integers(0, 256, size=(count, width // 2), dtype=np.uint8)
    return _fixed_width(_HEX[raw].reshape(count, width))


def uuids(rng: Rng, count: int) -> pa.StringArray:
    """Return `count` random version 4 UUIDs as text."""
    raw = rng.integers(0, 256, size=(count, 16), dtype=np.uint8)
    raw[:, 6] = (raw[:, 6] & 0x0F) | 0x40
    raw[:, 8] = (raw[:, 8] & 0x3F) | 0x80
    text = np.full((count, 36), ord("-"), dtype=np.uint8)
    digits = [position for position in range(36) if position not in _UUID_HYPHENS]
    text[:, digits] = _HEX[raw].reshape(count, 32)
    return _fixed_width(text)


def from_columns(
    columns: Mapping[str, pa.StringArray],
    dirt: Dirt | None = None,
    line_end: str = "\n",
    is_joined: bool = False,
) -> Lines:
    """Return lines of a file out of its columns.

    Args:
        columns: CSV fields by header. A header with commas is of columns that lie next to each
            other and come as one text.
        dirt: what is wrong with them.
        line_end: what ends a line.
        is_joined: whether the texts bring their commas and line ends along, for rows that must be
            written fast: it saves a copy of each.
    """
    *first, last = columns.values()
    rows = concat(*first, last) if is_joined else joined([*first, concat(last, line_end)], ",")
    header = ",".join(columns)
    if dirt is not None and len(rows) >= dirt.least_rows:
        rows = _spoiled(rows, dirt, header.split(",").index(dirt.column), line_end)
    _, offsets, data = rows.buffers()
    if len(rows) == 0 or offsets is None or data is None:
        return Lines(len(rows), b"", (header + line_end).encode())
    ends = np.frombuffer(memoryview(offsets), dtype=np.int32)
    body = memoryview(data)[ends[rows.offset] : ends[rows.offset + len(rows)]]
    return Lines(len(rows), body, (header + line_end).encode())


def _spoiled(rows: pa.StringArray, dirt: Dirt, column: int, line_end: str) -> pa.StringArray:
    """Return the rows with some of them spoiled."""
    pieces: list[pa.StringArray] = []
    start = 0
    for position in sorted((*dirt.cut, dirt.odd)):
        [fields] = csv.reader([str(rows[position].as_py())])
        if position == dirt.odd:
            fields[column] = dirt.form.format(fields[column])
        else:
            fields.pop()
        text = ",".join(map(quote, fields)) + line_end
        pieces += [rows.slice(start, position - start), strings([text])]
        start = position + 1
    return pa.concat_arrays([*pieces, rows.slice(start)])


def _fixed_width(text: NDArray[np.uint8]) -> pa.StringArray:
    count, width = text.shape
    offsets = np.arange(count + 1, dtype=np.int32) * width
    return pa.StringArray.from_buffers(
        count, pa.py_buffer(offsets.data), pa.py_buffer(np.ascontiguousarray(text).data)
    )
