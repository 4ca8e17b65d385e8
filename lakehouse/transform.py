"""Runs dbt on a lake: one writer at a time, in the process's own Spark session."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from lakehouse.catalog import named_in, register
from lakehouse.errors import ExitCode, LakehouseError
from lakehouse.ingest.ledger import ensure_ledger
from lakehouse.lake import Lake
from lakehouse.lock import lake_lock
from lakehouse.session import dbt_environment, open_session

if TYPE_CHECKING:
    from dbt.artifacts.schemas.run import RunResult
    from dbt.cli.main import dbtRunnerResult
    from dbt_common.events.base_types import EventMsg
    from pyspark.sql import SparkSession

# Commands of dbt that read files only; the others open a connection.
_OFFLINE = frozenset({"parse", "ls", "list", "deps", "clean", "init"})


def run_dbt(
    lake: Lake, arguments: Sequence[str], listener: Callable[[EventMsg], None] | None = None
) -> dbtRunnerResult:
    """Runs one dbt command on a lake and returns dbt's own result.

    Commands that need Spark hold the lake's lock, share this process's session, and find every
    table that lies in the lake's folders registered in the metastore, and the views on them.

    Args:
        lake: the lake to build.
        arguments: what one would type after `dbt`, e.g. `["build", "-s", "rpt_kpis"]`.
        listener: told of dbt's events while it runs.

    Raises:
        LakehouseError: another process is writing to the lake, or Java is missing.
    """
    os.environ.update(dbt_environment(lake))
    if not _needs_spark(arguments):
        return _invoke(arguments, listener)
    with lake_lock(lake, f"dbt {' '.join(arguments)}"):
        # The ledger of a lake that was loaded by an older version lacks what staging reads.
        ensure_ledger(lake)
        spark = open_session(lake)
        named = named_in(spark, lake)
        os.environ.update(named.environment)
        register(spark, named)
        if not _has_views(spark, named):
            # Of a silver half built some cannot be made: what needs those says so itself.
            views = ["--log-level", "none", "run", "-s", "config.materialized:view"]
            _invoke([*views, *_variables(arguments)], None)
        return _invoke(arguments, listener)


def _has_views(spark: SparkSession, lake: Lake) -> bool:
    """Whether the views of silver are there, or there is no silver yet that they could show.

    Views lie in the metastore alone: when it was lost, dbt makes them again from the models.
    """
    if not lake.tables("silver"):
        return True
    return bool(spark.sql(f"show views in `{lake.schema('silver')}`").take(1))


def _variables(arguments: Sequence[str]) -> list[str]:
    """The `--vars` of a dbt command: another one with the same need not read the project again."""
    return [
        part
        for at, part in enumerate(arguments)
        if part.startswith("--vars") or (at and arguments[at - 1] == "--vars")
    ]


def _needs_spark(arguments: Sequence[str]) -> bool:
    commands = [a for a in arguments if not a.startswith("-")]
    asks_only = {"--help", "-h", "--version"} & set(arguments)
    return bool(commands) and not asks_only and commands[0] not in _OFFLINE


def _invoke(
    arguments: Sequence[str], listener: Callable[[EventMsg], None] | None
) -> dbtRunnerResult:
    from dbt.cli.main import dbtRunner

    return dbtRunner(callbacks=[listener] if listener else []).invoke(list(arguments))


def node_results(result: dbtRunnerResult) -> list[RunResult]:
    """What became of each node of a run; empty for commands that run none."""
    from dbt.artifacts.schemas.run import RunExecutionResult, RunResult

    if not isinstance(result.result, RunExecutionResult):
        return []
    return [node for node in result.result.results if isinstance(node, RunResult)]


def failed_nodes(result: dbtRunnerResult) -> list[str]:
    """Names of the models and tests that did not succeed, those skipped for them left out."""
    return [n.node.name for n in node_results(result) if n.status in ("error", "fail")]


class DbtError(LakehouseError):
    """A run of dbt did not succeed; it ends with dbt's own exit code."""

    def __init__(self, message: str, code: ExitCode) -> None:
        """Keeps dbt's exit code beside the message."""
        super().__init__(message)
        self.exit_code = code


def exit_code(result: dbtRunnerResult) -> int:
    """As the command `dbt` ends: 0, 1 when something failed, 2 when dbt could not run.

    Raises:
        KeyboardInterrupt: it was interrupted; dbt takes that for an error of its own.
    """
    if isinstance(result.exception, KeyboardInterrupt):
        raise KeyboardInterrupt
    if result.success:
        return 0
    return ExitCode.FAILED if result.exception is None else ExitCode.USAGE


def check(result: dbtRunnerResult) -> None:
    """Checks that a dbt run succeeded.

    Raises:
        DbtError: it did not; the text names what failed.
        KeyboardInterrupt: it was interrupted.
    """
    code = exit_code(result)
    if not code:
        return
    if result.exception is not None:
        raise DbtError(f"dbt stopped: {result.exception}", ExitCode(code))
    failed = failed_nodes(result)
    raise DbtError(f"{len(failed)} failed in dbt: {', '.join(failed[:10])}", ExitCode(code))
