"""Files to bronze, from the folder to the ledger."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lakehouse.contracts import load_contracts
from lakehouse.errors import LakehouseError
from lakehouse.ingest import (
    FileLoad,
    FileRejectedError,
    PreflightError,
    ensure_tables,
    load,
    read_ledger,
    table_totals,
)
from lakehouse.ingest.ledger import batch_id
from lakehouse.lake import Lake
from tests.python.ingest.shop_files import (
    EVENTS_HEADER,
    LINES_HEADER,
    PURCHASES_HEADER,
    csv_text,
    event,
    line,
    purchase,
    write,
)
from tests.python.ingest.test_ingest_workbook import ROW, workbook

if TYPE_CHECKING:
    from pyspark.sql import Row, SparkSession

LINES = "online_retail__lines"
PURCHASES = "shopping_trends__purchases"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """The folder that is loaded."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def rows(spark: SparkSession, lake: Lake, table: str, *columns: str) -> list[Row]:
    """Rows of a bronze table: all columns or these."""
    return lake.read(spark, "bronze", table).select(*(columns or ("*",))).collect()


def rescued(spark: SparkSession, lake: Lake, table: str) -> list[dict[str, str]]:
    """What was rescued, row by row."""
    found = rows(spark, lake, table, "_rescued")
    return [json.loads(row["_rescued"]) for row in found if row["_rescued"] is not None]


def test_every_kind_of_file_loads_alike(spark: SparkSession, lake: Lake, inbox: Path) -> None:
    """BOM, Latin-1, Windows-1252, gzip, workbook, odd names, reordered and older layouts."""
    shop = inbox / "online_retail"
    header = LINES_HEADER
    write(shop / "bom.csv", csv_text(header, line("1", description="é")), "utf-8-sig")
    write(shop / "latin.csv", csv_text(header, line("2", description="£é")), "latin-1")
    write(shop / "windows.csv", csv_text(header, line("3", description="€œ")), "cp1252")
    write(shop / "packed.CSV.GZ", gzip.compress(csv_text(header, line("4")).encode()))
    write(shop / "semicolon.csv", csv_text(header, line("5")).replace(",", ";"))
    write(shop / "_odd [1].csv", csv_text(header, line("6")))
    write(shop / "crlf.csv", csv_text(header, line("7")).replace("\n", "\r\n"))
    write(
        shop / "old.csv",
        "Country,CustomerID,UnitPrice,InvoiceDate,Quantity,Description,StockCode,InvoiceNo\n"
        'EIRE,13085,6.95,12/1/2010 8:26,12,"DOG BOWL , 7"" ",85048,8\n',
    )
    sheet: list[list[Any]] = [header.split(","), ROW]
    workbook(shop / "years.xlsx", {"Year 2009": sheet, "Year 2010": sheet})

    report = load(spark, lake, inbox)

    assert (report.row_count, report.rescued_count, len(report.files)) == (10, 0, 9)
    found = {r["invoice"]: r for r in rows(spark, lake, LINES)}
    assert sorted(found) == ["1", "2", "3", "4", "489434", "5", "6", "7", "8"]
    assert {r["customer_id"] for r in found.values()} == {"13085"}
    assert {float(r["unit_price"]) for r in found.values()} == {6.95}
    texts = {invoice: row["description"] for invoice, row in found.items()}
    assert (texts["1"], texts["2"], texts["3"]) == ("é", "£é", "€œ")
    assert texts["8"] == 'DOG BOWL , 7" '
    assert found["7"]["country"] == "United Kingdom"
    assert str(found["8"]["invoice_at"]) == str(found["489434"]["invoice_at"])
    assert found["8"]["_source_file"] == "online_retail/old.csv"
    assert len({r["_ingested_at"] for r in found.values()}) == 1


def test_what_does_not_fit_is_rescued_and_nothing_is_dropped(
    spark: SparkSession, lake: Lake, inbox: Path
) -> None:
    short, long = "1,55,Male", purchase() + ",extra"
    write(
        inbox / "p.csv",
        csv_text(
            PURCHASES_HEADER,
            purchase(),
            purchase(amount="$53.00"),
            purchase(age="550", customer_id=""),
            short,
            long,
        ),
    )

    report = load(spark, lake, inbox, shop="shopping_trends", max_rescued=0.8)

    assert (report.row_count, report.rescued_count) == (5, 4)
    expected: list[dict[str, str]] = [
        {"Purchase Amount (USD)": "$53.00"},
        {"Customer ID": "", "Age": "550"},
        {"_row": short},
        {"_row": long},
    ]
    found = rescued(spark, lake, PURCHASES)
    assert sorted(map(str, found)) == sorted(map(str, expected))
    by_text = {row["_rescued"]: row for row in rows(spark, lake, PURCHASES)}
    assert str(by_text[None]["purchase_amount"]) == "53.0000"
    money = by_text['{"Purchase Amount (USD)":"$53.00"}']
    assert (money["purchase_amount"], money["age"]) == (None, 55)
    broken = by_text[json.dumps({"_row": short}, separators=(",", ":"))]
    assert {broken[name] for name in broken.asDict() if not name.startswith("_")} == {None}
    assert broken["_batch_id"] == money["_batch_id"]


