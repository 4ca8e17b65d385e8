"""A file that changes or vanishes after it was looked at is noticed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from lakehouse.ingest.unchanged import Stamp, change_since
from tests.python.ingest.shop_files import write

LONG_AGO = 1_600_000_000
BEFORE = hashlib.sha256(b"before").hexdigest()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file that nobody touches any more."""
    return write(tmp_path / "a.csv", "before")


def test_an_untouched_file_is_the_same(path: Path) -> None:
    assert change_since(path, Stamp.of(path), BEFORE) is None


def test_a_longer_file_has_changed(path: Path) -> None:
    stamp = Stamp.of(path)
    write(path, "before and after")

    assert change_since(path, stamp, BEFORE) == "changed while it was read"


def test_another_file_in_its_place_has_changed(path: Path) -> None:
    os.utime(path, (LONG_AGO, LONG_AGO))
    stamp = Stamp.of(path)
    other = write(path.with_name("b.csv"), "before")
    os.utime(other, (LONG_AGO, LONG_AGO))
    other.replace(path)

    assert change_since(path, stamp, BEFORE) == "changed while it was read"


def test_a_change_within_one_tick_of_the_clock_is_seen_in_the_content(path: Path) -> None:
    stamp = Stamp.of(path)
    was = path.stat()
    write(path, "beforE")
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))

    assert change_since(path, stamp, BEFORE) == "changed while it was read"


def test_a_vanished_file_is_noticed(path: Path) -> None:
    stamp = Stamp.of(path)
    path.unlink()

    assert change_since(path, stamp, BEFORE) == "vanished while it was read"
