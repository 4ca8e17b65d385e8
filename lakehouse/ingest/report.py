"""What a load did, file by file, and how it tells while it runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

LOADED = "loaded"
ALREADY_LOADED = "already loaded"
REJECTED = "rejected"


@dataclass(frozen=True)
class FileLoad:
    """One file of a load.

    Attributes:
        source_file: path relative to the folder loaded.
        row_count: rows in the file; for a file already loaded, as counted then.
        rescued_count: rows with something that did not fit the contract.
        status: `loaded`, `already loaded` or `rejected`.
        seconds: time for this file.
    """

    shop_id: str
    table_name: str
    source_file: str
    row_count: int
    rescued_count: int
    status: str
    seconds: float


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


class Progress(Protocol):
    """Told what happens, in this order; a file already loaded is done without `loading`."""

    def start(self, total_files: int, total_bytes: int, left_alone: Sequence[str]) -> None:
        """The files are found; nothing is read yet."""

    def checking(self, source_file: str, size_bytes: int) -> None:
        """A file is about to be checked (before any file is loaded)."""

    def loading(self, source_file: str, table_name: str) -> None:
        """A file is about to be loaded."""

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

    def file_done(self, result: FileLoad) -> None:
        """Does nothing."""
