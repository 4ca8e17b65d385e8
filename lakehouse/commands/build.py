"""`lakehouse build`: every model and every test."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lakehouse.lake import Lake

if TYPE_CHECKING:
    from dbt_common.events.base_types import EventMsg

    from lakehouse.console import Update

# Unit tests are about the code, not a lake's data: `make test` and `dbt test` run them.
WITHOUT_UNIT_TESTS = ("--exclude-resource-type", "unit_test")
# dbt's own screen would hold stack traces: `tell_error` tells what failed, dbt's log has the rest.
UNSEEN = ("--log-level", "none", "--log-level-file", "debug", "--no-use-colors")


def build(
    context: typer.Context,
    changed: Annotated[
        bool,
        typer.Option(
            "--changed", help="Only what is stale: other rows, code or vars than at its last build."
        ),
    ] = False,
    profile: Annotated[
        bool, typer.Option("--profile", help="Then print what each node cost.")
    ] = False,
) -> None:
    """Build and test silver and gold (dbt build); further arguments go to dbt.

    When every test passed and nothing was left out, gold is published as a release.
    """
    build_tables(Lake.from_environment(), context.args, changed=changed, profile=profile)


def build_tables(
    lake: Lake, arguments: Sequence[str] = (), *, changed: bool = False, profile: bool = False
) -> None:
    """Builds and tests silver and gold, with progress; publishes gold if nothing of it is stale.

    Args:
        lake: to build.
        arguments: for `dbt build`.
        changed: whether to leave out what would come out as it is.
        profile: whether to print what each node cost.

    Raises:
        LakehouseError: a model or a test failed, or another process is writing.
    """
    from lakehouse.console import console, progress_bar
    from lakehouse.profiling import Profiler, cost_table
    from lakehouse.transform import check, node_results, run_dbt, select_stale

    started = time.monotonic()
    console.print(f"Building {lake.root}", markup=False)
    selection: list[str] = []
    if changed:
        stale = select_stale(lake, arguments)
        if not stale:
            console.print("Nothing to build: rows, code and vars are those of the last build")
            # Whoever built it may have been killed before it was published.
            _release(lake, arguments)
            return
        selection = ["--select", *stale]
    profiler = Profiler() if profile else None
    with progress_bar("Building") as update:
        listeners: list[Callable[[EventMsg], None]] = [BuildProgress(update)]
        if profiler:
            listeners.append(profiler)
        command = [*UNSEEN, "build", *WITHOUT_UNIT_TESTS, *arguments, *selection]
        result = run_dbt(lake, command, *listeners)
    if profiler:
        console.print(cost_table(profiler.costs()))
    if not result.success:
        _tell_what_stays(lake)
    check(result)
    kinds = [str(node.node.resource_type) for node in node_results(result)]
    console.print(
        f"Built {kinds.count('model')} tables, passed {kinds.count('test')} tests "
        f"({time.monotonic() - started:.1f} s)"
    )
    _release(lake, arguments)


def _release(lake: Lake, arguments: Sequence[str]) -> None:
    """Publishes what dbt has just parsed, if all is built; of a part it need not be said."""
    from lakehouse.commands.release import tell_published
    from lakehouse.console import console
    from lakehouse.lock import LakeBusyError
    from lakehouse.release.publish import HeldBackError, publish
    from lakehouse.transform import choice_in, last_parsed

    try:
        tell_published(publish(lake, last_parsed(arguments)))
    except (HeldBackError, LakeBusyError) as error:
        if not choice_in(arguments):
            console.print(str(error), markup=False)


def _tell_what_stays(lake: Lake) -> None:
    from lakehouse.console import console
    from lakehouse.release.record import current_number

    number = current_number(lake)
    if number is not None:
        console.print(f"Release {number} stays current")


def rebuild_tables(lake: Lake, arguments: Sequence[str] = ()) -> int:
    """Builds the stale tables of a lake anew, with progress, and tests none.

    Args:
        lake: that was built before; what it was never built with stays so.
        arguments: for `dbt run`, its vars.

    Returns:
        How many tables and views were written.

    Raises:
        LakehouseError: a model failed, or another process is writing.
    """
    from lakehouse.console import progress_bar
    from lakehouse.transform import check, node_results, run_dbt, select_stale_tables

    stale = select_stale_tables(lake, arguments)
    if not stale:
        return 0
    with progress_bar("Building") as update:
        command = [*UNSEEN, "run", *arguments, "--select", *stale]
        result = run_dbt(lake, command, BuildProgress(update))
    check(result)
    return len(node_results(result))


def tell_error(event: EventMsg) -> None:
    """Prints an event of dbt that tells of an error; what stopped dbt is told at the end."""
    from lakehouse.console import console

    info: Any = event.info
    if info.level == "error" and info.name not in ("MainEncounteredError", "MainStackTrace"):
        console.print(info.msg, markup=False)


class BuildProgress:
    """Listens to dbt's events, moves a bar and tells of errors."""

    _DONE = frozenset({"LogModelResult", "LogTestResult", "LogSeedResult", "LogSnapshotResult"})

    def __init__(self, update: Update) -> None:
        """Keeps the bar to move."""
        self._update = update
        self._done = 0

    def __call__(self, event: EventMsg) -> None:
        """Takes one event of dbt."""
        tell_error(event)
        info: Any = event.info
        if info.name in self._DONE:
            data: Any = event.data
            total = data.num_models if info.name == "LogTestResult" else data.total
            self._done += 1
            self._update(self._done, total, data.node_info.node_name)
