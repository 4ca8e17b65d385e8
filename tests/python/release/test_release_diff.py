"""Two releases held to one another: columns, rows, sums, keys."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from lakehouse.release import record
from lakehouse.release.diff import Keys, TableDifference, differences
from lakehouse.release.publish import publish
from lakehouse.staleness import remember
from tests.python.release.small_project import ALL, build, project, write


def publish_table(lake: Lake, rows: pa.Table) -> record.Release:
    """A release with these rows as `rpt_a`."""
    write_deltalake(lake.path("gold", "rpt_a"), rows, mode="overwrite", schema_mode="overwrite")
    remember(lake, project(), ALL, [])
    return publish(lake, project()).release


def test_columns_rows_sums_and_keys_are_compared(lake: Lake) -> None:
    build(lake, 1)
    amounts = pa.array([Decimal("0.10"), Decimal("0.20"), None], pa.decimal128(18, 2))
    first = publish_table(
        lake,
        pa.table(
            {"key": ["x", "y", 'z"'], "amount": amounts, "gone": [1, 2, 3], "count": [1, 1, 1]}
        ),
    )
    changed = pa.array([Decimal("0.10"), Decimal("0.25"), None, None], pa.decimal128(18, 2))
    second = publish_table(
        lake,
        pa.table(
            {
                "key": ["x", "y", "q", "r"],
                "amount": changed,
                "count": pa.array([1, 1, 1, 0], pa.int32()),
                "new": ["", "", "", ""],
            }
        ),
    )
    assert differences(lake, first, second) == [
        TableDifference(
            "rpt_a",
            (3, 4),
            ("+ new string", "- gone int64", "count: int64 → int32"),
            (("amount", Decimal("0.30"), Decimal("0.35")),),
            Keys(2, ("q", "r")),
            Keys(1, ('z"',)),
        )
    ]
    assert differences(lake, first, first) == []


def test_what_was_only_written_again_is_the_same(lake: Lake) -> None:
    build(lake, 1)
    first = publish(lake, project()).release
    build(lake, 1)
    second = publish(lake, project()).release
    found = differences(lake, first, second)
    assert [(table.name, table.is_same) for table in found] == [("rpt_a", True), ("rpt_b", True)]


def test_sums_of_floats_may_differ_by_the_order_of_rows(lake: Lake) -> None:
    build(lake, 1)
    values = [0.1, 0.2, 0.3, 1e16]
    keys = ["a", "b", "c", "d"]
    first = publish_table(lake, pa.table({"key": keys, "rate": values}))
    second = publish_table(lake, pa.table({"key": keys[::-1], "rate": values[::-1]}))
    assert differences(lake, first, second)[0].is_same


def test_many_keys_are_counted_and_a_few_told(lake: Lake) -> None:
    build(lake, 1)
    first = publish(lake, project()).release
    write(lake, "rpt_a", 1, keys=[f"{n:02}" for n in range(20)])
    remember(lake, project(), ALL, [])
    [found] = differences(lake, first, publish(lake, project()).release)
    assert found.appeared == Keys(20, ("00", "01", "02"))
    assert found.vanished == Keys(2, ("x", "y"))


def test_a_table_of_one_release_alone_has_no_rows_in_the_other(lake: Lake) -> None:
    build(lake, 1)
    release = publish(lake, project()).release
    less = record.Release(2, release.published_at, 2, {"rpt_a": release.tables["rpt_a"]})
    assert differences(lake, release, less) == [TableDifference("rpt_b", (2, None))]
    assert differences(lake, less, release) == [TableDifference("rpt_b", (None, 2))]


def test_a_version_that_is_gone_is_told(lake: Lake) -> None:
    build(lake, 1)
    first = publish(lake, project()).release
    other = {name: replace(t, version=99) for name, t in first.tables.items()}
    with pytest.raises(LakehouseError, match=r"needs version 99 of gold\.rpt_a, which is gone"):
        differences(lake, first, record.Release(2, first.published_at, 2, other))
