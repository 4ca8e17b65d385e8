"""What Spark reads from a file is what Python's csv module reads from it."""

from __future__ import annotations

import csv
import datetime
import gzip
import io
import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lakehouse.contracts import ColumnContract, Contract, TableContract, load_contracts
from lakehouse.contracts.locales import localized
from lakehouse.ingest import SilentProgress
from lakehouse.ingest.discover import DataFile
from lakehouse.ingest.frame import bronze_frame
from lakehouse.ingest.preflight import ReadyFile, check_all
from lakehouse.ingest.scratch import Scratch
from tests.python.ingest.shop_files import write

if TYPE_CHECKING:
    from pyspark.sql import Row, SparkSession

Read = Callable[..., "list[Row]"]
NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
TEXTS = TableContract(
    name="notes__all",
    description="Notes.",
    files=("*",),
    columns=tuple(ColumnContract(name=n, type="string", description=n) for n in "abc"),
)
# Rows that any reading mode can take, then those that need line breaks within quotes.
ROWS = (
    '1,"x,y",3',
    '1,"x""y","""x"""',
    '1,"""",""',
    '1,12" PLATE,PLATE 12"',
    '1,PLATE ""12,3',
    '1, "x",3',
    '1, "x,y"',
    "1,,",
    '"","",3',
    '1,back\\slash,"back\\"',
    "#1,  x  ,3",
    "1,2",
    "1,2,3,4",
    "",
    "   ",
    "é,£,\u20ac \u2028",
)
BROKEN_ROWS = (
    '1,"x\ny",3',
    '1,"\nx\n\n,,\n",3',
    '1,"x\r\ny","\r\nz"',
    '"x\ry",2,3',
    '1,2,"x\ny"',
    '1,"2\n"',
)


@pytest.fixture
def ready(tmp_path: Path) -> Callable[..., ReadyFile]:
    """Checks a file and makes it ready to read."""

    def checked(content: bytes, name: str = "n.csv", table: TableContract = TEXTS) -> ReadyFile:
        path = write(tmp_path / name, content)
        scratch = Scratch(str(tmp_path), tmp_path / "scratch")
        (file,) = check_all([DataFile(path, name, table)], (), scratch, SilentProgress())
        assert isinstance(file, ReadyFile)
        return file

    return checked


@pytest.fixture
def read(spark: SparkSession, ready: Callable[..., ReadyFile]) -> Read:
    """Reads a file as a bronze table does."""
    return lambda *args, **options: bronze_frame(spark, ready(*args, **options), NOW).collect()


def check_equal(rows: list[Row], text: str) -> None:
    """Cells as the csv module has them, blank ones null; records of other lengths rescued."""
    _, *records = csv.reader(io.StringIO(text, newline=""), strict=True)
    records = [r for r in records if len(r) > 1 or any(cell.strip() for cell in r)]
    found = [tuple(row)[:3] if row["_rescued"] is None else None for row in rows]
    assert found == [
        tuple(cell if cell.strip(" ") else None for cell in r) if len(r) == 3 else None
        for r in records
    ]
    for row, record in zip(rows, records, strict=True):
        if row["_rescued"] is not None:
            raw = json.loads(row["_rescued"])["_row"]
            assert next(csv.reader(io.StringIO(raw, newline=""))) == record


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("broken_rows", [(), BROKEN_ROWS], ids=["by-line", "whole"])
def test_tricky_cells_are_read_as_they_stand(
    read: Read, line_end: str, broken_rows: tuple[str, ...]
) -> None:
    text = line_end.join(("a,b,c", *ROWS, *broken_rows, *ROWS, "", ""))

    check_equal(read(text.encode()), text)
    check_equal(read(gzip.compress(text.encode("utf-8-sig")), "n.csv.gz"), text)
    plain = text.replace("\u2028", "")
    check_equal(read(plain.encode("cp1252")), plain)