def test_too_many_bad_rows_change_nothing(spark: SparkSession, lake: Lake, inbox: Path) -> None:
    write(inbox / "shopping_trends/a.csv", csv_text(PURCHASES_HEADER, purchase(customer_id="1")))
    bad = [purchase(), purchase(age="550"), "1,2", purchase(amount="$53.00"), *[purchase()] * 4]
    path = write(inbox / "shopping_trends/b.csv", csv_text(PURCHASES_HEADER, *bad))
    write(inbox / "shopping_trends/c.csv", csv_text(PURCHASES_HEADER, purchase(customer_id="3")))

    with pytest.raises(FileRejectedError) as caught:
        load(spark, lake, inbox)

    message = str(caught.value)
    assert f"{path} is rejected" in message
    assert "3 of 8 rows (37.5%)" in message
    assert "shopping_trends/b.csv, row 3: Age: '550'" in message
    assert "shopping_trends/b.csv, row 4: wrong number of fields: '1,2'" in message
    assert "shopping_trends/b.csv, row 5: Purchase Amount (USD): '$53.00'" in message
    assert [f.status for f in caught.value.report.files] == ["loaded", "rejected"]
    assert [row["customer_id"] for row in rows(spark, lake, PURCHASES)] == ["1"]
    entry = read_ledger(spark, lake)[-1]
    assert (entry.status, entry.row_count, entry.rescued_count) == ("rejected", 8, 3)
    assert entry.rejected_reason is not None
    assert "at most 5.0% may" in entry.rejected_reason

    report = load(spark, lake, inbox, max_rescued=0.4)

    assert [f.status for f in report.files] == ["already loaded", "loaded", "loaded"]
    assert len(rows(spark, lake, PURCHASES)) == 10
    ledger = {e.source_file: e.status for e in read_ledger(spark, lake)}
    assert len(read_ledger(spark, lake)) == 3
    assert set(ledger.values()) == {"loaded"}
    totals = table_totals(read_ledger(spark, lake))[PURCHASES]
    assert (totals.file_count, totals.row_count, totals.rescued_count) == (3, 10, 3)


def test_bad_rows_of_a_workbook_are_named_by_sheet(
    spark: SparkSession, lake: Lake, inbox: Path
) -> None:
    bad = [*ROW[:3], "many", *ROW[4:]]
    header = LINES_HEADER.split(",")
    workbook(inbox / "w.xlsx", {"2009": [header, ROW], "2010": [header, [], ROW, bad]})

    with pytest.raises(FileRejectedError, match=r"w\.xlsx, sheet 2010, row 4: Quantity: 'many'"):
        load(spark, lake, inbox, shop="online_retail")
    assert rows(spark, lake, LINES) == []


def test_the_same_content_is_loaded_once_whatever_its_name(
    spark: SparkSession, lake: Lake, inbox: Path
) -> None:
    class Recorder:
        def __init__(self) -> None:
            self.calls: list[tuple[Any, ...]] = []

        def start(self, total_files: int, total_bytes: int, left_alone: Sequence[str]) -> None:
            self.calls.append(("start", total_files, total_bytes, tuple(left_alone)))

        def checking(self, source_file: str, size_bytes: int) -> None:
            self.calls.append(("checking", source_file))

        def loading(self, source_file: str, table_name: str) -> None:
            self.calls.append(("loading", source_file, table_name))

        def file_done(self, result: FileLoad) -> None:
            self.calls.append(("done", result.source_file, result.status, result.row_count))

    text = csv_text(EVENTS_HEADER, event(), event(kind="cart"))
    first = write(inbox / "rees46/a.csv", text)
    write(inbox / "rees46/b.csv", text)
    write(inbox / "other/c.csv", text)
    recorder = Recorder()

    load(spark, lake, inbox, report=recorder)

    assert recorder.calls[0] == ("start", 2, 2 * len(text), ("other/",))
    assert sorted(recorder.calls[1:3]) == [("checking", f"rees46/{n}.csv") for n in "ab"]
    assert recorder.calls[3:] == [
        ("loading", "rees46/a.csv", "rees46__events"),
        ("done", "rees46/a.csv", "loaded", 2),
        ("done", "rees46/b.csv", "already loaded", 2),
    ]
    first.rename(inbox / "rees46/renamed.csv")
    version = lake.version("bronze", "rees46__events")

    again = load(spark, lake, inbox)

    assert {f.status for f in again.files} == {"already loaded"}
    assert again.row_count == 0
    assert lake.version("bronze", "rees46__events") == version
    entry = read_ledger(spark, lake)[0]
    assert entry.batch_id == batch_id("rees46__events", entry.sha256)
    assert (entry.source_file, entry.table_version) == ("rees46/a.csv", version)


