"""Checks every file before anything is loaded."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from lakehouse.ingest.discover import DataFile
from lakehouse.ingest.header import Layout, read_layout
from lakehouse.ingest.ledger import LedgerEntry, batch_id
from lakehouse.ingest.report import Progress
from lakehouse.ingest.scan import FileScan, scan
from lakehouse.ingest.scratch import Scratch
from lakehouse.ingest.swallowed import refuse_swallowed_rows
from lakehouse.ingest.text import UnfitFileError
from lakehouse.ingest.unchanged import Stamp
from lakehouse.ingest.workbook import SheetRows, convert
from lakehouse.storage import FilePath, ObjectPath

# Spark hides files that start with _ or ., and reads other special characters as patterns.
PLAIN_PATH = re.compile(
    r"([a-z0-9]+:/)?(/[\w .()@,=+-]*)*/[^\W_][\w .()@,=+-]*\.csv(\.gz)?", re.ASCII
)


@dataclass(frozen=True)
class ReadyFile:
    """A file that passed, and how Spark is to read it.

    Attributes:
        stamp: what the file looked like before it was first read.
        text_path: what Spark reads: the file itself, the same under another name, or a CSV of the
            workbook.
        layout: None if the content is loaded already, so that nothing will be read.
        sheet_runs: for a workbook, where the rows of `text_path` come from.
    """

    file: DataFile
    scan: FileScan
    stamp: Stamp
    batch_id: str
    text_path: FilePath
    layout: Layout | None
    sheet_runs: tuple[SheetRows, ...] = ()


@dataclass(frozen=True)
class UnfitFile:
    """A file that cannot be loaded as it is.

    Attributes:
        scan: None if it could not even be read through.
        reason: what is wrong with it, naming it.
    """

    file: DataFile
    scan: FileScan | None
    reason: str


def check_all(
    files: Sequence[DataFile],
    loaded: Sequence[LedgerEntry],
    scratch: Scratch,
    progress: Progress,
    has_header: bool = True,
) -> list[ReadyFile | UnfitFile]:
    """Checks all files and makes those that pass ready to read, in the order given.

    Args:
        files: the files found.
        loaded: what the ledger has as loaded: a file in the state that it was loaded in is not
            read, and one with the same content is not looked at further.
        scratch: for files with odd names and for the CSV of workbooks; it must outlive the load.
        progress: told of each file before it is checked.
        has_header: the first row of each text file is its header.
    """
    by_state = {(entry.table_name, entry.source_state): entry for entry in loaded}
    batches = {entry.batch_id for entry in loaded}

    def check(number: int, file: DataFile) -> ReadyFile | UnfitFile:
        result: FileScan | None = None
        try:
            stamp = Stamp.of(file.path)
            progress.checking(file.source_file, file.size_bytes)
            known = by_state.get((file.table.name, stamp.state)) if stamp.state else None
            if known is not None:
                result = FileScan(known.sha256, known.size_bytes, None)
                return ReadyFile(file, result, stamp, known.batch_id, file.path, None)
            result = scan(file, partial(progress.read, file.source_file))
            batch = batch_id(file.table.name, result.sha256)
            if batch in batches:
                return ReadyFile(file, result, stamp, batch, file.path, None)
            return _ready(file, result, stamp, batch, scratch, number, has_header)
        except UnfitFileError as error:
            return UnfitFile(file, result, str(error))
        except OSError as error:
            reason = f"{file.path} cannot be read: {error.strerror or error}."
            return UnfitFile(file, result, reason)

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        return list(pool.map(check, range(len(files)), files))


def _ready(
    file: DataFile,
    result: FileScan,
    stamp: Stamp,
    batch: str,
    scratch: Scratch,
    number: int,
    has_header: bool,
) -> ReadyFile:
    if result.form is None:
        target = scratch.new(number, "workbook.csv")
        book = convert(file.path, file.table, target)
        text = scratch.share(target)
        return ReadyFile(file, result, stamp, batch, text, book.layout, book.runs)
    layout = read_layout(file.path, result.form, file.table, has_header)
    if result.form.has_cell_breaks:
        refuse_swallowed_rows(file.path, layout)
    return ReadyFile(file, result, stamp, batch, _readable_path(file, scratch, number), layout)


def _readable_path(file: DataFile, scratch: Scratch, number: int) -> FilePath:
    path = file.path if isinstance(file.path, ObjectPath) else file.path.resolve()
    if PLAIN_PATH.fullmatch(str(path)):
        return path
    name = "renamed.csv.gz" if file.is_compressed else "renamed.csv"
    return scratch.under_plain_name(path, number, name)
