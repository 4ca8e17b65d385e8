"""Files that the driver sees and a cluster's executors do not."""

from __future__ import annotations

from pathlib import Path

from lakehouse.errors import LakehouseError
from lakehouse.storage import FilePath

# How Spark names, and Hadoop throws, that there is no such file where a task runs.
NOT_THERE = ("FILE_NOT_EXIST", "FileNotFoundException")


class UnreachableFileError(LakehouseError):
    """A file of this machine that the executors of a cluster cannot read."""


def require_reach(path: FilePath, master: str, error: Exception) -> None:
    """Says of a failed read that the file is out of the executors' reach, if that is what it was.

    Args:
        path: the file that was read; it is there for this process.
        master: Spark's.
        error: what Spark threw.

    Raises:
        UnreachableFileError: the file is on this machine, the executors are not.
    """
    is_elsewhere = isinstance(path, Path) and not master.startswith("local")
    if is_elsewhere and any(mark in str(error) for mark in NOT_THERE):
        raise UnreachableFileError(
            f"{path} is on this machine only: the executors of {master} cannot read it. Put the "
            "files into an object store, or into a folder that every node mounts at this path."
        ) from error
