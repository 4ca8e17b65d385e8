"""Rows and columns of a grid, and what is left for the rest."""

from __future__ import annotations

import pyarrow as pa
import pytest

from lakehouse.report.drawing import written
from lakehouse.report.grid import Grid, largest, latest, ordered

ROWS = pa.table(
    {
        "item": ["a", "b", "b", "c", "unknown", "d"],
        "month": ["2024-01", "2024-01", "2024-02", "2024-03", "2024-04", "2024-04"],
        "amount": [5, 1, 2, 4, 90, 3],
    }
)


def test_the_largest_have_a_place_and_unknown_comes_last() -> None:
    line = largest(ROWS, "item", "amount", 2)
    assert line.places == [("a", "a"), ("c", "c"), (None, "3 more")]
    # One other has its own name: the rest would take as much room.
    assert largest(ROWS, "item", "amount", 4).keys == ("a", "c", "b", "d", "unknown")
    assert largest(ROWS, "item", "amount", 4).rest == ""


def test_the_latest_have_a_place_and_the_earlier_stand_before() -> None:
    line = latest(ROWS, "month", 2)
    assert line.places == [(None, "2 earlier"), ("2024-03", "2024-03"), ("2024-04", "2024-04")]
    assert latest(ROWS, "month", 3).keys == ("2024-01", "2024-02", "2024-03", "2024-04")


def test_an_order_of_its_own_leaves_nothing_out() -> None:
    line = ordered(ROWS, "item", lambda item: "dcba".find(item))
    assert line.keys == ("unknown", "d", "c", "b", "a")


def test_a_grid_holds_all() -> None:
    grid = Grid.of(
        ROWS,
        "amount",
        ("item", largest(ROWS, "item", "amount", 2).named({"a": "A"})),
        ("month", latest(ROWS, "month", 2)),
    )
    assert grid.rows == ("A", "c", "3 more")
    assert grid.columns == ("2 earlier", "2024-03", "2024-04")
    assert grid.cells == ((5, None, None), (None, 4, None), (3, None, 93))
    # Not that of a rest, which would leave all others pale.
    assert grid.most == 4


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.4, "0"),
        (-0.4, "0"),
        (-61, "-61"),
        (999.4, "999"),
        (999.5, "1k"),
        (1234, "1.2k"),
        (9950, "10k"),
        (-12345, "-12k"),
        (999_499, "999k"),
        (999_500, "1M"),
        (8_940_000, "8.9M"),
        (2.5e9, "2.5G"),
    ],
)
def test_large_values_are_written_short(value: float, text: str) -> None:
    assert written(value, "~s") == text


def test_other_formats_have_no_negative_zero() -> None:
    assert written(-0.001, ".2f") == "0.00"
