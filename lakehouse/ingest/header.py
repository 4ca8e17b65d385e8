"""A file's header: its delimiter, and which contract column each of its columns is."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lakehouse.contracts.model import ColumnContract, TableContract
from lakehouse.ingest.scan import UTF_8, WINDOWS_1252, UnfitFileError, open_text

DELIMITERS = (",", ";", "\t", "|")
HEAD_CHARACTERS = 1 << 20


@dataclass(frozen=True)
class Layout:
    """How a file lays out its table.

    Attributes:
        headers: the headers as they stand in the file, in its order.
        columns: the contract column of each header.
    """

    delimiter: str
    headers: tuple[str, ...]
    columns: tuple[ColumnContract, ...]


def read_layout(path: Path, encoding: str, table: TableContract) -> Layout:
    """The layout of a text file, from its header.

    The delimiter is the one under which the header has most contract columns.

    Raises:
        UnfitFileError: the header does not fit the contract.
    """
    with open_text(path, encoding) as stream:
        head = stream.read(HEAD_CHARACTERS)
    if encoding != UTF_8:
        head = head.translate(WINDOWS_1252)
    readings = [(delimiter, _first_record(head, delimiter)) for delimiter in DELIMITERS]
    delimiter, (headers, line_count) = max(
        readings, key=lambda reading: count_known(reading[1][0], table)
    )
    if line_count > 1 and not table.multiline:
        raise UnfitFileError(f"{path}: the header spans {line_count} lines; put it on one.")
    return Layout(delimiter, tuple(headers), match_columns(str(path), headers, table))


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
    """The first record that is not blank, and how many lines it takes."""
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    lines_before = 0
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                return record, reader.line_num - lines_before
            lines_before = reader.line_num
    except csv.Error:
        return [], 1
    return [], 1
