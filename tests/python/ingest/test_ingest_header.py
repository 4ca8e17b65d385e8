"""Headers are matched by name; what does not fit is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from lakehouse.contracts import load_contracts
from lakehouse.contracts.model import TableContract
from lakehouse.ingest.discover import DataFile
from lakehouse.ingest.header import Layout, read_layout
from lakehouse.ingest.scan import scan
from lakehouse.ingest.text import UnfitFileError
from tests.python.ingest.shop_files import LINES_HEADER, csv_text, line, write

CONTRACTS = load_contracts()
TABLE = CONTRACTS["online_retail"].tables[0]


def layout(tmp_path: Path, header: str, encoding: str = "utf-8") -> Layout:
    """The layout of a file with this header."""
    return layout_of(write(tmp_path / "lines.csv", csv_text(header, line()), encoding))


def layout_of(path: Path, table: TableContract = TABLE, has_header: bool = True) -> Layout:
    """The layout of a file."""
    form = scan(DataFile(path, path.name, table)).form
    assert form is not None
    return read_layout(path, form, table, has_header)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    found = layout(tmp_path, LINES_HEADER.replace(",", delimiter))

    assert found.form.delimiter == delimiter
    assert [column.name for column in found.columns] == [c.name for c in TABLE.columns]


def test_a_strange_header_is_told_by_its_own_delimiter(tmp_path: Path) -> None:
    with pytest.raises(UnfitFileError, match=r"Found: 'numero', 'codice', 'nome'\."):
        layout(tmp_path, '"numero";"codice";"nome"')


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
        (",,\n" + LINES_HEADER, "not in the contract of .*: column 1 without a name"),
    ],
)
def test_a_header_that_does_not_fit_is_named(tmp_path: Path, header: str, message: str) -> None:
    with pytest.raises(UnfitFileError, match=message) as caught:
        layout(tmp_path, header)
    assert "lines.csv" in str(caught.value)


def test_optional_columns_may_be_missing(tmp_path: Path) -> None:
    table = CONTRACTS["thelook"].table("thelook__distribution_centers")
    path = write(tmp_path / "centers.csv", "id,name,latitude,longitude\n")

    assert len(layout_of(path, table).columns) == len(table.columns) - 1


def test_a_header_may_hold_quoted_delimiters_and_line_breaks(tmp_path: Path) -> None:
    broken = layout(tmp_path, LINES_HEADER.replace("Customer ID", '"Customer\nID"'))

    assert (broken.form.has_cell_breaks, broken.headers[6]) == (True, "Customer\nID")
    with pytest.raises(UnfitFileError, match="blank lines before its header"):
        layout(tmp_path, "\n" + LINES_HEADER.replace("Customer ID", '"Customer\nID"'))
    quoted = layout(tmp_path, LINES_HEADER.replace("Customer ID", '"Customer, ID"'))
    assert quoted.columns[6].name == "customer_id"


HEADER = "Invoice, StockCode, Description, Quantity, InvoiceDate, Price, Customer ID, Country"


def test_a_file_without_a_header_is_read_in_the_contract_s_order(tmp_path: Path) -> None:
    path = write(tmp_path / "lines.csv", csv_text(line(), line(customer_id="", quantity="-3")))

    with pytest.raises(UnfitFileError, match=r"missing: 'Invoice', .* load it with --no-header"):
        layout_of(path)
    found = layout_of(path, has_header=False)

    assert (found.headers, found.has_header) == (tuple(HEADER.split(", ")), False)
    assert found.columns == TABLE.columns


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ((LINES_HEADER, line()), "has a header row; load it without --no-header"),
        ((line(), line() + ",x"), f"line 2: 9 cells, but .* has 8 columns \\({HEADER}\\)"),
        ((line(), line(quantity="many")), r"line 2: 'many' is no Quantity \(int\)"),
        ((line(quantity="1.5"),), r"line 1: '1.5' is no Quantity \(int\)"),
        ((line(invoice_at="12.1.2010"),), r"'12.1.2010' is no InvoiceDate \(timestamp\)"),
        ((line(unit_price=""),), r"line 1: '' is no Price \(decimal\(18,4\)\)"),
    ],
)
def test_a_file_whose_cells_do_not_agree_needs_a_header(
    tmp_path: Path, rows: tuple[str, ...], message: str
) -> None:
    path = write(tmp_path / "lines.csv", csv_text(*rows))

    with pytest.raises(UnfitFileError, match=message):
        layout_of(path, has_header=False)
    if rows[0] != LINES_HEADER:
        with pytest.raises(UnfitFileError) as caught:
            layout_of(path)
        assert "--no-header" not in str(caught.value)


def test_older_dates_and_missing_optional_columns_agree_too(tmp_path: Path) -> None:
    older = write(tmp_path / "old.csv", csv_text(line(invoice_at="12/1/2010 8:26")))
    centers = write(tmp_path / "centers.csv", "1,Memphis TN,35.1,-89\n")
    table = CONTRACTS["thelook"].table("thelook__distribution_centers")

    assert layout_of(older, has_header=False).columns == TABLE.columns
    assert len(layout_of(centers, table, has_header=False).columns) == len(table.columns) - 1
    far = write(tmp_path / "far.csv", "1,Memphis TN,95.1,-89\n")
    with pytest.raises(UnfitFileError, match=r"'95\.1' is no latitude"):
        layout_of(far, table, has_header=False)
