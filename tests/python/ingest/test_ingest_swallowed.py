"""Stray quotes that would draw rows into one cell are noticed; honest line breaks are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from lakehouse.contracts import ColumnContract, TableContract, load_contracts
from lakehouse.ingest.discover import DataFile
from lakehouse.ingest.header import read_layout
from lakehouse.ingest.scan import scan
from lakehouse.ingest.swallowed import refuse_swallowed_rows
from lakehouse.ingest.text import UnfitFileError
from tests.python.ingest.shop_files import LINES_HEADER, csv_text, line, write

TABLE = load_contracts()["online_retail"].tables[0]


def check(
    tmp_path: Path, *rows: str, header: str = LINES_HEADER, table: TableContract = TABLE
) -> None:
    """Checks a file with these rows."""
    path = write(tmp_path / "lines.csv", csv_text(header, *rows))
    form = scan(DataFile(path, path.name, table)).form
    assert form is not None
    assert form.has_cell_breaks
    refuse_swallowed_rows(path, read_layout(path, form, table, has_header=True))


@pytest.mark.parametrize("between", [[], [line()], [line(), line(customer_id="")] * 20])
def test_rows_between_two_stray_quotes_are_refused(tmp_path: Path, between: list[str]) -> None:
    stray = [line(description='"12 INCH PLATE'), *between, line(description='PLATE 12"')]

    with pytest.raises(UnfitFileError, match=f"lines 3 to {2 + len(stray)} are one row by their"):
        check(tmp_path, line(), *stray, line())


@pytest.mark.parametrize(
    "description",
    [
        '"two\nlines"',
        '"a, b, c\nd, e"',
        '"a table:\n1,2,3,4,5,6,7,8\n1,2,3,4,5,6,7,8\n"',
        '"' + "long " * 100_000 + '\n"',
    ],
)
def test_honest_line_breaks_are_not(tmp_path: Path, description: str) -> None:
    check(tmp_path, line(description=description), line())


def test_quotes_are_believed_where_every_column_takes_any_text(tmp_path: Path) -> None:
    columns = tuple(ColumnContract(name=n, type="string", description=n) for n in ("key", "note"))
    table = TableContract(name="notes__all", description="Notes.", files=("*",), columns=columns)

    check(tmp_path, 'k,"well, one\ntwo, three"', header="key,note", table=table)
