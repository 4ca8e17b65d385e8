"""The golden lake: tens of rows a shop, built once for all tests here."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lakehouse.ingest import load
from lakehouse.lake import Lake
from lakehouse.transform import failed_nodes, node_results, run_dbt
from tests.e2e.parsed import manifest_of
from tests.mutation.engine import Engine

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult
    from dbt.contracts.graph.nodes import ResultNode
    from dbt_common.events.base_types import EventMsg
    from pyspark.sql import SparkSession

RAW = Path(__file__).parent / "golden" / "raw"
SHOPS = frozenset(folder.name for folder in RAW.iterdir())
"""The shops with golden files; of others, gold has rows of zeros at most."""
VARS = {
    "min_pair_count": {"online_retail": 2, "default": 2},
    "min_event_count": 1,
    "robot_session_count": 1,
    "min_elasticity_view_count": 2,
    "min_elasticity_product_count": 3,
    "min_category_customer_count": 2,
    "wholesale_unit_count": {"online_retail": 10, "default": 2},
}


def dbt_on(
    lake: Lake,
    folder: Path,
    *arguments: str,
    variables: dict[str, object] | None = None,
    listeners: Sequence[Callable[[EventMsg], None]] = (),
) -> dbtRunnerResult:
    """Runs dbt on a test's lake, with the golden variables and artifacts in a folder of its own."""
    command, *rest = arguments
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBT_TARGET_PATH", str(folder / "target"))
        patch.setenv("DBT_LOG_PATH", str(folder / "logs"))
        given = json.dumps(VARS | (variables or {}))
        called = ["--quiet", command, *rest, "--vars", given]
        if "--project-dir" in rest:
            return run_dbt(lake, called, *listeners)
        return run_dbt(
            lake, called, *listeners, manifest_of=lambda named: manifest_of(named, given)
        )


class GoldenLake:
    """The built golden lake, and what tests do with it."""

    def __init__(self, spark: SparkSession, lake: Lake, folder: Path) -> None:
        self.spark = spark
        self.lake = lake
        self.folder = folder
        self.compiled: list[ResultNode] = []

    def dbt(self, *arguments: str, variables: dict[str, object] | None = None) -> dbtRunnerResult:
        return dbt_on(self.lake, self.folder, *arguments, variables=variables)

    def rows(self, layer: str, table: str) -> list[dict[str, object]]:
        return [row.asDict() for row in self.lake.read(self.spark, layer, table).collect()]

    @contextmanager
    def tampered(self, layer: str, table: str, statement: str) -> Iterator[None]:
        """Runs a statement on a table (`{table}` in it) and takes it back after the block."""
        path = f"delta.`{self.lake.path(layer, table)}`"
        version = self.lake.version(layer, table)
        self.spark.sql(statement.format(table=path))
        try:
            yield
        finally:
            self.spark.sql(f"restore table {path} to version as of {version}")


def build_golden_lake(spark: SparkSession, folder: Path) -> GoldenLake:
    """The golden files loaded into a folder and built; every model and test passed."""
    lake = Lake.at(folder / "lake", "golden_")
    load(spark, lake, RAW, max_rescued=0.2)
    golden = GoldenLake(spark, lake, folder)
    result = golden.dbt("build")
    assert result.success, failed_nodes(result)
    golden.compiled = [built.node for built in node_results(result)]
    return golden


@pytest.fixture(scope="session")
def golden(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> GoldenLake:
    """The golden lake, built once for all tests here."""
    return build_golden_lake(spark, tmp_path_factory.mktemp("golden"))


@pytest.fixture(scope="session")
def golden_engine(golden: GoldenLake) -> Engine:
    """The golden lake in memory, to ask who notices a wrong table."""
    return Engine.of(golden.spark, golden.compiled)
