"""The comparison of the golden set fails where it must."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.golden.compare import compare, expected_tables

EXPECTED = """\
shop_id,n,name,amount,rate,mean,is_new,seen_at,seen_date
s,1,mug,10.50,0.3333333333333333,~3.3333333333333335,true,2024-01-02 03:04:05,2024-01-02
s,2,,0.00,0.0,,false,,
"""


def _rows() -> list[dict[str, Any]]:
    return [
        {
            "shop_id": "s",
            "n": 1,
            "name": "mug",
            "amount": Decimal("10.5000"),
            "rate": 1 / 3,
            "mean": Decimal("3.33"),
            "is_new": True,
            "seen_at": datetime(2024, 1, 2, 3, 4, 5),
            "seen_date": date(2024, 1, 2),
            "not_in_the_file": "x",
        },
        {
            "shop_id": "s",
            "n": 2,
            "name": None,
            "amount": Decimal(0),
            "rate": 0.0,
            "mean": None,
            "is_new": False,
            "seen_at": None,
            "seen_date": None,
            "not_in_the_file": None,
        },
    ]


@pytest.fixture
def expected_csv(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(EXPECTED, encoding="utf-8")
    return path


def _compare(rows: list[dict[str, Any]], path: Path) -> list[str]:
    differences: list[str] = compare(rows, path, ["shop_id", "n"])
    return differences


def test_equal_rows_have_no_differences(expected_csv: Path) -> None:
    assert _compare(_rows(), expected_csv) == []
    assert _compare(_rows()[::-1], expected_csv) == []


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("amount", Decimal("10.51"), "amount: expected 10.50 got 10.51"),
        ("amount", Decimal("10.5001"), "amount: expected 10.50 got 10.5001"),
        ("amount", None, "amount: expected 10.50 got null"),
        ("name", "Mug", "name: expected mug got Mug"),
        ("rate", 0.33333333, "rate: expected 0.3333333333333333 got 0.33333333"),
        ("rate", float("nan"), "rate: expected 0.3333333333333333 got nan"),
        ("mean", Decimal("3.34"), "mean: expected ~3.3333333333333335 got 3.34"),
        ("mean", Decimal(3), "mean: expected ~3.3333333333333335 got 3"),
        ("mean", 3.33, "mean: expected ~3.3333333333333335 got 3.33"),
        ("is_new", False, "is_new: expected true got false"),
        (
            "seen_at",
            datetime(2024, 1, 2, 4, 4, 5),
            "seen_at: expected 2024-01-02 03:04:05 got 2024-01-02 04:04:05",
        ),
        ("seen_date", date(2024, 1, 3), "seen_date: expected 2024-01-02 got 2024-01-03"),
    ],
)
def test_a_value_that_differs_is_named(
    expected_csv: Path, column: str, value: object, message: str
) -> None:
    rows = _rows()
    rows[0][column] = value
    assert _compare(rows, expected_csv) == [f"shop_id=s, n=1: {message}"]


def test_a_value_where_null_is_expected_is_a_difference(expected_csv: Path) -> None:
    for value, shown in [("x", "x"), ("", "''")]:
        rows = _rows()
        rows[1]["name"] = value
        assert _compare(rows, expected_csv) == [f"shop_id=s, n=2: name: expected null got {shown}"]


def test_missing_and_unexpected_rows_are_named(expected_csv: Path) -> None:
    rows = _rows()
    rows[1]["n"] = 3
    differences = _compare(rows, expected_csv)
    assert [text.split(" (")[0] for text in differences] == [
        "missing row: shop_id=s, n=2",
        "unexpected row: shop_id=s, n=3",
    ]
    assert len(_compare([], expected_csv)) == 2
    assert len(_compare(_rows() + _rows()[:1], expected_csv)) == 1


def test_a_column_that_the_table_lacks_is_a_difference(expected_csv: Path) -> None:
    rows = _rows()
    for row in rows:
        del row["rate"]
    assert _compare(rows, expected_csv) == ["column rate: not in the table"]


def test_rows_that_share_a_key_are_matched_by_contents(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("order_key,quantity,price\no,1,2\no,2,2\no,2,2\n", encoding="utf-8")
    rows = [{"order_key": "o", "quantity": q, "price": Decimal(2)} for q in (2, 1, 2)]
    assert compare(rows, path, ["order_key"]) == []
    rows[0]["price"] = Decimal(3)
    assert compare(rows, path, ["order_key"]) == ["order_key=o: price: expected 2 got 3"]


def test_a_file_without_its_keys_is_refused(expected_csv: Path) -> None:
    with pytest.raises(ValueError, match="no column order_key"):
        compare([], expected_csv, ["order_key"])


def test_every_expected_file_is_listed_and_holds_its_keys() -> None:
    tables = expected_tables()
    assert tables
    for table in tables:
        differences = compare([], table.csv_path, table.keys)
        assert differences, f"{table.csv_path} expects nothing"
