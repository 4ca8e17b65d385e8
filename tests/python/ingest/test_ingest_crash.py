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

from lakehouse.errors import LakehouseError
from lakehouse.ingest import load, read_ledger
from lakehouse.ingest.ledger import write_entry
from lakehouse.lake import Lake
from lakehouse.lock import LakeBusyError, lake_lock
from lakehouse.session import PROJECT_DIR
from tests.python.ingest.shop_files import EVENTS_HEADER, csv_text, event, write

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

EVENTS = "rees46__events"
WRITE_ENTRY = "lakehouse.ingest.loader.write_entry"


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


def kill_before_ledger(
    spark: SparkSession, lake: Lake, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A load that ends between its data commit and its ledger entry."""

    def killed(*_: Any, **__: Any) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(WRITE_ENTRY, killed)
        with pytest.raises(KilledError):
            load(spark, lake, inbox)


def test_a_first_load_killed_before_its_ledger_entry_is_undone(
    spark: SparkSession, lake: Lake, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill_before_ledger(spark, lake, inbox, monkeypatch)
    assert (count(spark, lake), read_ledger(spark, lake)) == (2, [])

    kill_before_ledger(spark, lake, inbox, monkeypatch)
    assert count(spark, lake) == 2

    assert load(spark, lake, inbox).files[0].status == "loaded"
    assert count(spark, lake) == 2


def test_a_later_load_killed_before_its_ledger_entry_is_undone(
    spark: SparkSession, lake: Lake, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(spark, lake, inbox)
    write(inbox / "rees46/b.csv", csv_text(EVENTS_HEADER, event(kind="cart")))
    kill_before_ledger(spark, lake, inbox, monkeypatch)
    assert count(spark, lake) == 3
    # What the killed load brought is not loaded again: another file comes instead.
    write(inbox / "rees46/b.csv", csv_text(EVENTS_HEADER, *[event(kind="purchase")] * 5))

    load(spark, lake, inbox)

    assert count(spark, lake) == 7
    assert lake.read(spark, "bronze", EVENTS).where("event_type = 'cart'").count() == 0


def test_maintenance_of_a_table_is_not_undone(spark: SparkSession, lake: Lake, inbox: Path) -> None:
    from delta.tables import DeltaTable

    load(spark, lake, inbox)
    write(inbox / "rees46/b.csv", csv_text(EVENTS_HEADER, event(kind="cart")))
    load(spark, lake, inbox)
    table = DeltaTable.forPath(spark, lake.path("bronze", EVENTS))
    table.optimize().executeCompaction()
    write(inbox / "rees46/c.csv", csv_text(EVENTS_HEADER, event(kind="purchase")))

    load(spark, lake, inbox)

    operations = [row["operation"] for row in table.history().select("operation").collect()]
    assert operations == ["WRITE", "OPTIMIZE", "WRITE", "WRITE", "CREATE TABLE"]
    assert count(spark, lake) == 4


def test_a_lost_ledger_is_not_taken_for_a_killed_load(
    spark: SparkSession, lake: Lake, inbox: Path
) -> None:
    load(spark, lake, inbox)
    write(inbox / "rees46/b.csv", csv_text(EVENTS_HEADER, event(kind="cart")))
    load(spark, lake, inbox)
    Path(lake.path("bronze", "_loads")).rename(Path(lake.root) / "lost")

    with pytest.raises(
        LakehouseError, match=r"has 2 loads \(Delta versions 1, 2\) that the ledger"
    ):
        load(spark, lake, inbox)
    assert count(spark, lake) == 3


def test_a_load_killed_while_it_writes_the_ledger_is_complete(
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
    assert read_ledger(spark, lake) == []

    load(spark, lake, inbox)

    assert count(spark, lake) == 2
    assert len(read_ledger(spark, lake)) == 1
