"""Headers are matched by name; what does not fit is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from lakehouse.contracts import load_contracts
from lakehouse.ingest.header import Layout, read_layout
from lakehouse.ingest.scan import UnfitFileError
from tests.python.ingest.shop_files import LINES_HEADER, csv_text, line, write

CONTRACTS = load_contracts()
TABLE = CONTRACTS["online_retail"].tables[0]


def layout(tmp_path: Path, header: str, encoding: str = "utf-8") -> Layout:
    """The layout of a file with this header."""
    path = write(tmp_path / "lines.csv", csv_text(header, line()), encoding)
    return read_layout(path, "latin-1" if encoding == "cp1252" else "utf-8", TABLE)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    found = layout(tmp_path, LINES_HEADER.replace(",", delimiter))

    assert found.delimiter == delimiter
    assert [column.name for column in found.columns] == [c.name for c in TABLE.columns]


def test_columns_may_be_reordered_and_bear_aliases(tmp_path: Path) -> None:
    found = layout(
        tmp_path,
        "Country,CustomerID,UnitPrice,InvoiceDate,Quantity,Description,StockCode,InvoiceNo",
    )

    assert [column.name for column in found.columns] == [c.name for c in reversed(TABLE.columns)]


def test_marks_blanks_case_quotes_and_blank_lines_are_forgiven(tmp_path: Path) -> None:
    header = (
        '\n"Invoice", stock code ,DESCRIPTION,quantity,"Invoice Date",price,customer id,country'
    )

    assert layout(tmp_path, header, "utf-8-sig").headers[1] == " stock code "


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (
            LINES_HEADER.replace(",Price", "").replace(",Country", ""),
            r"missing: 'Price', 'Country'\. Found: 'Invoice', 'StockCode'",
        ),
        (LINES_HEADER + ",Country", "'Country' and 'Country' both mean country"),
        (LINES_HEADER + ",UnitPrice", "'Price' and 'UnitPrice' both mean unit_price"),
        (LINES_HEADER + ",Margin", "not in the contract of online_retail__lines: 'Margin'"),
        ("," + LINES_HEADER, "not in the contract of .*: column 1 without a name"),
        (line(), "missing: 'Invoice', .* not in the contract"),
        (LINES_HEADER.replace("Price", '"Pri\nce"'), "the header spans 2 lines"),
    ],
)
def test_a_header_that_does_not_fit_is_named(tmp_path: Path, header: str, message: str) -> None:
    with pytest.raises(UnfitFileError, match=message) as caught:
        layout(tmp_path, header)
    assert "lines.csv" in str(caught.value)


def test_optional_columns_may_be_missing(tmp_path: Path) -> None:
    table = CONTRACTS["thelook"].table("thelook__distribution_centers")
    path = write(tmp_path / "centers.csv", "id,name,latitude,longitude\n")

    assert len(read_layout(path, "utf-8", table).columns) == len(table.columns) - 1
