"""A load that is killed leaves nothing behind that the next one does not mend."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from lakehouse.contracts.reader import CONTRACTS_DIR
from lakehouse.ingest import load, read_ledger, withdraw
from lakehouse.ingest.ledger import write_entry
from lakehouse.ingest.samples import bad_rows
from lakehouse.lake import Lake
from lakehouse.lock import LakeBusyError, lake_lock
from lakehouse.session import PROJECT_DIR
from tests.python.ingest.shop_files import EVENTS_HEADER, csv_text, event, write

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

EVENTS = "rees46__events"
WRITE_ENTRY = "lakehouse.ingest.loader.write_entry"
REMOVE_BATCH = "lakehouse.ingest.loader.remove_batch"


class KilledError(Exception):
    """Stands for the end of the process."""


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """A folder with one file of two rows."""
    write(tmp_path / "inbox/rees46/a.csv", csv_text(EVENTS_HEADER, event(), event()))
    return tmp_path / "inbox"


def count(spark: SparkSession, lake: Lake) -> int:
    """Rows in bronze."""
    return lake.read(spark, "bronze", EVENTS).count()


def kinds(spark: SparkSession, lake: Lake) -> list[str]:
    """The kind of each row in bronze."""
    rows = lake.read(spark, "bronze", EVENTS).select("event_type").collect()
    return sorted(row["event_type"] for row in rows)


def load_killed(
    spark: SparkSession, lake: Lake, inbox: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A load that ends when it comes to a step."""

    def killed(*_: Any, **__: Any) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(step, killed)
        with pytest.raises(KilledError):
            load(spark, lake, inbox)


