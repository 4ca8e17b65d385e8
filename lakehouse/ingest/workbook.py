"""Workbooks (.xlsx) as CSV: every sheet whose header is the table's, in one file."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakehouse.contracts.model import NUMBERS, ColumnContract, TableContract
from lakehouse.ingest.header import Layout, count_known, match_columns
from lakehouse.ingest.text import UTF_8, TextForm, UnfitFileError
from lakehouse.storage import FilePath

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

# Beyond this a float no longer holds every whole number: its digits would be invented.
EXACT_WHOLE_NUMBERS = 2.0**53
# Times are fractions of a day in a workbook: a second comes back this close to itself.
SECOND_TOLERANCE = datetime.timedelta(milliseconds=1)


@dataclass(frozen=True)
class SheetRows:
    """A run of CSV rows that follow each other in a sheet, to name a row to the user."""

    sheet: str
    csv_row: int
    sheet_row: int


@dataclass(frozen=True)
class ConvertedWorkbook:
    """The CSV written from a workbook.

    Attributes:
        runs: where the rows come from; row 1 of the CSV is its header.
    """

    layout: Layout
    runs: tuple[SheetRows, ...]


def convert(path: FilePath, table: TableContract, target: Path) -> ConvertedWorkbook:
    """Writes the table's sheets to one CSV: dates as ISO, numbers with the digits they have.

    A sheet belongs to the table when its header names at least half of the contract's columns;
    others (notes, pivots) are left alone. The header of each sheet is then checked in full.
    Blank rows are dropped.

    Args:
        path: the workbook.
        table: its contract.
        target: the CSV to write, in the contract's order of columns.

    Raises:
        UnfitFileError: no workbook, no sheet of the table, or a sheet's header does not fit.
    """
    sheets = _sheets_of(_open(path), path, table)
    runs: list[SheetRows] = []
    has_line_breaks = False
    csv_row = 1
    with target.open("w", encoding="utf-8", newline="") as stream:
        output = csv.writer(stream, lineterminator="\n")
        output.writerow([column.header for column in table.columns])
        for sheet in sheets:
            last_row = -1
            for sheet_row, values in sheet.rows:
                csv_row += 1
                if sheet_row != last_row + 1:
                    runs.append(SheetRows(sheet.name, csv_row, sheet_row))
                last_row = sheet_row
                cells = ["" if at is None else cell_text(values[at]) for at in sheet.positions]
                has_line_breaks = has_line_breaks or any("\n" in c or "\r" in c for c in cells)
                output.writerow(cells)
    form = TextForm(UTF_8, ",", has_line_breaks, "\n", has_quotes=True)
    headers = tuple(column.header for column in table.columns)
    return ConvertedWorkbook(Layout(form, headers, _of_typed_cells(table)), tuple(runs))


def _of_typed_cells(table: TableContract) -> tuple[ColumnContract, ...]:
    """The columns with the numbers that `cell_text` writes: a workbook's have no separators."""
    return tuple(
        column.model_copy(update={"formats": ()}) if column.kind in NUMBERS else column
        for column in table.columns
    )


def cell_text(value: Any) -> str:
    """A cell as the text that a CSV export would show: 12 not 12.0, dates as ISO."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT_WHOLE_NUMBERS:
        return str(int(value))
    if isinstance(value, datetime.datetime):
        whole = (value + datetime.timedelta(seconds=0.5)).replace(microsecond=0)
        near = whole if abs(whole - value) < SECOND_TOLERANCE else value
        return near.isoformat(sep=" ")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


@dataclass(frozen=True)
class _Sheet:
    """A sheet of the table: where each contract column stands, and its rows by number."""

    name: str
    positions: tuple[int | None, ...]
    rows: Iterator[tuple[int, list[Any]]]


def _open(path: FilePath) -> CalamineWorkbook:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        if isinstance(path, Path):
            return CalamineWorkbook.from_path(path)
        return CalamineWorkbook.from_filelike(path.open())
    except (CalamineError, OSError) as error:
        raise UnfitFileError(f"{path} cannot be read as an .xlsx workbook: {error}.") from error


def _sheets_of(workbook: CalamineWorkbook, path: FilePath, table: TableContract) -> list[_Sheet]:
    sheets: list[_Sheet] = []
    seen: list[str] = []
    wanted = sum(not column.optional for column in table.columns)
    for name in workbook.sheet_names:
        rows = _numbered_rows(workbook, name)
        _, values = next(rows, (0, []))
        headers = [cell_text(value) for value in values]
        while headers and not headers[-1].strip():
            headers.pop()
        if 2 * count_known(headers, table) < wanted:
            seen.append(f"{name} ({', '.join(map(repr, headers)) or 'empty'})")
            continue
        columns = match_columns(f"{path}, sheet {name}", headers, table)
        at = {column.name: position for position, column in enumerate(columns)}
        sheets.append(_Sheet(name, tuple(at.get(c.name) for c in table.columns), rows))
    if not sheets:
        expected = ", ".join(repr(column.header) for column in table.columns)
        raise UnfitFileError(
            f"{path} has no sheet with the header of {table.name}: expected {expected}. "
            f"Sheets: {'; '.join(seen)}."
        )
    return sheets


def _numbered_rows(workbook: CalamineWorkbook, name: str) -> Iterator[tuple[int, list[Any]]]:
    """The rows that are not blank, each with its number in the sheet."""
    for number, values in enumerate(workbook.get_sheet_by_name(name).iter_rows(), start=1):
        if any(value != "" for value in values):
            yield number, list(values)
