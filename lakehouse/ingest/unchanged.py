"""Whether a file is still the one that was looked at before: by its state, before its content."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass
from pathlib import Path

from lakehouse.storage import FilePath, ObjectPath

NANOSECONDS = 1_000_000_000
# A file written just before it was looked at may be written again within the same tick of the
# clock, its time and size unchanged: only its content can tell then.
RECENT_SECONDS = 2


@dataclass(frozen=True)
class Stamp:
    """What a file looked like at a moment, before it was read.

    Attributes:
        state: the same text says that nobody wrote to the file meanwhile; None where that cannot
            be said for sure. A folder's file has its device, inode, size and the times of its last
            writing and of its last change of any kind, which no program can set; an object its
            size, time and e-tag.
    """

    identity: tuple[object, ...]
    is_recent: bool
    state: str | None

    @classmethod
    def of(cls, path: FilePath) -> Stamp:
        """The stamp of a file now; of an object, when it was listed.

        Raises:
            OSError: the file is gone or cannot be looked at.
        """
        if isinstance(path, ObjectPath):
            identity: tuple[object, ...] = _object_identity(path)
            return cls(identity, path.e_tag is None, _text(identity) if path.e_tag else None)
        found = path.stat()
        age = time.time_ns() - max(found.st_mtime_ns, found.st_ctime_ns)
        is_recent = age < RECENT_SECONDS * NANOSECONDS
        identity = _identity(found)
        return cls(identity, is_recent, None if is_recent else _text(identity, found.st_ctime_ns))


def change_since(path: FilePath, stamp: Stamp, sha256: str) -> str | None:
    """What happened to a file since it was looked at; None if it is the same.

    Args:
        path: the file.
        stamp: taken before it was first read.
        sha256: of its bytes as they were first read.
    """
    try:
        now = _identity(path.stat()) if isinstance(path, Path) else _object_identity(path.now())
        if now != stamp.identity:
            return "changed while it was read"
        if stamp.is_recent:
            with path.open("rb") as stream:
                if hashlib.file_digest(stream, "sha256").hexdigest() != sha256:  # type: ignore[arg-type]
                    return "changed while it was read"
    except FileNotFoundError:
        return "vanished while it was read"
    except OSError as error:
        return f"could no longer be read: {error.strerror}"
    return None


def _identity(found: os.stat_result) -> tuple[object, ...]:
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def _object_identity(path: ObjectPath) -> tuple[object, ...]:
    return (path.size_bytes, path.modified_at.isoformat(), path.e_tag)


def _text(identity: tuple[object, ...], *more: object) -> str:
    return " ".join(str(part) for part in (*identity, *more))
