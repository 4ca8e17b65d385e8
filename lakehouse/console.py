"""How commands show their progress: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from lakehouse.ingest.report import ALREADY_LOADED, FileLoad

if TYPE_CHECKING:
    from dbt_common.events.base_types import EventMsg

# Where nobody resizes it (a file, a pipe, CI), lines are as wide as they need to be.
console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)


@contextmanager
def progress_bar(description: str) -> Iterator[Callable[[int, int, str], None]]:
    """A bar for the block; gives a function that takes done, total and what is being done."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[item]}"),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task(description, total=None, item="")

        def update(done: int, total: int, item: str) -> None:
            bar.update(task, completed=done, total=total, item=item)

        yield update


class LoadProgress:
    """Tells of a load, file by file."""

    def __init__(self, update: Callable[[int, int, str], None]) -> None:
        """Keeps the bar to move."""
        self._update = update
        self._total = 0
        self._done = 0

    def start(self, total_files: int, total_bytes: int, left_alone: Sequence[str]) -> None:
        """Says what was found, and what is left alone."""
        self._total = total_files
        for name in left_alone:
            console.print(f"  left alone: {name}", markup=False)
        console.print(f"  {total_files} files, {total_bytes / 1e6:,.1f} MB")

    def checking(self, source_file: str, size_bytes: int) -> None:
        """A file is about to be checked."""
        self._update(self._done, self._total, f"checking {source_file}")

    def loading(self, source_file: str, table_name: str) -> None:
        """A file is about to be loaded."""
        self._update(self._done, self._total, f"{source_file} → {table_name}")

    def file_done(self, result: FileLoad) -> None:
        """Says what became of a file."""
        self._done += 1
        self._update(self._done, self._total, result.source_file)
        if result.status == ALREADY_LOADED:
            told = "already loaded"
        else:
            told = f"{result.row_count:,} rows, {result.rescued_count:,} rescued"
        console.print(f"  {result.source_file} → {result.table_name}: {told}", markup=False)


class BuildProgress:
    """Listens to dbt's events and moves a bar; dbt itself says what failed."""

    _DONE = frozenset({"LogModelResult", "LogTestResult", "LogSeedResult", "LogSnapshotResult"})

    def __init__(self, update: Callable[[int, int, str], None]) -> None:
        """Keeps the bar to move."""
        self._update = update
        self._done = 0

    def __call__(self, event: EventMsg) -> None:
        """Takes one event of dbt."""
        info: Any = event.info
        if info.name in self._DONE:
            data: Any = event.data
            total = data.num_models if info.name == "LogTestResult" else data.total
            self._done += 1
            self._update(self._done, total, data.node_info.node_name)
