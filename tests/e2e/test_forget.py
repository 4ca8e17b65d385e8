"""`lakehouse forget` on a lake that Spark loaded and dbt built: nothing tells of the customer."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from lakehouse.forget import forget
from lakehouse.ingest import load
from lakehouse.ingest.pending import read_pending
from lakehouse.lake import LAYERS, Lake
from lakehouse.purge import purge
from lakehouse.reading import open_dataset
from lakehouse.transform import failed_nodes, select_stale_tables
from tests.e2e.conftest import RAW, VARS, dbt_on
from tests.traces import traces

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SHOP, GOLDEN_ID, WHO = "thelook", "1", "90417263"
THEIRS = (WHO, "ada@example.org", "Ada", "1 First Street")
FILES = ("users", "orders", "order_items", "events", "products")
# The snapshot of segments, events by days, and all that they need.
MODELS = ("+customer_segments", "+int_events")
NO_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")


class KilledError(Exception):
    """Stands for the end of the process."""


def _write_raw(folder: Path) -> None:
    """The golden files of a shop, one customer under a number that nothing else has."""
    (folder / SHOP).mkdir(parents=True)
    for name in FILES:
        path = RAW / SHOP / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        names = {"id"} if path.stem == "users" else {"user_id"}
        for row in rows:
            row |= {name: WHO for name in names & row.keys() if row[name] == GOLDEN_ID}
        with (folder / SHOP / path.name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)


def _totals(lake: Lake) -> dict[str, Any]:
    """Rows of every table, and the sum of every amount and count in it."""
    found: dict[str, Any] = {}
    for layer in LAYERS:
        for table in set(lake.tables(layer)) - {"_forgotten"}:
            rows = open_dataset(lake, layer, table).to_table()
            found[f"{layer}.{table}"] = rows.num_rows
            for field in rows.schema:
                if pa.types.is_decimal(field.type) or field.name.endswith("_count"):
                    cells = rows.column(field.name).to_pylist()
                    found[f"{layer}.{table}.{field.name}"] = sum(c for c in cells if c is not None)
    return found


@pytest.fixture
def built(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Lake, Callable[[], int]]:
    """A lake of one shop, and what builds its stale tables anew."""
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    monkeypatch.setenv("DBT_LOG_PATH", str(tmp_path / "logs"))
    lake = Lake.at(tmp_path / "lake", "forget_")
    _write_raw(tmp_path / "raw")
    load(spark, lake, tmp_path / "raw", max_rescued=0.2)

    def dbt(*arguments: str) -> None:
        result = dbt_on(lake, tmp_path, *arguments)
        assert result.success, failed_nodes(result)

    def build() -> int:
        stale = select_stale_tables(lake, ["--vars", json.dumps(VARS)])
        if stale:
            dbt("run", "-s", *stale)
        return len(stale)

    dbt("build", *NO_TESTS, "-s", *MODELS)
    return lake, build


def test_a_customer_is_in_no_file_of_the_lake(
    spark: SparkSession,
    built: tuple[Lake, Callable[[], int]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lake, build = built
    totals = _totals(lake)
    assert totals["silver.int_events"] > 0
    assert {trace.partition("/")[0] for trace in traces(lake.root, THEIRS)} >= {
        "bronze",
        "silver",
        "gold",
    }
    purged: list[str] = []

    def killed(lake: Lake, layer: str, table: str) -> Any:
        if layer == "silver":
            raise KilledError
        purged.append(table)
        return purge(lake, layer, table)

    with monkeypatch.context() as patch:
        patch.setattr("lakehouse.forget.purge", killed)
        with pytest.raises(KilledError):
            forget(lake, SHOP, [WHO], build)
    assert purged
    # All rows are built already; what is left to do is to delete.
    done = forget(lake, None, [], build)

    shutil.rmtree(tmp_path / "raw")
    assert traces(tmp_path, THEIRS) == set()
    assert read_pending(lake) is None
    assert done.built_count == 0
    assert done.rows[f"bronze.{SHOP}__users"] > 0
    assert done.rows["silver.customer_segments"] > 0
    assert _totals(lake) == totals
    # Spark reads what is left, and goes on from it: the snapshot sees that nothing changed.
    rows = lake.read(spark, "silver", "int_events").count()
    assert rows == totals["silver.int_events"]
    again = dbt_on(lake, tmp_path, "build", *NO_TESTS, "-s", "int_events", "customer_segments")
    assert again.success, failed_nodes(again)
    assert _totals(lake) == totals
