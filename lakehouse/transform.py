"""Runs dbt on a lake: one writer at a time, in the process's own Spark session."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lakehouse.errors import LakehouseError
from lakehouse.lake import LAYERS, Lake
from lakehouse.lock import lake_lock
from lakehouse.session import open_session, spark_environment

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult
    from pyspark.sql import SparkSession

# Commands of dbt that read files only; the others open a connection.
_OFFLINE = frozenset({"parse", "ls", "list", "deps", "clean", "init"})


def run_dbt(lake: Lake, arguments: Sequence[str]) -> dbtRunnerResult:
    """Runs one dbt command on a lake and returns dbt's own result.

    Commands that need Spark hold the lake's lock, share this process's session, and find every
    table that lies in the lake's folders registered in the metastore.

    Args:
        lake: the lake to build.
        arguments: what one would type after `dbt`, e.g. `["build", "-s", "rpt_kpis"]`.

    Raises:
        LakehouseError: another process is writing to the lake, or Java is missing.
    """
    os.environ.update(spark_environment(lake))
    if not _needs_spark(arguments):
        return _invoke(arguments)
    with lake_lock(lake, f"dbt {' '.join(arguments)}"):
        register(open_session(lake), lake)
        return _invoke(arguments)


def register(spark: SparkSession, lake: Lake) -> list[str]:
    """Registers in the metastore the tables of the lake's folders that it does not know.

    The metastore is a cache: deleting `_catalog` loses nothing, this brings it back.

    Returns:
        The qualified names that were registered, e.g. `gold.rpt_kpis`.
    """
    registered = []
    for layer in LAYERS:
        tables = lake.tables(spark, layer)
        if not tables:
            continue
        schema = lake.schema(layer)
        spark.sql(f"create schema if not exists `{schema}`")
        known = {row["tableName"] for row in spark.sql(f"show tables in `{schema}`").collect()}
        for table in tables:
            if table not in known:
                location = lake.path(layer, table).replace("'", "\\'")
                spark.sql(f"create table `{schema}`.`{table}` using delta location '{location}'")
                registered.append(f"{schema}.{table}")
    return registered


def _needs_spark(arguments: Sequence[str]) -> bool:
    commands = [a for a in arguments if not a.startswith("-")]
    asks_only = {"--help", "-h", "--version"} & set(arguments)
    return bool(commands) and not asks_only and commands[0] not in _OFFLINE


def _invoke(arguments: Sequence[str]) -> dbtRunnerResult:
    from dbt.cli.main import dbtRunner

    return dbtRunner().invoke(list(arguments))


def failure_text(result: dbtRunnerResult) -> str | None:
    """What went wrong in a dbt run, in one sentence; None when nothing did."""
    if result.success:
        return None
    if result.exception is not None:
        return f"dbt stopped: {result.exception}"
    failed = [r.node.name for r in result.result or () if r.status in ("error", "fail")]
    return f"dbt: {len(failed)} failed: {', '.join(failed[:10])}" if failed else "dbt failed."


def check(result: dbtRunnerResult) -> None:
    """Raises a LakehouseError when a dbt run did not succeed."""
    text = failure_text(result)
    if text is not None:
        raise LakehouseError(text)
