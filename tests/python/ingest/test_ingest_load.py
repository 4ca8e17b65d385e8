"""Files to bronze, from the folder to the ledger."""

from __future__ import annotations

import datetime
import gzip
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lakehouse.errors import LakehouseError
from lakehouse.ingest import (
    FileLoad,
    FilesRejectedError,
    load,
    read_ledger,
    table_totals,
)
from lakehouse.ingest.frame import bronze_frame
from lakehouse.ingest.ledger import batch_id
from lakehouse.ingest.preflight import ReadyFile
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

    with pytest.raises(FilesRejectedError) as caught:
        load(spark, lake, inbox).check()

    message = str(caught.value)
    assert message.startswith("1 of 3 files were rejected")
    assert f"{path} is rejected" in message
    assert "3 of 8 rows (37.5%)" in message
    assert "shopping_trends/b.csv, row 3: Age: '550'" in message
    assert "shopping_trends/b.csv, row 4: wrong number of fields: '1,2'" in message
    assert "shopping_trends/b.csv, row 5: Purchase Amount (USD): '$53.00'" in message
    assert [f.status for f in caught.value.report.files] == ["loaded", "rejected", "loaded"]
    assert {row["customer_id"] for row in rows(spark, lake, PURCHASES)} == {"1", "3"}
    entry = read_ledger(lake)[1]
    assert (entry.status, entry.row_count, entry.rescued_count) == ("rejected", 8, 3)
    assert entry.rejected_reason is not None
    assert "at most 5.0% may" in entry.rejected_reason

    report = load(spark, lake, inbox, max_rescued=0.4)

    assert [f.status for f in report.files] == ["already loaded", "loaded", "already loaded"]
    assert len(rows(spark, lake, PURCHASES)) == 10
    ledger = {e.source_file: e.status for e in read_ledger(lake)}
    assert len(read_ledger(lake)) == 3
    assert set(ledger.values()) == {"loaded"}
    totals = table_totals(read_ledger(lake))[PURCHASES]
    assert (totals.file_count, totals.row_count, totals.rescued_count) == (3, 10, 3)


def test_bad_rows_of_a_workbook_are_named_by_sheet(
    spark: SparkSession, lake: Lake, inbox: Path
) -> None:
    bad = [*ROW[:3], "many", *ROW[4:]]
    header = LINES_HEADER.split(",")
    workbook(inbox / "w.xlsx", {"2009": [header, ROW], "2010": [header, [], ROW, bad]})

    with pytest.raises(FilesRejectedError, match=r"w\.xlsx, sheet 2010, row 4: Quantity: 'many'"):
        load(spark, lake, inbox, shop="online_retail").check()
    assert rows(spark, lake, LINES) == []


def test_the_same_content_is_loaded_once_whatever_its_name(
    spark: SparkSession, lake: Lake, inbox: Path
) -> None:
    class Recorder:
        def __init__(self) -> None:
            self.calls: list[tuple[Any, ...]] = []
            self.bytes_read: Counter[str] = Counter()

        def start(self, total_files: int, total_bytes: int, left_alone: Sequence[str]) -> None:
            self.calls.append(("start", total_files, total_bytes, tuple(left_alone)))

        def checking(self, source_file: str, size_bytes: int) -> None:
            self.calls.append(("checking", source_file))

        def loading(self, source_file: str, table_name: str) -> None:
            self.calls.append(("loading", source_file, table_name))

        def read(self, source_file: str, byte_count: int) -> None:
            self.bytes_read[source_file] += byte_count

        def file_done(self, result: FileLoad) -> None:
            self.calls.append(("done", result.source_file, result.status, result.row_count))

    text = csv_text(EVENTS_HEADER, event(), event(kind="cart"))
    first = write(inbox / "rees46/a.csv", text)
    write(inbox / "rees46/b.csv", text)
    write(inbox / "other/c.csv", text)
    recorder = Recorder()

    load(spark, lake, inbox, report=recorder)

    assert recorder.bytes_read == {f"rees46/{n}.csv": len(text) for n in "ab"}
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
    entry = read_ledger(lake)[0]
    assert entry.batch_id == batch_id("rees46__events", entry.sha256)
    assert (entry.source_file, entry.table_version) == ("rees46/a.csv", version)


def test_a_file_with_only_a_header_loads_no_rows(
    spark: SparkSession, lake: Lake, inbox: Path
) -> None:
    write(inbox / "e.csv", EVENTS_HEADER + "\n")

    report = load(spark, lake, inbox, shop="rees46")

    assert [(f.status, f.row_count) for f in report.files] == [("loaded", 0)]


