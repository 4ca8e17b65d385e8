"""Rows that a stray quote may have drawn into one cell."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from lakehouse.ingest.fitting import fits
from lakehouse.ingest.header import Layout
from lakehouse.ingest.text import UnfitFileError, open_lines
from lakehouse.storage import FilePath


def refuse_swallowed_rows(path: FilePath, layout: Layout) -> None:
    """Checks the records of a file whose cells hold line breaks.

    A quote that was meant as a character (`"12 inch" PLATE` unquoted) opens a cell if it comes
    first, and the next such quote before a delimiter closes it: the rows between become a cell. In
    a table whose columns take any text nothing tells a row from a line, and quotes are believed.

    Raises:
        UnfitFileError: each line of a record, its quotes taken as characters, is a row by itself.
    """
    if all(column.kind == "string" for column in layout.columns):
        return
    seen: list[str] = []

    def noted(lines: Iterator[str]) -> Iterator[str]:
        for line in lines:
            seen.append(line)
            yield line

    with open_lines(path, layout.form.encoding) as lines:
        reader = csv.reader(noted(lines), delimiter=layout.form.delimiter)
        for _ in reader:
            if len(seen) > 1 and all(_is_row(line, layout) for line in seen):
                raise UnfitFileError(
                    f"{path}: lines {reader.line_num - len(seen) + 1} to {reader.line_num} are one "
                    "row by their quotes, and each a row of its own without them; double the "
                    "quotes inside cells, and put such cells into quotes."
                )
            seen.clear()


def _is_row(line: str, layout: Layout) -> bool:
    cells = line.rstrip("\r\n").split(layout.form.delimiter)
    return len(cells) == len(layout.columns) and all(
        fits(column, cell.strip(' "')) for column, cell in zip(layout.columns, cells, strict=True)
    )
