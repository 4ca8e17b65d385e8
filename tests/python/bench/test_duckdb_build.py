"""What Spark's SQL says, DuckDB answers."""

from __future__ import annotations

import datetime
from typing import Any

import duckdb
import pytest

from bench.duckdb_build import in_duckdb


@pytest.mark.parametrize(
    ("select", "rows"),
    [
        ("select trim(cast(1.5 as decimal(3, 2))) as text", [("1.50",)]),
        (
            "select name, value from (select stack(2, 'a', 1, 'b', 2) as (name, value)) as t",
            [("a", 1), ("b", 2)],
        ),
        (
            "select a, b from (select inline(array(struct(1 as a, 'x' as b))) as (a, b)) as t",
            [(1, "x")],
        ),
        ("select weekday(date '2024-01-01'), weekday(date '2024-01-07')", [(0, 6)]),
        ("select date '2024-01-31' + make_ym_interval(0, 1)", [(datetime.datetime(2024, 2, 29),)]),
        ("select aggregate(array(1, 2, 3), 0, (s, i) -> s + i, s -> s * 10) as tenfold", [(60,)]),
        (
            "select xxhash64('a', 1) = xxhash64('a', 1), xxhash64('a') = xxhash64('b')",
            [(True, False)],
        ),
    ],
)
def test_duckdb_answers_as_spark_does(select: str, rows: list[Any]) -> None:
    assert sorted(duckdb.connect().execute(in_duckdb(select)).fetchall()) == rows
