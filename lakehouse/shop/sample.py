"""The beginning of a data file: its headers, and the rows that its columns are judged by."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from lakehouse.contracts.model import DATA_SUFFIXES, file_stem
from lakehouse.errors import LakehouseError
from lakehouse.ingest.header import DELIMITERS
from lakehouse.ingest.text import CHUNK_BYTES, read_head
from lakehouse.ingest.workbook import cell_text

MAX_ROWS = 20_000


@dataclass(frozen=True)
class Sample:
    """The first rows of a file, as text.

    Attributes:
        stem: the file's name without its suffix.
        rows: each with as many cells as there are headers.
    """

    path: Path
    stem: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def values(self, header: str) -> tuple[str, ...]:
        """The cells of a column, blanks around them gone."""
        at = self.headers.index(header)
        return tuple(row[at].strip() for row in self.rows)


def read_sample(path: Path) -> Sample:
    """The rows in the first mebibyte of a CSV file, or the first ones of a workbook's first sheet.

    Raises:
        LakehouseError: there is no such file, it is no table, or two of its headers are the same.
    """
    stem = file_stem(path.name)
    if not path.is_file():
        raise LakehouseError(f"There is no file {path}.")
    if stem is None:
        raise LakehouseError(f"{path} is none of {', '.join(DATA_SUFFIXES)}.")
    table = _sheet(path) if path.name.lower().endswith(".xlsx") else _csv(path)
    headers = tuple(table[0]) if table else ()
    if len(table) < 2 or not any(header.strip() for header in headers):
        raise LakehouseError(f"{path} has no header with rows below it.")
    twice = sorted({header for header in headers if headers.count(header) > 1})
    if twice:
        raise LakehouseError(f"{path} has the header {twice[0]!r} twice; name its columns apart.")
    rows = tuple(tuple(row) for row in table[1:] if len(row) == len(headers))
    return Sample(path, stem, headers, rows)


def _csv(path: Path) -> list[list[str]]:
    head = read_head(path)
    if "\0" in head:
        raise LakehouseError(f"{path} is not text in UTF-8; save it as CSV in UTF-8.")
    first = next((line for line in head.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=lambda one: len(next(csv.reader([first], delimiter=one), [])))
    records = [
        record
        for record in islice(
            csv.reader(io.StringIO(head, newline=""), delimiter=delimiter), MAX_ROWS
        )
        if any(cell.strip() for cell in record)
    ]
    # The last one of a longer file was cut off.
    return records[:-1] if len(head.encode()) >= CHUNK_BYTES else records


def _sheet(path: Path) -> list[list[str]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_path(path)
        for name in workbook.sheet_names:
            rows = [
                [cell_text(value) for value in values]
                for values in islice(workbook.get_sheet_by_name(name).iter_rows(), MAX_ROWS)
                if any(value != "" for value in values)
            ]
            if rows:
                return rows
    except (CalamineError, OSError) as error:
        raise LakehouseError(f"{path} cannot be read as an .xlsx workbook: {error}.") from error
    return []