def test_a_rejected_file_stands_in_no_other_s_way(
    spark: SparkSession, lake: Lake, inbox: Path
) -> None:
    write(inbox / "rees46/a.csv", csv_text(EVENTS_HEADER, event()))
    write(inbox / "rees46/b.csv", "")
    header = EVENTS_HEADER.replace(",price", "")
    bad = write(inbox / "rees46/c.csv", csv_text(header, event()))
    write(inbox / "rees46/d.csv", csv_text(EVENTS_HEADER, event(event_at="soon")))
    write(inbox / "thelook/customers.csv", "x")
    write(inbox / "thelook/distribution_centers.csv", "id,name,latitude,longitude\n1,A,35.1,-89\n")

    report = load(spark, lake, inbox)

    assert {file.source_file: file.status for file in report.files} == {
        "rees46/a.csv": "loaded",
        "rees46/b.csv": "rejected",
        "rees46/c.csv": "rejected",
        "rees46/d.csv": "rejected",
        "thelook/customers.csv": "rejected",
        "thelook/distribution_centers.csv": "loaded",
    }
    with pytest.raises(FilesRejectedError) as caught:
        report.check()
    message = str(caught.value)
    assert message.startswith("4 of 6 files were rejected")
    for reason in (
        "customers.csv fits no table",
        "b.csv is empty",
        "c.csv: the header does not fit: missing: 'price'",
        "d.csv is rejected: 1 of 1 rows",
    ):
        assert reason in message
    assert len(rows(spark, lake, "rees46__events")) == 1
    # What has a content has a row in the ledger, which goes when the content is loaded after all.
    status = {entry.source_file: entry.status for entry in read_ledger(lake)}
    assert status["rees46/c.csv"] == status["rees46/d.csv"] == "rejected"
    bad.unlink()
    load(spark, lake, inbox, max_rescued=1)
    assert {entry.source_file: entry.status for entry in read_ledger(lake)}[
        "rees46/d.csv"
    ] == "loaded"


@pytest.mark.parametrize("change", ["changed", "vanished"])
def test_a_file_that_changes_or_vanishes_while_it_is_read_is_not_kept(
    spark: SparkSession, lake: Lake, inbox: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    path = write(inbox / "rees46/a.csv", csv_text(EVENTS_HEADER, event()))
    write(inbox / "rees46/b.csv", csv_text(EVENTS_HEADER, event(kind="cart")))

    def frame(session: Any, ready: ReadyFile, *arguments: Any) -> Any:
        """Spark's plan; then the file is another."""
        planned = bronze_frame(session, ready, *arguments)
        if ready.file.path == path and change == "changed":
            write(path, csv_text(EVENTS_HEADER, event(), event(kind="purchase")))
        elif ready.file.path == path:
            path.unlink()
        return planned

    monkeypatch.setattr("lakehouse.ingest.loader.bronze_frame", frame)
    report = load(spark, lake, inbox)

    assert [file.status for file in report.files] == ["rejected", "loaded"]
    assert f"a.csv {change} while it was read" in str(report.files[0].reason)
    assert [row["event_type"] for row in rows(spark, lake, "rees46__events")] == ["cart"]
    assert [entry.source_file for entry in read_ledger(lake)] == ["rees46/b.csv"]


def test_files_already_loaded_and_unfit_ones_need_no_spark(
    spark: SparkSession, lake: Lake, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(inbox / "rees46/a.csv", csv_text(EVENTS_HEADER, event()))
    load(spark, lake, inbox)
    write(inbox / "rees46/b.csv", "")
    monkeypatch.setattr("lakehouse.session.open_session", None)

    report = load(None, lake, inbox)

    assert [file.status for file in report.files] == ["already loaded", "rejected"]


def test_a_small_file_costs_few_jobs_of_spark(spark: SparkSession, lake: Lake, inbox: Path) -> None:
    """What a small file takes is Spark's jobs; the logs are written and read without it."""
    write(inbox / "rees46/a.csv", csv_text(EVENTS_HEADER, event()))
    load(spark, lake, inbox)
    for number in range(3):
        write(inbox / f"rees46/{number}.csv", csv_text(EVENTS_HEADER, event(user_id=str(number))))
    spark.sparkContext.setJobGroup("small files", "three of them")
    load(spark, lake, inbox)
    jobs = spark.sparkContext.statusTracker().getJobIdsForGroup("small files")
    spark.sparkContext.setLocalProperty("spark.jobGroup.id", "")

    assert len(jobs) <= 3 * 3


def test_what_a_file_tells_of_last_is_in_the_ledger(
    spark: SparkSession, lake: Lake, inbox: Path
) -> None:
    write(
        inbox / "thelook/orders_b.csv",
        "order_id,user_id,status,gender,created_at,returned_at,shipped_at,delivered_at,num_of_item\n"
        "1,1,Shipped,F,2024-01-01 00:00:00 UTC,,2024-01-03 12:00:00 UTC,,1\n"
        "2,1,Processing,F,2024-01-02 00:00:00 UTC,,,,1\n"
        "3,1,Lost,F,2024-06-01 00:00:00 UTC,,,,1\n",
    )
    write(inbox / "thelook/distribution_centers.csv", "id,name,latitude,longitude\n1,A,35.1,-89\n")
    load(spark, lake, inbox, max_rescued=0.5)

    # The same content under an earlier name is one file, whichever was loaded first.
    (inbox / "thelook/orders_b.csv").rename(inbox / "thelook/orders_a.csv")
    report = load(spark, lake, inbox)

    assert {file.status for file in report.files} == {"already loaded"}
    found = {e.table_name: (e.as_of, e.source_file, e.name_order) for e in read_ledger(lake)}
    assert found == {
        "thelook__orders": (
            datetime.datetime(2024, 1, 3, 12, tzinfo=datetime.UTC),
            "thelook/orders_a.csv",
            "orders_a",
        ),
        "thelook__distribution_centers": (
            None,
            "thelook/distribution_centers.csv",
            "distribution_centers",
        ),
    }


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

    with pytest.raises(FilesRejectedError) as caught:
        load(spark, lake, inbox).check()
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
        load(spark, lake, inbox, shop="online_retail", locale="it_IT").check()
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