def test_a_load_killed_between_its_data_and_its_ledger_entry_is_replaced(
    spark: SparkSession, lake: Lake, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_killed(spark, lake, inbox, REMOVE_BATCH, monkeypatch)
    assert (count(spark, lake), read_ledger(lake)) == (0, [])

    for _ in range(2):
        load_killed(spark, lake, inbox, WRITE_ENTRY, monkeypatch)
        assert (count(spark, lake), read_ledger(lake)) == (2, [])

    assert load(spark, lake, inbox).files[0].status == "loaded"
    assert (count(spark, lake), len(read_ledger(lake))) == (2, 1)


def test_columns_that_a_contract_gains_after_a_crash_stay(
    spark: SparkSession, lake: Lake, inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_killed(spark, lake, inbox, WRITE_ENTRY, monkeypatch)
    contract = yaml.safe_load((CONTRACTS_DIR / "rees46.yml").read_text(encoding="utf-8"))
    contract["tables"][0]["columns"].append(
        {"name": "device", "type": "string", "optional": True, "description": "Device."}
    )
    write(tmp_path / "contracts/rees46.yml", yaml.safe_dump(contract))
    monkeypatch.setenv("LAKE_CONTRACTS_DIR", str(tmp_path / "contracts"))
    text = csv_text(f"{EVENTS_HEADER},device", f"{event(kind='cart')},phone")
    write(inbox / "rees46/b.csv", text)

    load(spark, lake, inbox)

    rows = lake.read(spark, "bronze", EVENTS).select("event_type", "device").collect()
    assert sorted(map(tuple, rows)) == [("cart", "phone"), ("view", None), ("view", None)]


def test_a_lost_ledger_is_written_anew_and_nothing_is_doubled(
    spark: SparkSession, lake: Lake, inbox: Path
) -> None:
    write(inbox / "rees46/b.csv", csv_text(EVENTS_HEADER, event(kind="cart")))
    load(spark, lake, inbox)
    before = read_ledger(lake)
    Path(lake.path("bronze", "_loads")).rename(Path(lake.root) / "lost")

    report = load(spark, lake, inbox)

    assert [file.status for file in report.files] == ["loaded", "loaded"]
    assert kinds(spark, lake) == ["cart", "view", "view"]
    assert [e.batch_id for e in read_ledger(lake)] == [e.batch_id for e in before]


def test_rows_that_another_host_appends_survive_a_rejected_file(
    spark: SparkSession, lake: Lake, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(spark, lake, inbox)
    write(inbox / "rees46/bad.csv", csv_text(EVENTS_HEADER, event(event_at="soon", kind="cart")))
    path = lake.path("bronze", EVENTS)

    def other_host_appends(*arguments: Any) -> Any:
        """Between the rejected file's rows and their removal."""
        spark.sql(
            f"insert into delta.`{path}` by name select * except (_batch_id, event_type), "
            f"'other' as _batch_id, 'purchase' as event_type from delta.`{path}` "
            "where _rescued is null limit 1"
        )
        return bad_rows(*arguments)

    monkeypatch.setattr("lakehouse.ingest.loader.bad_rows", other_host_appends)
    report = load(spark, lake, inbox)

    assert [file.status for file in report.files] == ["already loaded", "rejected"]
    assert kinds(spark, lake) == ["purchase", "view", "view"]


def test_maintenance_of_a_table_is_not_undone(spark: SparkSession, lake: Lake, inbox: Path) -> None:
    from delta.tables import DeltaTable

    load(spark, lake, inbox)
    write(inbox / "rees46/b.csv", csv_text(EVENTS_HEADER, event(kind="cart")))
    load(spark, lake, inbox)
    DeltaTable.forPath(spark, lake.path("bronze", EVENTS)).optimize().executeCompaction()
    write(inbox / "rees46/c.csv", csv_text(EVENTS_HEADER, event(kind="purchase")))

    load(spark, lake, inbox)

    assert kinds(spark, lake) == ["cart", "purchase", "view", "view"]
    # A batch leaves alone although it shares a file with others now.
    assert withdraw(lake, "rees46/a.csv").row_count == 2
    rows = lake.read(spark, "bronze", EVENTS).select("event_type", "event_at").collect()
    assert sorted((row["event_type"], str(row["event_at"])) for row in rows) == [
        ("cart", "2019-10-01 00:00:00"),
        ("purchase", "2019-10-01 00:00:00"),
    ]


def test_a_load_killed_after_its_ledger_entry_is_complete(
    spark: SparkSession, lake: Lake, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*arguments: Any, **settings: Any) -> None:
        write_entry(*arguments, **settings)
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(WRITE_ENTRY, killed)
        with pytest.raises(KilledError):
            load(spark, lake, inbox)

    assert load(spark, lake, inbox).files[0].status == "already loaded"
    assert count(spark, lake) == 2


def test_two_loaders_at_once(spark: SparkSession, lake: Lake, inbox: Path) -> None:
    with (
        lake_lock(lake, "load /elsewhere"),
        pytest.raises(LakeBusyError, match=rf"process {os.getpid()}: load /elsewhere"),
    ):
        load(spark, lake, inbox)
    assert load(spark, lake, inbox).row_count == 2


def test_the_lock_of_a_killed_process_does_not_block(lake: Lake) -> None:
    script = f"""
        import time
        from lakehouse.lake import Lake
        from lakehouse.lock import lake_lock
        with lake_lock(Lake.at({lake.root!r}), "load /killed"):
            print("locked", flush=True)
            time.sleep(60)
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        cwd=PROJECT_DIR,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        with pytest.raises(LakeBusyError, match=f"process {process.pid}: load /killed"):
            lake_lock(lake, "build").__enter__()
        process.send_signal(signal.SIGKILL)

    with lake_lock(lake, "build"):
        pass


def test_a_process_killed_in_mid_load_is_mended(
    spark: SparkSession, lake: Lake, inbox: Path
) -> None:
    """A real SIGKILL of a real loader, once its data is committed."""
    script = f"""
        import os, signal
        from pathlib import Path
        from lakehouse.ingest import load, loader
        from lakehouse.lake import Lake
        from lakehouse.session import open_session
        loader.write_entry = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
        lake = Lake.at({lake.root!r})
        load(open_session(lake), lake, Path({str(inbox)!r}))
    """
    # A clean environment: PySpark's own variables would tie the child to this process's JVM.
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYSPARK", "SPARK"))}
    answer = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        cwd=PROJECT_DIR,
        env=environment,
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert answer.returncode == -signal.SIGKILL, answer.stderr[-2000:]
    assert count(spark, lake) == 2
    assert read_ledger(lake) == []

    load(spark, lake, inbox)

    assert count(spark, lake) == 2
    assert len(read_ledger(lake)) == 1
