"""Runs dbt on a lake: one writer at a time, in the process's own Spark session."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakehouse.catalog import named_in, register
from lakehouse.errors import ExitCode, LakehouseError
from lakehouse.ingest.ledger import ensure_ledger
from lakehouse.ingest.pseudonyms import finish_rewriting
from lakehouse.lake import Lake
from lakehouse.lock import lake_lock
from lakehouse.session import PROJECT_DIR, dbt_environment, open_session
from lakehouse.sizing import suit_size
from lakehouse.staleness import (
    Project,
    read_built,
    remember,
    stale_nodes,
    stale_tables,
    table_versions,
)

if TYPE_CHECKING:
    from dbt.artifacts.schemas.run import RunResult
    from dbt.cli.main import dbtRunnerResult
    from dbt.contracts.graph.manifest import Manifest
    from dbt_common.events.base_types import EventMsg
    from pyspark.sql import SparkSession

# Commands of dbt that read files only; the others open a connection.
_OFFLINE = frozenset({"parse", "ls", "list", "deps", "clean", "init"})


def run_dbt(
    lake: Lake,
    arguments: Sequence[str],
    *listeners: Callable[[EventMsg], None],
    manifest_of: Callable[[Lake], Manifest] | None = None,
) -> dbtRunnerResult:
    """Runs one dbt command on a lake and returns dbt's own result.

    Commands that need Spark hold the lake's lock, share this process's session, and find every
    table that lies in the lake's folders registered in the metastore, and the views on them.

    Args:
        lake: the lake to build.
        arguments: what one would type after `dbt`, e.g. `["build", "-s", "rpt_kpis"]`.
        listeners: told of dbt's events while it runs.
        manifest_of: gives the project as it was parsed already, for a lake by the name that it has
            in the metastore; without it, dbt parses.

    Raises:
        LakehouseError: another process is writing to the lake, or Java is missing.
    """
    os.environ.update(dbt_environment(lake))
    if not _needs_spark(arguments):
        return _invoke(arguments, *listeners)
    with lake_lock(lake, f"dbt {' '.join(arguments)}"):
        # Else a build would see a customer who is half forgotten, as two.
        finish_rewriting(lake)
        # The ledger of a lake that was loaded by an older version lacks what staging reads.
        ensure_ledger(lake)
        spark = open_session(lake)
        suit_size(spark, lake)
        named = named_in(spark, lake)
        os.environ.update(named.environment)
        register(spark, named)
        manifest = manifest_of(named) if manifest_of else None
        if not _has_views(spark, named):
            # Of a silver half built some cannot be made: what needs those says so itself.
            views = ["--log-level", "none", "run", "-s", "config.materialized:view"]
            _invoke([*views, *_variables(arguments)], manifest=manifest)
        result = _invoke(arguments, *listeners, manifest=manifest)
        _remember(lake, result)
        return result


def select_stale(lake: Lake, arguments: Sequence[str]) -> list[str]:
    """By which names dbt finds the nodes that are stale in a lake; none when nothing is.

    Args:
        lake: as it is now.
        arguments: for `dbt build`, of which the vars count.

    Raises:
        LakehouseError: the arguments choose nodes themselves, or the project cannot be parsed.
    """
    _refuse_choice(arguments)
    project = parsed_project(lake, arguments)
    stale = stale_nodes(project, read_built(lake), table_versions(lake))
    return [project.name(node) for node in stale]


def select_stale_tables(lake: Lake, arguments: Sequence[str]) -> list[str]:
    """By which names dbt finds the stale models that a lake has tables of, and what these need.

    Models that the lake was never built with are left out, unless one of the others reads them.

    Args:
        lake: as it is now.
        arguments: for `dbt run`, of which the vars count.

    Raises:
        LakehouseError: the project cannot be parsed.
    """
    _refuse_choice(arguments)
    project = parsed_project(lake, arguments)
    return [
        project.name(node) for node in stale_tables(project, read_built(lake), table_versions(lake))
    ]


def choice_in(arguments: Sequence[str]) -> set[str]:
    """The options of a dbt command that choose a part of the project."""
    return {"-s", "--select", "--models", "-m", "--exclude", "--selector"} & set(arguments)


def _refuse_choice(arguments: Sequence[str]) -> None:
    chosen = choice_in(arguments)
    if chosen:
        raise LakehouseError(f"What changed chooses the models itself: leave out {chosen.pop()}.")


def parsed_project(lake: Lake, arguments: Sequence[str]) -> Project:
    """The nodes of the project as it is now.

    Args:
        lake: for which it is parsed.
        arguments: of a dbt command, of which the vars count.

    Raises:
        LakehouseError: the project cannot be parsed.
    """
    check(run_dbt(lake, ["--quiet", "parse", *_variables(arguments)]))
    return last_parsed(arguments)


def last_parsed(arguments: Sequence[str]) -> Project:
    """The nodes of the project as dbt parsed it last in this process, for whatever command.

    Args:
        arguments: of that command, of which the vars count.
    """
    target = os.environ.get("DBT_TARGET_PATH") or str(PROJECT_DIR / "target")
    return _read_project(PROJECT_DIR, target, _given_variables(arguments))


def _remember(lake: Lake, result: dbtRunnerResult) -> None:
    """Lets the lake know with what its nodes succeeded, for a later `build --changed`."""
    from dbt.artifacts.schemas.run import RunExecutionResult

    nodes = node_results(result)
    if not nodes or not isinstance(result.result, RunExecutionResult):
        return
    given: dict[str, Any] = result.result.args
    folder = Path(given.get("project_dir") or PROJECT_DIR)
    target = given.get("target_path") or os.environ.get("DBT_TARGET_PATH") or "target"
    project = _read_project(folder, target, given.get("vars") or {})
    succeeded = [n.node.unique_id for n in nodes if n.status in ("success", "pass", "warn")]
    failed = [n.node.unique_id for n in nodes if n.status not in ("success", "pass", "warn")]
    remember(lake, project, succeeded, failed)


def _read_project(folder: Path, target: str, variables: dict[str, Any]) -> Project:
    """The project as dbt last parsed it.

    Args:
        folder: of `dbt_project.yml`.
        target: into which dbt writes; relative to the folder.
        variables: of the command line.
    """
    import yaml

    declared = yaml.safe_load((folder / "dbt_project.yml").read_text()).get("vars", {})
    manifest = json.loads((folder / target / "manifest.json").read_text())
    return Project(manifest, declared | variables)


def _given_variables(arguments: Sequence[str]) -> dict[str, Any]:
    """The vars of a dbt command, as dbt reads them."""
    from dbt.config.utils import parse_cli_vars

    given = " ".join(_variables(arguments)).removeprefix("--vars").lstrip(" =")
    return parse_cli_vars(given) if given else {}


def _has_views(spark: SparkSession, lake: Lake) -> bool:
    """Whether the views of silver are there, or there is no silver yet that they could show.

    Views lie in the metastore alone: when it was lost, dbt makes them again from the models.
    """
    if not lake.tables("silver"):
        return True
    # The session's own temporary views are listed with those of every schema.
    views = spark.sql(f"show views in `{lake.schema('silver')}`").where("not isTemporary")
    return bool(views.take(1))


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
    arguments: Sequence[str],
    *listeners: Callable[[EventMsg], None],
    manifest: Manifest | None = None,
) -> dbtRunnerResult:
    from dbt.cli.main import dbtRunner

    return dbtRunner(manifest, list(listeners)).invoke(list(arguments))


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
