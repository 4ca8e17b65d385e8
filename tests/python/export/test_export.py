"""A file has what its table has, whatever the format; it appears whole or not at all."""

from __future__ import annotations

import csv
import datetime
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from deltalake import write_deltalake
from pyarrow import orc
from python_calamine import CalamineWorkbook

from lakehouse import spreadsheet
from lakehouse.errors import LakehouseError
from lakehouse.export import FORMATS, export_table
from lakehouse.lake import Lake
from tests.python.gold_tables import write_gold

FORMULA = '=HYPERLINK("http://evil.example","x")'
MOMENT = datetime.datetime(2024, 2, 29, 23, 59, 58, 123456, tzinfo=datetime.UTC)
COLUMNS: list[tuple[str, pa.DataType]] = [
    ("shop_id", pa.string()),
    ("text", pa.string()),
    ("count", pa.int64()),
    ("amount", pa.decimal128(18, 2)),
    ("rate", pa.float64()),
    ("is_sale", pa.bool_()),
    ("day", pa.date32()),
    ("moment", pa.timestamp("us", tz="UTC")),
]
SCHEMA = pa.schema(COLUMNS)
ROWS: list[dict[str, Any]] = [
    {
        "shop_id": "a",
        "text": FORMULA,
        "count": 12,
        "amount": Decimal("-1234.50"),
        "rate": 0.1,
        "is_sale": True,
        "day": datetime.date(2024, 2, 29),
        "moment": MOMENT,
    },
    {
        "shop_id": "a",
        "text": 'say "hi",\nthen Ünïcode',
        "count": 9_007_199_254_740_993,
        "amount": Decimal("1234567890123456.78"),
        "rate": float("inf"),
        "is_sale": False,
        "day": datetime.date(1850, 1, 1),
        "moment": datetime.datetime(1850, 1, 1, tzinfo=datetime.UTC),
    },
    {"shop_id": "b", "text": "", "amount": Decimal("0.00")},
    {"shop_id": "b", "text": "https://example.com"},
    {"shop_id": "b", "text": "0012"},
]


@pytest.fixture
def table_lake(lake: Lake) -> Lake:
    rows = pa.Table.from_pylist(ROWS, schema=SCHEMA)
    write_deltalake(lake.path("gold", "rpt_all"), rows)
    write_deltalake(lake.path("gold", "dim_dates"), rows.select(["day"]))
    write_deltalake(lake.path("silver", "int_orders"), rows.select(["shop_id", "count"]))
    shops = [{"shop_id": s, "name": s, "currency_code": "EUR"} for s in "ab"]
    write_gold(lake, "dim_shops", shops)
    return lake


