"""How commands show their progress: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)

# Told how much is done, of how much, and what is being done.
Update = Callable[[int, int, str], None]


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leaves it to whoever runs the command, as for every other print."""
        raise BrokenPipeError


# Where nobody resizes it (a file, a pipe, CI), lines are as wide as they need to be.
console = _Console(highlight=False, width=None if sys.stdout.isatty() else 160)


@contextmanager
def progress_bar(description: str, is_of_bytes: bool = False) -> Iterator[Update]:
    """A bar for the block; gives the function that moves it, by things or by bytes."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn() if is_of_bytes else MofNCompleteColumn(),
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
