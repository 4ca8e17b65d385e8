"""One writer at a time: the lake's lock lies at its root, with its data.

Whoever reaches the same data meets the same lock, by whatever path, with whatever catalog folder.

- In a folder it is the operating system's lock on a file (`flock`): freed when its process ends,
  however it ends. Symbolic links and bind mounts lead to the same file. On a folder shared between
  hosts it holds as far as the file system takes such locks to its server: NFS and SMB do; FUSE
  mounts of object stores do not: name those by their URI.
- In an object store it is an object that only one writer can create or replace, by conditional
  writes. Its holder writes it anew every minute. One not renewed for ten minutes is stale: its
  holder is gone, and the next writer takes it over.
"""

from __future__ import annotations

import datetime
import fcntl
import os
import platform
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from lakehouse.errors import ExitCode, LakehouseError, MachineError
from lakehouse.lake import Lake
from lakehouse.storage import open_store

if TYPE_CHECKING:
    from obstore import ObjectMeta, PutResult, UpdateVersion
    from obstore.store import ObjectStore

LOCK_NAME = "_lake.lock"
RENEW_SECONDS = 60.0
STALE_SECONDS = 600.0


class LakeBusyError(LakehouseError):
    """Another process writes to this lake."""

    exit_code = ExitCode.BUSY


@contextmanager
def lake_lock(lake: Lake, purpose: str) -> Iterator[None]:
    """Holds the lake's write lock for the block.

    Args:
        lake: the lake to write to.
        purpose: what the holder does, e.g. `load /data`; shown to others.

    Raises:
        LakeBusyError: another process holds the lock; it is not waited for.
        MachineError: the lake lies where files cannot be locked.
        OSError: the lake's root cannot be written to.
        LakehouseError: in an object store, another took the lock over during the block.
    """
    now = datetime.datetime.now(datetime.UTC)
    holder = (
        f"process {os.getpid()}: {purpose}, on {platform.node()} since {now:%Y-%m-%d %H:%M} UTC"
    )
    if lake.is_local:
        with _hold_file(lake.root, holder):
            yield
    else:
        with hold_object(open_store(lake.root), lake.root, holder):
            yield


@contextmanager
def _hold_file(root: str, holder: str) -> Iterator[None]:
    path = Path(root, LOCK_NAME)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise LakeBusyError(_refusal(root, file.read())) from error
        except OSError as error:
            raise MachineError(
                f"The lake {root} lies where files cannot be locked: {error}"
            ) from error
        file.truncate(0)
        file.write(holder)
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


@contextmanager
def hold_object(store: ObjectStore, root: str, holder: str) -> Iterator[None]:
    """Holds the lock object of a store for the block.

    An empty object is a lock that nobody holds: it is never deleted, since a deletion cannot be
    made on condition that the object is still one's own.
    """
    import obstore

    held = _take(store, root, holder)
    ended = threading.Event()
    lost = threading.Event()

    def renew() -> None:
        nonlocal held
        while not ended.wait(RENEW_SECONDS):
            try:
                renewed = _replace(store, holder, held)
            except (obstore.exceptions.BaseError, OSError):
                continue  # The store cannot be reached; there is time for further attempts.
            if renewed is None:
                lost.set()
                return
            held = renewed

    renewal = threading.Thread(target=renew, daemon=True)
    renewal.start()
    try:
        yield
    finally:
        ended.set()
        renewal.join()
        if lost.is_set() or _replace(store, "", held) is None:
            raise LakehouseError(
                f"Another process took over the lock of the lake {root}, since this one had not "
                f"renewed it for {STALE_SECONDS:.0f} s ({holder}). Both may have written: run the "
                "command again."
            )


def _take(store: ObjectStore, root: str, holder: str) -> UpdateVersion:
    import obstore
    from obstore.exceptions import AlreadyExistsError

    try:
        return _version(obstore.put(store, LOCK_NAME, holder.encode(), mode="create"))
    except AlreadyExistsError:
        found = obstore.get(store, LOCK_NAME)
        age = datetime.datetime.now(datetime.UTC) - found.meta["last_modified"]
        other = bytes(found.bytes()).decode(errors="replace")
        is_free = not other or age.total_seconds() > STALE_SECONDS
        taken = _replace(store, holder, _version(found.meta)) if is_free else None
        if taken is None:
            hint = f" If it was killed, its lock ends after {STALE_SECONDS / 60:.0f} minutes."
            raise LakeBusyError(_refusal(root, other) + hint) from None
        return taken


def _replace(store: ObjectStore, content: str, expected: UpdateVersion) -> UpdateVersion | None:
    """Writes the lock if it is still the one expected; None if it is not."""
    import obstore
    from obstore.exceptions import PreconditionError

    try:
        return _version(obstore.put(store, LOCK_NAME, content.encode(), mode=expected))
    except PreconditionError:
        return None


def _version(written: PutResult | ObjectMeta) -> UpdateVersion:
    """What tells this writing of an object from any other; stores give one of the two, or both."""
    version: UpdateVersion = {}
    if written["e_tag"] is not None:
        version["e_tag"] = written["e_tag"]
    if written["version"] is not None:
        version["version"] = written["version"]
    return version


def _refusal(root: str, holder: str) -> str:
    return (
        f"Another process is writing to the lake {root} ({holder.strip() or 'unknown'}). "
        "Wait until it has finished, then try again."
    )
