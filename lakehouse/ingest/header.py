"""A file's header: its delimiter, and which contract column each of its columns is."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from lakehouse.contracts.model import ColumnContract, TableContract
from lakehouse.ingest.headerless import columns_in_order, fits_in_order
from lakehouse.ingest.text import TextForm, UnfitFileError, read_head
from lakehouse.storage import FilePath

DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Layout:
    """How a file lays out its table.

    Attributes:
        form: how its text is to be read.
        headers: the headers as they stand in the file, in its order; the contract's if it has none.
        columns: the contract column of each header.
        has_header: the first row is the header.
        blank_lines: how many lie before it.
    """

    form: TextForm
    headers: tuple[str, ...]
    columns: tuple[ColumnContract, ...]
    has_header: bool = True
    blank_lines: int = 0


def find_delimiter(head: str, table: TableContract) -> str:
    """The delimiter under which the first record names most columns, or else is most like a row.

    Args:
        head: the beginning of a file.
        table: the contract.
    """

    def likeness(delimiter: str) -> tuple[int, bool, int]:
        record, _ = _first_record(head, delimiter)
        return count_known(record, table), len(record) == len(table.columns), len(record)

    return max(DELIMITERS, key=likeness)


def read_layout(path: FilePath, form: TextForm, table: TableContract, has_header: bool) -> Layout:
    """The layout of a text file, from its header or, if it is said to have none, from its cells.

    Raises:
        UnfitFileError: the header, or the cells, do not fit the contract.
    """
    headers, blank_lines = _first_record(read_head(path), form.delimiter)
    if not has_header:
        if 2 * count_known(headers, table) > len(headers):
            raise UnfitFileError(f"{path} has a header row; load it without --no-header.")
        columns = columns_in_order(path, form, table)
        return Layout(form, tuple(column.header for column in columns), columns, has_header=False)
    if form.has_cell_breaks and blank_lines:
        raise UnfitFileError(
            f"{path} has blank lines before its header, and line breaks in cells; remove the blank "
            "lines."
        )
    try:
        columns = match_columns(str(path), headers, table)
    except UnfitFileError as error:
        if count_known(headers, table) or not fits_in_order(path, form, table):
            raise
        raise UnfitFileError(
            f"{error} If it has no header row, and its columns are those of the contract in this "
            "order, load it with --no-header."
        ) from error
    return Layout(form, tuple(headers), columns, blank_lines=blank_lines)


def count_known(headers: Sequence[str], table: TableContract) -> int:
    """How many different contract columns these headers name."""
    return len({column.name for h in headers if (column := table.column_for(h)) is not None})


def match_columns(
    place: str, headers: Sequence[str], table: TableContract
) -> tuple[ColumnContract, ...]:
    """The contract column of each header.

    Args:
        place: the file (and sheet), for the message.
        headers: as they stand there.
        table: the contract.

    Raises:
        UnfitFileError: a column is missing, unknown or there twice; says all that is wrong.
    """
    found: dict[str, list[str]] = {}
    unknown: list[str] = []
    columns: list[ColumnContract] = []
    for position, header in enumerate(headers, start=1):
        column = table.column_for(header)
        if column is None:
            unknown.append(repr(header) if header.strip() else f"column {position} without a name")
        else:
            found.setdefault(column.name, []).append(header)
            columns.append(column)
    problems = [
        f"{' and '.join(map(repr, same))} both mean {name}"
        for name, same in found.items()
        if len(same) > 1
    ]
    missing = [c.header for c in table.columns if not c.optional and c.name not in found]
    if missing:
        problems.append(f"missing: {', '.join(map(repr, missing))}")
    if unknown:
        problems.append(f"not in the contract of {table.name}: {', '.join(unknown)}")
    if problems:
        raise UnfitFileError(
            f"{place}: the header does not fit: {'; '.join(problems)}. "
            f"Found: {', '.join(map(repr, headers))}."
        )
    return tuple(columns)


def _first_record(head: str, delimiter: str) -> tuple[list[str], int]:
    """The first record that is not a blank line, and how many blank lines lie before it."""
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    try:
        for number, record in enumerate(reader):
            if len(record) > 1 or any(cell.strip() for cell in record):
                return record, number
    except csv.Error:
        return [], 0
    return [], 0
