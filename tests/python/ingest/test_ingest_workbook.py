"""Workbooks become one CSV with the digits and dates that the cells show."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from lakehouse.contracts import load_contracts
from lakehouse.contracts.locales import localized
from lakehouse.ingest.text import UnfitFileError
from lakehouse.ingest.workbook import SheetRows, cell_text, convert
from tests.python.ingest.shop_files import LINES_HEADER, write

TABLE = load_contracts()["online_retail"].tables[0]
WHEN = datetime.datetime(2010, 12, 1, 8, 26)
ROW = [489434, "85048", 'RECORD FRAME 7" SINGLE', 12, WHEN, 6.95, 13085, "EIRE"]
AS_CSV = '489434,85048,"RECORD FRAME 7"" SINGLE",12,2010-12-01 08:26:00,6.95,13085,EIRE'
Sheets = dict[str, list[list[Any]]]


def workbook(path: Path, sheets: Sheets) -> Path:
    """A workbook with these sheets."""
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm:ss"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


def test_every_sheet_of_the_table_is_taken(tmp_path: Path) -> None:
    header = LINES_HEADER.split(",")
    reordered: list[list[Any]] = [header[::-1], ROW[::-1]]
    sheets: Sheets = {
        "Notes": [["Description"], ["two years"]],
        "Year 2009": [header, ROW, [], ROW],
        "Year 2010": reordered,
        "Empty": [],
    }
    target = tmp_path / "out.csv"

    book = convert(workbook(tmp_path / "a.xlsx", sheets), TABLE, target)

    assert target.read_text().splitlines() == [LINES_HEADER, AS_CSV, AS_CSV, AS_CSV]
    assert not book.layout.form.has_cell_breaks
    assert book.runs == (
        SheetRows("Year 2009", 2, 2),
        SheetRows("Year 2009", 3, 4),
        SheetRows("Year 2010", 4, 2),
    )


def test_a_locale_is_not_for_the_numbers_of_a_workbook(tmp_path: Path) -> None:
    table = localized(load_contracts(), "it_IT")["online_retail"].tables[0]
    path = workbook(tmp_path / "a.xlsx", {"x": [LINES_HEADER.split(","), ROW]})

    columns = convert(path, table, tmp_path / "out.csv").layout.columns

    assert next(c.formats for c in table.columns if c.name == "unit_price") == ("1.234,56",)
    assert next(c.formats for c in columns if c.name == "unit_price") == ()


def test_line_breaks_in_cells_are_noticed(tmp_path: Path) -> None:
    row = ["C1", "A", "two\nlines", 1, WHEN, 1, None, "EIRE"]
    path = workbook(tmp_path / "a.xlsx", {"x": [LINES_HEADER.split(","), row]})

    assert convert(path, TABLE, tmp_path / "out.csv").layout.form.has_cell_breaks


def test_each_sheet_s_header_is_checked(tmp_path: Path) -> None:
    header = LINES_HEADER.split(",")
    sheets: Sheets = {"good": [header, ROW], "bad": [header[:-1], ROW[:-1]]}

    with pytest.raises(UnfitFileError, match=r"a\.xlsx, sheet bad: .*missing: 'Country'"):
        convert(workbook(tmp_path / "a.xlsx", sheets), TABLE, tmp_path / "out.csv")


def test_a_workbook_without_the_table_names_what_was_found(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"Pivot": [["Country", "Sum"]], "Empty": []})

    with pytest.raises(UnfitFileError, match=r"Pivot \('Country', 'Sum'\); Empty \(empty\)"):
        convert(path, TABLE, tmp_path / "out.csv")


def test_what_is_no_workbook_is_unfit(tmp_path: Path) -> None:
    with pytest.raises(UnfitFileError, match=r"cannot be read as an \.xlsx workbook"):
        convert(write(tmp_path / "a.xlsx", LINES_HEADER), TABLE, tmp_path / "out.csv")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12.0, "12"),
        (6.95, "6.95"),
        (-0.5, "-0.5"),
        (True, "true"),
        ("", ""),
        (" kept ", " kept "),
        (datetime.date(2010, 12, 1), "2010-12-01"),
        (datetime.datetime(2010, 12, 1, 8, 25, 59, 999900), "2010-12-01 08:26:00"),
        (datetime.datetime(2010, 12, 1, 8, 26, 0, 250000), "2010-12-01 08:26:00.250000"),
    ],
)
def test_cells_keep_their_digits(value: Any, text: str) -> None:
    assert cell_text(value) == text
