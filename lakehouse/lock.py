"""One writer at a time: the lake's lock, held by the loader and by dbt runs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from lakehouse.errors import ExitCode, LakehouseError
from lakehouse.lake import Lake

LOCK_NAME = "lake.lock"
HOLDER_NAME = "lake.lock.holder"


class LakeBusyError(LakehouseError):
    """Another process writes to this lake."""

    exit_code = ExitCode.BUSY


@contextmanager
def lake_lock(lake: Lake, purpose: str) -> Iterator[None]:
    """Holds the lake's write lock for the block.

    The operating system frees the lock when its process ends, however it ends. Beside it lies a
    text with the holder's process id and purpose, for the message of those who are refused.

    Args:
        lake: the lake to write to.
        purpose: what the holder does, e.g. `load /data`; shown to others.

    Raises:
        LakeBusyError: another process holds the lock; it is not waited for.
    """
    folder = lake.catalog_dir
    folder.mkdir(parents=True, exist_ok=True)
    holder = folder / HOLDER_NAME
    lock = FileLock(folder / LOCK_NAME)
    try:
        lock.acquire(blocking=False)
    except Timeout as error:
        who = holder.read_text(encoding="utf-8").strip() if holder.exists() else "unknown"
        raise LakeBusyError(
            f"Another process is writing to the lake {lake.root} ({who}). "
            "Wait until it has finished, then try again."
        ) from error
    try:
        holder.write_text(f"process {os.getpid()}: {purpose}\n", encoding="utf-8")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()
