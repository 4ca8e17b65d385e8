"""What a load did, file by file, and how it tells while it runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from lakehouse.errors import ExitCode, LakehouseError

LOADED = "loaded"
ALREADY_LOADED = "already loaded"
REJECTED = "rejected"
WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class FileLoad:
    """One file of a load.

    Attributes:
        table_name: None for a file that no table takes.
        source_file: path relative to the folder loaded.
        row_count: rows in the file; for a file already loaded, as counted then.
        rescued_count: rows with something that did not fit the contract.
        status: `loaded`, `already loaded` or `rejected`.
        seconds: time for this file.
        reason: why it was rejected, naming it.
        samples: some of its bad rows.
    """

    shop_id: str
    table_name: str | None
    source_file: str
    row_count: int
    rescued_count: int
    status: str
    seconds: float
    reason: str | None = None
    samples: tuple[str, ...] = ()


@dataclass(frozen=True)
class LoadReport:
    """A whole load.

    Attributes:
        left_alone: folders and files that were not looked at, relative to the folder loaded.
        seconds: time from the first check to the last commit.
    """

    files: tuple[FileLoad, ...]
    left_alone: tuple[str, ...]
    seconds: float

    @property
    def row_count(self) -> int:
        """Rows that this load added."""
        return sum(file.row_count for file in self.files if file.status == LOADED)

    @property
    def rescued_count(self) -> int:
        """Rows of these with something that did not fit the contract."""
        return sum(file.rescued_count for file in self.files if file.status == LOADED)

    @property
    def rejected(self) -> tuple[FileLoad, ...]:
        """The files of which nothing was kept."""
        return tuple(file for file in self.files if file.status == REJECTED)

    def check(self) -> None:
        """Checks that every file is in the lake.

        Raises:
            FilesRejectedError: some are not; it says of each why.
        """
        if self.rejected:
            raise FilesRejectedError(self)


class FilesRejectedError(LakehouseError):
    """Some files of a load were rejected; all others are loaded.

    Attributes:
        report: what became of each file.
    """

    exit_code = ExitCode.REJECTED

    def __init__(self, report: LoadReport) -> None:
        """Says of each rejected file why, with some of its rows."""
        lines = [
            f"{len(report.rejected)} of {len(report.files)} files were rejected and nothing of "
            "them was kept; all others are in the lake."
        ]
        for file in report.rejected:
            lines.append(str(file.reason))
            lines.extend(f"  {sample}" for sample in file.samples)
        super().__init__("\n".join(lines))
        self.report = report


class Progress(Protocol):
    """Told what happens, in this order; a file already loaded is done without `loading`."""

    def start(self, total_files: int, total_bytes: int, left_alone: Sequence[str]) -> None:
        """The files are found; nothing is read yet."""

    def checking(self, source_file: str, size_bytes: int) -> None:
        """A file is about to be checked (before any file is loaded)."""

    def loading(self, source_file: str, table_name: str) -> None:
        """A file is about to be loaded."""

    def read(self, source_file: str, byte_count: int) -> None:
        """So many more bytes of a file were read, by its check or by its load; in any thread."""

    def file_done(self, result: FileLoad) -> None:
        """A file is loaded, skipped or rejected."""


class SilentProgress:
    """Tells nobody."""

    def start(self, total_files: int, total_bytes: int, left_alone: Sequence[str]) -> None:
        """Does nothing."""

    def checking(self, source_file: str, size_bytes: int) -> None:
        """Does nothing."""

    def loading(self, source_file: str, table_name: str) -> None:
        """Does nothing."""

    def read(self, source_file: str, byte_count: int) -> None:
        """Does nothing."""

    def file_done(self, result: FileLoad) -> None:
        """Does nothing."""
