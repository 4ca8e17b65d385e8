"""Raw cells to values: the same answer under ANSI on and off."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from lakehouse.contracts import ColumnContract
from lakehouse.ingest.cells import is_bad, typed

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

BAD = "bad"
Cells = Sequence[tuple[str | None, Any]]
OLD_AND_NEW = ("iso", "M/d/yyyy H:mm")


@pytest.fixture(params=[True, False], ids=["ansi", "no-ansi"])
def session(request: pytest.FixtureRequest, spark: SparkSession) -> Iterator[SparkSession]:
    """The session with ANSI mode on, then off."""
    before = str(spark.conf.get("spark.sql.ansi.enabled"))
    spark.conf.set("spark.sql.ansi.enabled", request.param)
    yield spark
    spark.conf.set("spark.sql.ansi.enabled", before)


def values(
    spark: SparkSession, column: ColumnContract, texts: list[str | None], zone: str = "UTC"
) -> list[Any]:
    """What these cells become; `BAD` for a bad cell."""
    from pyspark.sql import functions as sf

    frame = spark.createDataFrame([(text,) for text in texts], "raw string")
    value = typed(column, sf.col("raw"), zone)
    bad = is_bad(column, sf.col("raw"), sf.col("value"))
    frame = frame.select("raw", value.alias("value"))
    rows = frame.select("value", (sf.lit(False) if bad is None else bad).alias("bad")).collect()
    return [BAD if row["bad"] else row["value"] for row in rows]


def column(type_: str, **settings: Any) -> ColumnContract:
    """A column of this type."""
    return ColumnContract(name="c", type=type_, description="A column.", **settings)


# Contract, and what each text becomes.
CASES: list[tuple[ColumnContract, Cells]] = [
    (column("string"), [(" kept ", " kept "), ("", None), ("  ", None), (None, None)]),
    (column("string", required=True), [("a", "a"), ("", BAD), ("  ", BAD), (None, BAD)]),
    (
        column("string", allowed=("view",)),
        [("view", "view"), (" view ", "view"), ("VIEW", BAD), ("", None)],
    ),
    (
        column("integer_id"),
        [
            ("13085.0", "13085"),
            (" 7 ", "7"),
            ("007", "7"),
            ("-1", "-1"),
            ("", None),
            ("98765432109876543210", "98765432109876543210"),
            ("13085.5", BAD),
            ("A1", BAD),
        ],
    ),
    (
        column("int", min=Decimal(0), max=Decimal(120)),
        [
            ("49", 49),
            (" 49 ", 49),
            ("49.0", 49),
            ("0", 0),
            ("120", 120),
            ("", None),
            ("550", BAD),
            ("-1", BAD),
            ("49.5", BAD),
            ("99999999999", BAD),
            ("forty", BAD),
        ],
    ),
    (column("bigint"), [("99999999999", 99999999999), ("1e3", BAD)]),
    (
        column("decimal(18,4)"),
        [
            ("77.45600026473403", Decimal("77.4560")),
            ("0.00005", Decimal("0.0001")),
            ("-11062.06", Decimal("-11062.0600")),
            ("", None),
            ("$53.00", BAD),
            ("1,5", BAD),
            ("1d", BAD),
            ("123456789012345.0", BAD),
        ],
    ),
    (
        column("double"),
        [("3.1", 3.1), ("-1e-3", -0.001), ("NaN", BAD), ("1d", BAD), ("Infinity", BAD)],
    ),
    (
        column("decimal(18,4)", formats=("1.234,56",), min=Decimal(0)),
        [
            ("1.234,56", Decimal("1234.5600")),
            (" 1234,5 ", Decimal("1234.5000")),
            ("1.234", Decimal("1234.0000")),
            ("1.234.567,1", Decimal("1234567.1000")),
            (",5", Decimal("0.5000")),
            ("1,5e2", Decimal("150.0000")),
            ("", None),
            ("33.5", BAD),
            ("1.23.456", BAD),
            ("1,2,3", BAD),
            ("-1,0", BAD),
            ("1 234,5", BAD),
        ],
    ),
    (
        column("double", formats=("1 234,56",)),
        [("1\u202f234,5", 1234.5), ("1\u00a0234,5", 1234.5), ("1 234,5", 1234.5), ("1.5", BAD)],
    ),
    (
        column("int", formats=("1'234.56",)),
        [("1'234", 1234), ("1\u2019234.0", 1234), ("1234.5", BAD), ("1,234", BAD)],
    ),
    (column("integer_id", formats=("1234,56",)), [("13085,0", "13085"), ("13.085", BAD)]),
    (column("boolean"), [("true", True), ("no", False), ("maybe", BAD)]),
    (
        column("date", formats=("iso", "d.M.yyyy")),
        [
            ("2019-10-01", datetime.date(2019, 10, 1)),
            ("1.10.2019", datetime.date(2019, 10, 1)),
            ("2019", BAD),
            ("2019-02-30", BAD),
        ],
    ),
    (
        column("timestamp", formats=OLD_AND_NEW),
        [
            ("2019-10-01 00:00:00 UTC", datetime.datetime(2019, 10, 1)),
            ("2024-10-25 07:09:00.000001 UTC", datetime.datetime(2024, 10, 25, 7, 9, 0, 1)),
            ("2019-10-01T23:59:59 UTC", datetime.datetime(2019, 10, 1, 23, 59, 59)),
            ("2019-10-01 00:00:00Z UTC", BAD),
            ("2019-10-01 00:00:0Z UTC", BAD),
            ("2019-10-01 00:00+01 UTC", BAD),
            ("2019-10-01 00:00:00 CTU", BAD),
            ("2009-12-01T07:45", datetime.datetime(2009, 12, 1, 7, 45)),
            ("2009-12-01 07:45:00+02:00", datetime.datetime(2009, 12, 1, 5, 45)),
            ("12/1/2010 8:26", datetime.datetime(2010, 12, 1, 8, 26)),
            ("2019", BAD),
            ("2019-10-01", BAD),
            ("12:00:00.000000000", BAD),
            ("2019-02-30 00:00:00", BAD),
            ("13/1/2010 8:26", BAD),
            ("", None),
        ],
    ),
]


@pytest.mark.parametrize(
    ("contract", "cells"), CASES, ids=[" ".join((c.type, *c.formats)) for c, _ in CASES]
)
def test_cells(session: SparkSession, contract: ColumnContract, cells: Cells) -> None:
    texts = [text for text, _ in cells]

    assert list(zip(texts, values(session, contract, texts), strict=True)) == list(cells)


def test_times_without_a_zone_are_in_the_shop_s_zone(session: SparkSession) -> None:
    texts: list[str | None] = ["2019-07-01 12:00:00", "2019-07-01 12:00:00 UTC", "7/1/2019 12:00"]

    found = values(session, column("timestamp", formats=OLD_AND_NEW), texts, "Europe/Vienna")

    assert [moment.hour for moment in found] == [10, 12, 10]
