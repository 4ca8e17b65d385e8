"""What a load writes for Spark alone to read: it lies in the lake, where executors reach it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lakehouse.storage import FilePath, copy_file, delete_folder, is_local

FOLDER = "_scratch"


@dataclass(frozen=True)
class Scratch:
    """A folder of a lake for the time of one load.

    Attributes:
        root: the lake's.
        local: a folder of this machine to write in: the same, or one to copy from.
    """

    root: str
    local: Path

    def new(self, number: int, name: str) -> Path:
        """Where the load's file of this number may be written, before it is shared."""
        path = self.local / str(number) / name
        path.parent.mkdir(parents=True)
        return path

    def share(self, path: Path) -> FilePath:
        """A file that was written here, where Spark reads it."""
        if is_local(self.root):
            return path
        return copy_file(path, self.root, f"{FOLDER}/{path.relative_to(self.local).as_posix()}")

    def under_plain_name(self, path: FilePath, number: int, name: str) -> FilePath:
        """A file under another name: a link to it in a folder, a copy in an object store."""
        if isinstance(path, Path) and is_local(self.root):
            link = self.new(number, name)
            link.symlink_to(path)
            return link
        return copy_file(path, self.root, f"{FOLDER}/{number}/{name}")


@contextmanager
def open_scratch(root: str) -> Iterator[Scratch]:
    """The scratch folder of a lake whose lock is held; what a killed load left there goes first.

    Raises:
        OSError: the lake cannot be written to.
    """
    delete_folder(root, FOLDER)
    try:
        if is_local(root):
            yield Scratch(root, Path(root, FOLDER))
        else:
            with tempfile.TemporaryDirectory() as local:
                yield Scratch(root, Path(local))
    finally:
        delete_folder(root, FOLDER)
