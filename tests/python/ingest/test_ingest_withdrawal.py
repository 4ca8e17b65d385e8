"""Batches as the unit of bronze: tables made, batches removed and withdrawn. No Spark."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from lakehouse.contracts import load_contracts
from lakehouse.errors import LakehouseError
from lakehouse.ingest import read_ledger, table_totals, withdraw
from lakehouse.ingest.ledger import LedgerEntry, ensure_ledger, write_entry
from lakehouse.ingest.tables import ensure_bronze, ensure_table, remove_batch
from lakehouse.lake import Lake
from lakehouse.reading import open_dataset, read_table
from lakehouse.status import lake_state

EVENTS = "rees46__events"
CONTRACT = load_contracts()["rees46"].table(EVENTS)
LOADED_AT = datetime.datetime(2024, 3, 1, tzinfo=datetime.UTC)
REMOVE = "lakehouse.ingest.withdrawal.remove_batch"


class KilledError(Exception):
    """Stands for the end of the process."""


def append(lake: Lake, batch: str, rows: int) -> None:
    """Rows of a batch in bronze, one file."""
    import pyarrow as pa
    from deltalake import write_deltalake

    found = pa.Table.from_pylist(
        [{"_batch_id": batch}] * rows, open_dataset(lake, "bronze", EVENTS).schema
    )
    write_deltalake(lake.path("bronze", EVENTS), found, mode="append")


def batches(lake: Lake) -> list[str]:
    """The batch of each row in bronze."""
    rows = read_table(lake, "bronze", EVENTS).to_pylist()
    return sorted(str(row["_batch_id"]) for row in rows)


def entry(batch: str, source_file: str, status: str = "loaded") -> LedgerEntry:
    """What the ledger says of a batch."""
    return LedgerEntry(
        "rees46",
        EVENTS,
        batch,
        source_file,
        1,
        "0",
        2,
        0,
        status,
        None,
        1,
        LOADED_AT,
        None,
        "a",
        None,
    )


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Two loaded batches of two rows, and one of three that the ledger does not know."""
    lake = Lake.at(tmp_path / "lake")
    ensure_ledger(lake)
    ensure_bronze(lake, CONTRACT)
    for batch, source_file in (("b1", "rees46/a.csv"), ("b2", "rees46/b.csv")):
        append(lake, batch, 2)
        write_entry(lake, entry(batch, source_file), replaces=False)
    append(lake, "b9", 3)
    return lake


@pytest.mark.parametrize("what", ["b1", "rees46/a.csv"])
def test_a_withdrawn_file_leaves_with_its_rows_and_no_others(lake: Lake, what: str) -> None:
    gone = withdraw(lake, what)

    assert (gone.source_file, gone.row_count) == ("rees46/a.csv", 2)
    assert batches(lake) == ["b2"] * 2 + ["b9"] * 3
    assert {e.batch_id: e.status for e in read_ledger(lake)} == {"b1": "withdrawn", "b2": "loaded"}
    totals = table_totals(read_ledger(lake))[EVENTS]
    assert (totals.file_count, totals.row_count) == (1, 2)
    assert totals.last_loaded_at == LOADED_AT
    assert totals.changed_at is not None
    assert totals.changed_at > LOADED_AT


def test_a_withdrawal_that_was_killed_ends_when_it_is_run_again(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any) -> int:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(REMOVE, killed)
        with pytest.raises(KilledError):
            withdraw(lake, "b1")
    # Nobody reads it any more, although its rows are still there.
    assert {e.batch_id: e.status for e in read_ledger(lake)}["b1"] == "withdrawn"
    assert batches(lake).count("b1") == 2

    assert withdraw(lake, "rees46/a.csv").row_count == 2
    assert withdraw(lake, "b1").row_count == 0
    assert batches(lake).count("b1") == 0


def test_what_a_killed_load_left_is_told_and_can_be_withdrawn(lake: Lake) -> None:
    assert lake_state(lake).left_over == ((EVENTS, "b9"),)

    gone = withdraw(lake, "b9")

    assert (gone.table_name, gone.source_file, gone.row_count) == (EVENTS, None, 3)
    assert batches(lake) == ["b1", "b1", "b2", "b2"]
    assert lake_state(lake).left_over == ()


def test_what_the_lake_does_not_hold_is_named(lake: Lake) -> None:
    with pytest.raises(LakehouseError, match=r"no file or batch rees46/c\.csv"):
        withdraw(lake, "rees46/c.csv")


def test_a_name_that_was_loaded_with_two_contents_asks_which(lake: Lake) -> None:
    write_entry(lake, entry("b3", "rees46/a.csv"), replaces=False)

    with pytest.raises(LakehouseError, match=r"several contents; name a batch: b1 \(2 rows.*b3"):
        withdraw(lake, "rees46/a.csv")


def test_a_batch_among_others_in_one_file_leaves_alone(lake: Lake) -> None:
    from deltalake import DeltaTable

    DeltaTable(lake.path("bronze", EVENTS)).optimize.compact()

    assert remove_batch(lake, EVENTS, "b2") == 2
    assert batches(lake) == ["b1"] * 2 + ["b9"] * 3


def test_removing_nothing_commits_nothing(lake: Lake) -> None:
    version = lake.version("bronze", EVENTS)

    assert remove_batch(lake, EVENTS, "b7") == 0
    assert lake.version("bronze", EVENTS) == version


def test_a_table_gains_columns_and_keeps_its_types(lake: Lake) -> None:
    ensure_table(lake, "a", {"x": "int"})
    ensure_table(lake, "a", {"x": "int", "y": "decimal(18,4)"})
    version = lake.version("bronze", "a")
    ensure_table(lake, "a", {"x": "int", "y": "decimal(18,4)"})

    assert read_table(lake, "bronze", "a").schema.names == ["x", "y"]
    assert lake.version("bronze", "a") == version
    with pytest.raises(LakehouseError, match=r"Column x of bronze/a is int, but .* says bigint"):
        ensure_table(lake, "a", {"x": "bigint"})


def test_a_ledger_of_before_gains_its_columns(tmp_path: Path) -> None:
    lake = Lake.at(tmp_path / "old")
    ensure_table(lake, "_loads", {"batch_id": "string", "status": "string"})

    ensure_ledger(lake)
    write_entry(lake, entry("b1", "rees46/a.csv"), replaces=False)

    assert [e.batch_id for e in read_ledger(lake)] == ["b1"]