def _cells(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


@pytest.mark.parametrize("file_format", ["parquet", "orc"])
def test_a_typed_file_has_every_value_and_type(
    table_lake: Lake, tmp_path: Path, file_format: str
) -> None:
    path = tmp_path / f"all.{file_format}"
    export = export_table(table_lake, "rpt_all", file_format, path)
    found = parquet.read_table(path) if file_format == "parquet" else orc.read_table(path)
    assert found.to_pylist() == pa.Table.from_pylist(ROWS, schema=SCHEMA).to_pylist()
    # ORC keeps nanoseconds; everything else is as it was.
    other = [f for f in SCHEMA if f.name != "moment"]
    assert [found.schema.field(f.name) for f in other] == other
    assert (export.row_count, export.size_bytes) == (5, path.stat().st_size)


def test_csv_is_faithful_and_says_what_a_spreadsheet_would_take_for_a_formula(
    table_lake: Lake, tmp_path: Path
) -> None:
    path = tmp_path / "all.csv"
    export = export_table(table_lake, "rpt_all", "csv", path)
    header, first, second, *rest = _cells(path)
    assert header == SCHEMA.names
    assert first == [
        *("a", FORMULA, "12", "-1234.50", "0.1", "true"),
        *("2024-02-29", "2024-02-29 23:59:58.123456Z"),
    ]
    assert second[1:4] == [ROWS[1]["text"], "9007199254740993", "1234567890123456.78"]
    assert [row[1] for row in rest] == ["", "https://example.com", "0012"]
    # A negative number is no formula.
    assert (export.formula_like_count, export.is_guarded) == (1, False)
    # Nothing, and an empty text, are two things.
    assert '"b","",,0.00,,,,' in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_csv_guards_formulas_if_asked(lake: Lake, tmp_path: Path, text: str) -> None:
    table = pa.table({"text": [text, f"a{text}", None], "amount": [-1, -2, -3]})
    write_deltalake(lake.path("gold", "t"), table)
    path = tmp_path / "t.csv"
    export = export_table(lake, "t", "csv", path, guard_formulas=True)
    assert _cells(path)[1:] == [[f"'{text}", "-1"], [f"a{text}", "-2"], ["", "-3"]]
    assert export.formula_like_count == 1


def test_a_workbook_has_each_value_as_what_it_is(table_lake: Lake, tmp_path: Path) -> None:
    path = tmp_path / "all.xlsx"
    export_table(table_lake, "rpt_all", "xlsx", path)
    workbook = CalamineWorkbook.from_path(path)
    assert workbook.sheet_names == ["rpt_all"]
    header, first, second, *rest = workbook.get_sheet_by_index(0).to_python()
    assert header == SCHEMA.names
    assert first[:7] == ["a", FORMULA, 12.0, -1234.5, 0.1, True, datetime.date(2024, 2, 29)]
    # A workbook has milliseconds.
    moment = first[7]
    assert isinstance(moment, datetime.datetime)
    assert abs(moment - MOMENT.replace(tzinfo=None)) < datetime.timedelta(milliseconds=1)
    # What a number of Excel would round, or its calendar not hold, is text.
    assert second[2:] == [
        *("9007199254740993", "1234567890123456.78", "inf", False),
        *("1850-01-01", "1850-01-01 00:00:00"),
    ]
    assert [row[1] for row in rest] == ["", "https://example.com", "0012"]
    sheet = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet


def test_a_workbook_refuses_more_rows_than_a_sheet_has(
    table_lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheet, "MAX_ROWS", 4)
    with pytest.raises(LakehouseError, match=r"rpt_all has 5 rows; a sheet holds 4 .* csv"):
        export_table(table_lake, "rpt_all", "xlsx", tmp_path / "all.xlsx")
    assert list(tmp_path.glob("*.xlsx*")) == []
    export = export_table(table_lake, "rpt_all", "xlsx", tmp_path / "b.xlsx", shop_id="b")
    assert export.row_count == 3


def test_a_workbook_refuses_a_text_longer_than_a_cell(lake: Lake, tmp_path: Path) -> None:
    write_deltalake(lake.path("gold", "t"), pa.table({"text": ["short", "x" * 32_768]}))
    with pytest.raises(LakehouseError, match=r"gold.t, row 2, text: 32,768 characters.*csv"):
        export_table(lake, "t", "xlsx", tmp_path / "t.xlsx")


@pytest.mark.parametrize("file_format", FORMATS)
def test_one_shop_alone(table_lake: Lake, tmp_path: Path, file_format: str) -> None:
    path = tmp_path / "b"
    assert export_table(table_lake, "rpt_all", file_format, path, shop_id="b").row_count == 3


@pytest.mark.parametrize("file_format", FORMATS)
def test_an_empty_table_keeps_its_columns(lake: Lake, tmp_path: Path, file_format: str) -> None:
    write_gold(lake, "rpt_kpis", [])
    path = tmp_path / f"t.{file_format}"
    assert export_table(lake, "rpt_kpis", file_format, path).row_count == 0
    match file_format:
        case "csv":
            columns = _cells(path)[0]
        case "parquet":
            columns = parquet.read_schema(path).names
        case "orc":
            columns = orc.read_table(path).schema.names
        case _:
            rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
            columns = [str(cell) for cell in rows[0]]
    assert columns[:2] == ["shop_id", "order_count"]


def test_a_table_of_another_layer(table_lake: Lake, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    assert export_table(table_lake, "silver.int_orders", "csv", path).row_count == 5


def test_the_file_is_called_after_its_table(
    table_lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert export_table(table_lake, "rpt_all", "csv").path == Path("exports/rpt_all.csv")
    b = export_table(table_lake, "gold.rpt_all", "orc", shop_id="b")
    assert b.path == Path("exports/rpt_all.b.orc")


def test_an_older_file_stays_until_the_new_one_is_whole(lake: Lake, tmp_path: Path) -> None:
    write_deltalake(lake.path("gold", "t"), pa.table({"text": ["x" * 32_768]}))
    path = tmp_path / "t.xlsx"
    path.write_text("older")
    with pytest.raises(LakehouseError):
        export_table(lake, "t", "xlsx", path)
    assert path.read_text() == "older"
    export_table(lake, "t", "csv", path)
    assert path.read_text().startswith('"text"')
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["t.xlsx"]


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_lists_go_into_no_cell(lake: Lake, tmp_path: Path, file_format: str) -> None:
    write_deltalake(lake.path("gold", "t"), pa.table({"id": [1], "tags": [["a", "b"]]}))
    with pytest.raises(LakehouseError, match=r"tags hold lists.*parquet"):
        export_table(lake, "t", file_format, tmp_path / "t")
    assert export_table(lake, "t", "parquet", tmp_path / "t").row_count == 1


@pytest.mark.parametrize(
    ("table", "file_format", "shop_id", "told"),
    [
        ("nope", "csv", None, r"no table gold\.nope\. There are: dim_dates, dim_shops, rpt_all"),
        ("silver.nope", "csv", None, r"There are: int_orders"),
        ("lead.nope", "csv", None, r"Unknown schema .* bronze, silver, gold"),
        ("rpt_all", "pdf", None, r"Unknown format 'pdf'\. There are: csv, parquet, orc, xlsx"),
        ("rpt_all", "csv", "nope", r"no shop 'nope'.*There are: a, b"),
        ("dim_dates", "csv", "a", r"not kept by shop: export it without --shop"),
    ],
)
def test_what_there_is_not_is_answered_with_what_there_is(
    table_lake: Lake, tmp_path: Path, table: str, file_format: str, shop_id: str | None, told: str
) -> None:
    with pytest.raises(LakehouseError, match=told):
        export_table(table_lake, table, file_format, tmp_path / "t", shop_id)
    assert not (tmp_path / "t").exists()


def test_a_folder_that_cannot_be_is_named(table_lake: Lake, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LakehouseError, match="cannot be written"):
        export_table(table_lake, "rpt_all", "csv", tmp_path / "file" / "t.csv")


def test_batches_stay_small_whatever_the_table(lake: Lake, tmp_path: Path) -> None:
    count = 300_000
    write_deltalake(lake.path("gold", "t"), pa.table({"n": range(count), "text": ["x"] * count}))
    path = tmp_path / "t.parquet"
    assert export_table(lake, "t", "parquet", path).row_count == count
    metadata = parquet.read_metadata(path)
    largest = max(metadata.row_group(i).num_rows for i in range(metadata.num_row_groups))
    assert largest <= 65_536
    assert parquet.read_table(path)["n"].to_pylist() == list(range(count))
