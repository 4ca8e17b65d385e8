"""Files without a header row: their columns are the contract's in its order, if the cells agree."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice

from lakehouse.contracts.model import ColumnContract, TableContract
from lakehouse.ingest.fitting import fits
from lakehouse.ingest.text import TextForm, UnfitFileError, open_lines
from lakehouse.storage import FilePath

CHECKED_ROWS = 100


def columns_in_order(
    path: FilePath, form: TextForm, table: TableContract
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
            if not fits(column, cell):
                raise UnfitFileError(
                    f"{path}, line {line}: {cell!r} is no {column.header} ({column.type}); without "
                    f"a header row the first {CHECKED_ROWS} rows must fit {headers}, in this order."
                )
    return columns


def fits_in_order(path: FilePath, form: TextForm, table: TableContract) -> bool:
    """Whether the file could be one without a header row."""
    try:
        columns_in_order(path, form, table)
    except UnfitFileError:
        return False
    return True


def _rows(path: FilePath, form: TextForm) -> Iterator[tuple[int, list[str]]]:
    with open_lines(path, form.encoding) as lines:
        reader = csv.reader(lines, delimiter=form.delimiter)
        for cells in reader:
            if len(cells) > 1 or any(cell.strip() for cell in cells):
                yield reader.line_num, cells
