"""Checks every file before anything is loaded."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from lakehouse.errors import LakehouseError
from lakehouse.ingest.discover import DataFile
from lakehouse.ingest.header import Layout, read_layout
from lakehouse.ingest.ledger import batch_id
from lakehouse.ingest.report import Progress
from lakehouse.ingest.scan import FileScan, scan
from lakehouse.ingest.swallowed import refuse_swallowed_rows
from lakehouse.ingest.text import UnfitFileError
from lakehouse.ingest.workbook import SheetRows, convert

# Spark hides files that start with _ or ., and reads other special characters as patterns.
PLAIN_PATH = re.compile(r"(/[\w .()@,=+-]*)*/[^\W_][\w .()@,=+-]*\.csv(\.gz)?", re.ASCII)


class PreflightError(LakehouseError):
    """Files that cannot be loaded as they are; nothing was loaded."""


@dataclass(frozen=True)
class ReadyFile:
    """A file that passed, and how Spark is to read it.

    Attributes:
        text_path: what Spark reads: the file itself, a link to it, or a CSV of the workbook.
        layout: None if the content is loaded already, so that nothing will be read.
        sheet_runs: for a workbook, where the rows of `text_path` come from.
    """

    file: DataFile
    scan: FileScan
    batch_id: str
    text_path: Path
    layout: Layout | None
    sheet_runs: tuple[SheetRows, ...] = ()


def check_all(
    files: Sequence[DataFile],
    loaded: Collection[str],
    scratch: Path,
    progress: Progress,
    has_header: bool = True,
) -> list[ReadyFile]:
    """Checks all files and makes them ready to read.

    Args:
        files: the files found.
        loaded: batch ids that the ledger has as loaded; such files are not looked at further.
        scratch: a folder for links and for the CSV of workbooks; it must outlive the load.
        progress: told of each file before it is checked.
        has_header: the first row of each text file is its header.

    Raises:
        PreflightError: one line for each file that cannot be loaded.
    """
    ready: list[ReadyFile] = []
    problems: list[str] = []

    def check(number: int, file: DataFile) -> ReadyFile | UnfitFileError:
        progress.checking(file.source_file, file.size_bytes)
        try:
            return _check(file, loaded, scratch / str(number), has_header)
        except UnfitFileError as error:
            return error

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for result in pool.map(check, range(len(files)), files):
            if isinstance(result, UnfitFileError):
                problems.append(str(result))
            else:
                ready.append(result)
    if problems:
        raise PreflightError("\n".join([*problems, "Nothing was loaded."]))
    return ready


def _check(file: DataFile, loaded: Collection[str], scratch: Path, has_header: bool) -> ReadyFile:
    result = scan(file)
    batch = batch_id(file.table.name, result.sha256)
    if batch in loaded:
        return ReadyFile(file, result, batch, file.path, None)
    if result.form is None:
        scratch.mkdir()
        target = scratch / "workbook.csv"
        book = convert(file.path, file.table, target)
        return ReadyFile(file, result, batch, target, book.layout, book.runs)
    layout = read_layout(file.path, result.form, file.table, has_header)
    if result.form.has_cell_breaks:
        refuse_swallowed_rows(file.path, layout)
    return ReadyFile(file, result, batch, _readable_path(file, scratch), layout)


def _readable_path(file: DataFile, scratch: Path) -> Path:
    path = file.path.resolve()
    if PLAIN_PATH.fullmatch(str(path)):
        return path
    scratch.mkdir()
    link = scratch / ("linked.csv.gz" if file.is_compressed else "linked.csv")
    link.symlink_to(path)
    return link
