"""Whether a file is still the one that was checked, after it was read."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass
from pathlib import Path

NANOSECONDS = 1_000_000_000
# A file written just before it was looked at may be written again within the same tick of the
# clock, its time and size unchanged: only its content can tell then.
RECENT_SECONDS = 2


@dataclass(frozen=True)
class Stamp:
    """What a file looked like at a moment, before it was read."""

    identity: tuple[int, ...]
    is_recent: bool

    @classmethod
    def of(cls, path: Path) -> Stamp:
        """The stamp of a file now.

        Raises:
            OSError: the file is gone or cannot be looked at.
        """
        found = path.stat()
        age = time.time_ns() - max(found.st_mtime_ns, found.st_ctime_ns)
        return cls(_identity(found), age < RECENT_SECONDS * NANOSECONDS)


def change_since(path: Path, stamp: Stamp, sha256: str) -> str | None:
    """What happened to a file since it was looked at; None if it is the same.

    Args:
        path: the file.
        stamp: taken before it was first read.
        sha256: of its bytes as they were first read.
    """
    try:
        if _identity(path.stat()) != stamp.identity:
            return "changed while it was read"
        if stamp.is_recent:
            with path.open("rb") as stream:
                if hashlib.file_digest(stream, "sha256").hexdigest() != sha256:
                    return "changed while it was read"
    except FileNotFoundError:
        return "vanished while it was read"
    except OSError as error:
        return f"could no longer be read: {error.strerror}"
    return None


def _identity(found: os.stat_result) -> tuple[int, ...]:
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