def test_a_file_with_only_a_header_loads_no_rows(
    spark: SparkSession, lake: Lake, inbox: Path
) -> None:
    write(inbox / "e.csv", EVENTS_HEADER + "\n")

    report = load(spark, lake, inbox, shop="rees46")

    assert [(f.status, f.row_count) for f in report.files] == [("loaded", 0)]


def test_all_files_are_checked_before_any_is_loaded(
    spark: SparkSession, lake: Lake, inbox: Path
) -> None:
    write(inbox / "rees46/a.csv", csv_text(EVENTS_HEADER, event()))
    write(inbox / "rees46/b.csv", "")
    write(inbox / "rees46/c.csv", csv_text(EVENTS_HEADER.replace(",price", ""), event()))

    with pytest.raises(PreflightError) as caught:
        load(spark, lake, inbox)

    first, second, last = str(caught.value).splitlines()
    assert "b.csv is empty" in first
    assert "c.csv: the header does not fit: missing: 'price'" in second
    assert last == "Nothing was loaded."
    assert not Path(lake.path("bronze", "rees46__events")).exists()


def test_optional_columns_that_a_file_lacks_are_null(
    spark: SparkSession, lake: Lake, inbox: Path
) -> None:
    write(inbox / "distribution_centers.csv", "id,name,latitude,longitude\n1,Memphis TN,35.1,-89\n")

    load(spark, lake, inbox, shop="thelook")

    (row,) = rows(spark, lake, "thelook__distribution_centers")
    assert (row["distribution_center_id"], row["geom"], row["_rescued"]) == ("1", None, None)


def test_cells_with_line_breaks_load_whole(
    spark: SparkSession, lake: Lake, inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(
        tmp_path / "contracts/notes.yml",
        "{shop_id: notes, shop_name: Notes, currency_code: EUR, source: us, tables: [{name: "
        'notes__all, description: Notes., files: ["*"], columns: [{name: note_id, type:'
        " int, required: true, description: Id.}, {name: text, type: string, description:"
        " Text.}]}]}",
    )
    monkeypatch.setenv("LAKE_CONTRACTS_DIR", str(tmp_path / "contracts"))
    write(inbox / "notes/n.csv", 'note_id,text\n1,"two\n=======\nlines"\n2,one\n3\nx,y\n')

    with pytest.raises(FileRejectedError) as caught:
        load(spark, lake, inbox)
    assert "row 7: note_id: 'x'" in str(caught.value)
    load(spark, lake, inbox, max_rescued=0.5)

    found = {r["note_id"]: r["text"] for r in rows(spark, lake, "notes__all")}
    assert (found[1], found[2]) == ("two\n=======\nlines", "one")
    assert {"_row": "3"} in rescued(spark, lake, "notes__all")


def test_a_load_may_name_a_locale_and_leave_out_headers(
    spark: SparkSession, lake: Lake, inbox: Path
) -> None:
    path = inbox / "lines.csv"
    write(path, '489434;85048;"12"" PLATE";-1;29/03/2010 5.01.00;1.006,95;13085;EIRE\n')

    with pytest.raises(LakehouseError, match="the header does not fit"):
        load(spark, lake, inbox, shop="online_retail", locale="it_IT")
    load(spark, lake, inbox, shop="online_retail", locale="it_IT", has_header=False)

    (row,) = rows(spark, lake, LINES)
    assert (row["description"], row["quantity"], str(row["unit_price"])) == (
        '12" PLATE',
        -1,
        "1006.9500",
    )
    assert (str(row["invoice_at"]), row["_rescued"]) == ("2010-03-29 05:01:00", None)


@pytest.mark.parametrize("share", [-0.1, 1.5])
def test_the_share_of_rescued_rows_must_be_one(
    spark: SparkSession, lake: Lake, inbox: Path, share: float
) -> None:
    with pytest.raises(LakehouseError, match="between 0 and 1"):
        load(spark, lake, inbox, max_rescued=share)


def test_ensure_tables_makes_what_is_missing(spark: SparkSession, lake: Lake) -> None:
    from pyspark.sql.types import IntegerType

    contracts = {"rees46": load_contracts()["rees46"]}
    ensure_tables(spark, lake, contracts)
    path = lake.path("bronze", "rees46__events")

    assert lake.tables("bronze") == ["_loads", "rees46__events"]
    assert read_ledger(spark, lake) == []
    ensure_tables(spark, lake, contracts)
    assert lake.version("bronze", "rees46__events") == 0

    fewer = lake.read(spark, "bronze", "rees46__events").drop("brand")
    fewer.write.format("delta").mode("overwrite").option("overwriteSchema", True).save(path)
    ensure_tables(spark, lake, contracts)
    assert "brand" in lake.read(spark, "bronze", "rees46__events").columns

    other = fewer.withColumn("price", fewer["price"].cast(IntegerType()))
    other.write.format("delta").mode("overwrite").option("overwriteSchema", True).save(path)
    with pytest.raises(LakehouseError, match=r"price of bronze/rees46__events is int, but .*18,4"):
        ensure_tables(spark, lake, contracts)