# What Spark's CSV parser and a plain split could take differently.
ODD_ROWS = (
    "1,2,3",
    "a,b,c",
    "1,2",
    "1,2,3,4",
    ",,",
    ",,,",
    " ,\t, 3 ",
    "",
    "  \t ",
    "\x01\x1f",
    "\xa0",
    "#1,//,--",
    "back\\slash,\\,\\N",
    "é,£,\u20ac \u2028",
    "null,NaN,''",
)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_file_without_quotes_is_split_as_the_parser_of_csv_reads_it(
    spark: SparkSession, ready: Callable[..., ReadyFile], line_end: str, delimiter: str
) -> None:
    rows = (row.replace(",", delimiter) for row in ("", " ", "a,b,c", *ODD_ROWS, *ODD_ROWS[::-1]))
    content = line_end.join(rows).encode("utf-8-sig")
    for name, text in (("n.csv", content), ("n.csv.gz", gzip.compress(content))):
        file = ready(text, name)
        assert file.layout is not None
        assert not file.layout.form.has_quotes
        form = replace(file.layout.form, has_quotes=True)
        parsed = replace(file, layout=replace(file.layout, form=form))

        split = bronze_frame(spark, file, NOW)

        assert "FileScan text" in split._jdf.queryExecution().executedPlan().toString()
        assert sorted(map(str, split.collect())) == sorted(
            map(str, bronze_frame(spark, parsed, NOW).collect())
        )


def test_only_the_header_is_left_out_of_a_file_in_many_parts(
    spark: SparkSession, ready: Callable[..., ReadyFile]
) -> None:
    rows = [f"{number},{'x' * 100},a" for number in range(2000)]
    rows[7::500] = ["a,b,c"] * 4
    file = ready("\n".join(("", "a,b,c", *rows)).encode())
    size = "spark.sql.files.maxPartitionBytes"
    before = str(spark.conf.get(size))
    spark.conf.set(size, "10000")
    try:
        frame = bronze_frame(spark, file, NOW)
        assert frame.rdd.getNumPartitions() > 10
        found = [f"{row['a']},{row['b']},{row['c']}" for row in frame.collect()]
    finally:
        spark.conf.set(size, before)

    assert sorted(found) == sorted(rows)


def test_line_ends_may_differ_between_rows(read: Read) -> None:
    for text in (
        'a,b,"c\nd"\r\n1,"2\r\n2",3\n4,5,6\r\n7,8,9\n',
        '"a\r\n",b,c\n1,"2\n2",3\r\n4,5,6\n7,8,9\r\n',
    ):
        table = TEXTS.model_copy(update={"columns": _with_alias(TEXTS.columns, "c\nd")})
        check_equal(read(text.encode(), table=table), text)


def _with_alias(columns: tuple[ColumnContract, ...], alias: str) -> tuple[ColumnContract, ...]:
    return *columns[:-1], columns[-1].model_copy(update={"aliases": (alias,)})


def thelook(locale: str | None = None) -> Contract:
    """The contract of the shop."""
    return localized(load_contracts(), locale)["thelook"]


ITALIAN = (
    "id;order_id;user_id;product_id;inventory_item_id;status;created_at;shipped_at;delivered_at;"
    "returned_at;sale_price\n"
    "1;2;3;4;5;Shipped;29/03/2022 5.01.00;30/03/2022 15.01;;;1.234,56\n"
    "13,0;2;3;4;5;Shipped;2022-03-29 05:01:00 UTC;;;;33,5\n"
    "15;2;3;4;5;Shipped;03/29/2022 5.01.00;;;;33.5\n"
)


def test_a_file_saved_under_a_locale_is_loaded_under_it(read: Read) -> None:
    items = thelook("it_IT").table("thelook__order_items")

    first, second, third = read(ITALIAN.encode(), table=items)

    when = datetime.datetime(2022, 3, 29, 5, 1)
    assert (first["order_item_id"], first["sale_price"]) == ("1", Decimal("1234.5600"))
    assert (first["created_at"], first["_rescued"]) == (when, None)
    assert first["shipped_at"] == datetime.datetime(2022, 3, 30, 15, 1)
    assert (second["order_item_id"], second["sale_price"]) == ("13", Decimal("33.5000"))
    assert (second["created_at"], second["_rescued"]) == (when, None)
    assert json.loads(third["_rescued"]) == {
        "created_at": "03/29/2022 5.01.00",
        "sale_price": "33.5",
    }


def test_without_a_locale_nothing_is_guessed(read: Read) -> None:
    rows = read(ITALIAN.encode(), table=thelook().table("thelook__order_items"))

    assert json.loads(rows[0]["_rescued"]) == {
        "created_at": "29/03/2022 5.01.00",
        "shipped_at": "30/03/2022 15.01",
        "sale_price": "1.234,56",
    }
    assert json.loads(rows[1]["_rescued"]) == {"id": "13,0", "sale_price": "33,5"}
    assert rows[2]["sale_price"] == Decimal("33.5000")
