"""What a column's cells say of its type, and what they leave open."""

from __future__ import annotations

import pytest

from lakehouse.shop.columns import propose_column


@pytest.mark.parametrize(
    ("name", "cells", "type_", "formats"),
    [
        ("order_id", ["1", "2.0", ""], "integer_id", []),
        ("order_id", ["A1", "2"], "string", []),
        ("order_id", ["007", "12"], "string", []),
        ("postcode", ["12345", "54321"], "string", []),
        ("quantity", ["1", "-2"], "int", []),
        ("views", ["1", "3000000000"], "bigint", []),
        ("weight", ["1.5", "2"], "double", []),
        ("price", ["1", "2"], "decimal(18,4)", []),
        ("total", ["1.234,50", "2,00"], "decimal(18,4)", ["1.234,56"]),
        ("total", ["1,234.50", "2.00"], "decimal(18,4)", ["1,234.56"]),
        ("total", ["12345,5", "2,0"], "decimal(18,4)", ["1.234,56"]),
        ("is_new", ["Yes", "no", ""], "boolean", []),
        ("day", ["2024-01-31"], "date", []),
        ("at", ["2024-01-31 10:00", "2024-02-01T11:00:05Z"], "timestamp", []),
        ("at", ["2024-01-31 10:05:00 -0500"], "timestamp", ["yyyy-MM-dd HH:mm:ss Z"]),
        ("at", ["31/1/2024 10:05"], "timestamp", ["d/M/yyyy H:mm"]),
        ("at", ["1/31/2024 1:05:00 PM"], "timestamp", ["M/d/yyyy h:mm:ss a"]),
        ("at", ["1/31/2024 1:05:00", "1/31/2024 1:05"], "timestamp", ["M/d/yyyy H:mm[:ss]"]),
        ("day", ["31.12.2024"], "date", ["d.M.yyyy"]),
        ("note", ["12 pieces", "31/1/2024"], "string", []),
        ("note", ["", ""], "string", []),
    ],
)
def test_cells_tell_the_type(name: str, cells: list[str], type_: str, formats: list[str]) -> None:
    column = propose_column(name, name, cells, "EUR")
    assert (column.type, column.formats) == (type_, formats)


@pytest.mark.parametrize(
    ("name", "cells", "doubt"),
    [
        ("at", ["1/2/2024 10:05"], "the day or the month"),
        ("at", ["2024-01-31 10:05"], "name no zone"),
        ("order_id", ["007"], "start with 0"),
        ("total", ["1,234"], "no cell has a decimal separator"),
        ("total", ["$12.50"], "not all amounts are numbers"),
        ("note", [""], "no cell of the sample has a value"),
        ("status", ["paid", "open"] * 50, "allowed: [open, paid]"),
    ],
)
def test_what_cells_leave_open_is_said(name: str, cells: list[str], doubt: str) -> None:
    assert doubt in " ".join(propose_column(name, name, cells, "EUR").unsure)


def test_bounds_are_those_that_hold_in_every_shop() -> None:
    age = propose_column("age", "Age", ["30", "41"], "EUR")
    assert (age.min, age.max, age.is_never_negative) == (0, 120, False)
    price = propose_column("price", "Price", ["3.50", "0"], "EUR")
    assert (price.min, price.unit, price.is_never_negative) == (None, "EUR", True)


def test_one_odd_cell_of_many_makes_no_text() -> None:
    column = propose_column("quantity", "quantity", ["3"] * 200 + ["two"], "EUR")
    assert column.type == "int"
    assert "1 of 201 cells are no int, such as 'two'" in " ".join(column.unsure)
    column = propose_column("note", "note", ["3"] * 20 + ["two"], "EUR")
    assert column.type == "string"
