"""`lakehouse load`: files into bronze."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lakehouse.lake import Lake
from lakehouse.limits import MAX_RESCUED

if TYPE_CHECKING:
    from lakehouse.console import Update
    from lakehouse.ingest import FileLoad


def load(
    folder: Annotated[
        str, typer.Argument(help="Folder or URI; holds <shop>/<files>, with --shop the files.")
    ],
    shop: Annotated[str | None, typer.Option(help="The shop whose files FOLDER holds.")] = None,
    max_rescued: Annotated[
        float, typer.Option(help="Largest share (0-1) of a file's rows that may not fit.")
    ] = MAX_RESCUED,
    locale: Annotated[
        str | None,
        typer.Option(help="Where the text files were saved, e.g. it_IT: 1.234,56 and 29/03/2022."),
    ] = None,
    no_header: Annotated[
        bool, typer.Option("--no-header", help="Text files begin with a row, in contract order.")
    ] = False,
) -> None:
    """Load CSV and Excel files into bronze: each content once, nothing dropped."""
    load_files(Lake.from_environment(), folder, shop, max_rescued, locale, not no_header)


def load_files(
    lake: Lake,
    folder: str | Path,
    shop: str | None = None,
    max_rescued: float = MAX_RESCUED,
    locale: str | None = None,
    has_header: bool = True,
) -> None:
    """Loads a folder into bronze, with progress; Spark starts when a file needs it.

    Raises:
        FilesRejectedError: some files were rejected; all others are loaded.
        LakehouseError: see `lakehouse.ingest.load`.
    """
    from lakehouse.console import console, progress_bar
    from lakehouse.ingest import load

    console.print(f"Loading {folder} into {lake.root}", markup=False)
    with progress_bar("Loading", is_of_bytes=True) as update:
        progress = LoadProgress(update)
        report = load(None, lake, folder, shop, max_rescued, progress, locale, has_header)
    console.print(
        f"Loaded {report.row_count:,} rows, {report.rescued_count:,} of them rescued "
        f"({report.seconds:.1f} s, {report.row_count / max(report.seconds, 0.001):,.0f} rows/s)"
    )
    report.check()


class LoadProgress:
    """Tells of a load: its files in lines, its bytes on a bar.

    Every byte of a file counts twice: it is read to be checked, and again to be loaded.
    """

    def __init__(self, update: Update) -> None:
        """Keeps the bar to move."""
        from lakehouse.console import console

        self._say = console.print
        self._update = update
        self._lock = threading.Lock()
        self._total = 0
        self._done = 0
        self._left: dict[str, int] = {}
        self._item = ""

    def start(self, total_files: int, total_bytes: int, left_alone: Sequence[str]) -> None:
        """Says what was found, and what is left alone."""
        self._total = 2 * total_bytes
        for name in left_alone:
            self._say(f"  left alone: {name}", markup=False)
        self._say(f"  {total_files} files, {total_bytes / 1e6:,.1f} MB")

    def checking(self, source_file: str, size_bytes: int) -> None:
        """A file is about to be checked."""
        self._left[source_file] = 2 * size_bytes
        self._item = f"checking {source_file}"
        self._move(source_file, 0)

    def loading(self, source_file: str, table_name: str) -> None:
        """A file is about to be loaded."""
        self._item = f"{source_file} → {table_name}"
        self._move(source_file, 0)

    def read(self, source_file: str, byte_count: int) -> None:
        """So many more bytes of a file were read."""
        self._move(source_file, byte_count)

    def file_done(self, result: FileLoad) -> None:
        """Says what became of a file."""
        from lakehouse.ingest.report import ALREADY_LOADED, REJECTED

        self._move(result.source_file, self._left.get(result.source_file, 0))
        told = f"{result.row_count:,} rows, {result.rescued_count:,} rescued"
        if result.status in (ALREADY_LOADED, REJECTED):
            told = result.status
        self._say(f"  {result.source_file} → {result.table_name or '-'}: {told}", markup=False)

    def _move(self, source_file: str, byte_count: int) -> None:
        # Files are checked in several threads.
        with self._lock:
            left = self._left.get(source_file, 0)
            step = min(left, byte_count)
            self._left[source_file] = left - step
            self._done += step
            self._update(self._done, self._total, self._item)
