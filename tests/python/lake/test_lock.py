"""The lake's lock lies with its data: whoever reaches the same data meets the same lock."""

from __future__ import annotations

import datetime
import os
import shutil
import time
from pathlib import Path

import obstore
import pytest
from obstore.store import MemoryStore

from lakehouse import lock
from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from lakehouse.lock import LOCK_NAME, LakeBusyError, hold_object, lake_lock


def test_a_symbolic_link_leads_to_the_same_lock(tmp_path: Path) -> None:
    (tmp_path / "lake").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "lake")
    # Not `Lake.at`, which follows links: as a bind mount would show the folder.
    linked = Lake(str(tmp_path / "link"))
    with (
        lake_lock(Lake.at(tmp_path / "lake"), "load /a"),
        pytest.raises(LakeBusyError, match=rf"process {os.getpid()}: load /a, on "),
    ):
        lake_lock(linked, "build").__enter__()


def test_another_catalog_folder_is_no_way_around(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = Lake.at(tmp_path / "lake")
    with lake_lock(lake, "load /a"):
        monkeypatch.setenv("LAKE_CATALOG_DIR", str(tmp_path / "elsewhere"))
        with pytest.raises(LakeBusyError, match="load /a"):
            lake_lock(lake, "build").__enter__()


def test_lakes_that_share_a_catalog_folder_do_not_wait_for_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAKE_CATALOG_DIR", str(tmp_path / "catalog"))
    with lake_lock(Lake.at(tmp_path / "a"), "one"), lake_lock(Lake.at(tmp_path / "b"), "two"):
        pass


def test_a_copy_of_a_locked_lake_is_free(tmp_path: Path) -> None:
    with lake_lock(Lake.at(tmp_path / "lake"), "load /a"):
        shutil.copytree(tmp_path / "lake", tmp_path / "copy")
        with lake_lock(Lake.at(tmp_path / "copy"), "build"):
            pass


def test_an_object_is_held_by_one_and_freed_after_the_block() -> None:
    store = MemoryStore()
    with (
        hold_object(store, "s3://b/lake", "first"),
        pytest.raises(LakeBusyError, match=r"s3://b/lake \(first\).*ends after 10 minutes"),
    ):
        hold_object(store, "s3://b/lake", "second").__enter__()
    with hold_object(store, "s3://b/lake", "second"):
        pass


def test_a_stale_object_is_taken_over_and_its_holder_told(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore()
    with (
        pytest.raises(LakehouseError, match=r"took over the lock of the lake s3://b/lake.*first"),
        hold_object(store, "s3://b/lake", "first"),
    ):
        monkeypatch.setattr(lock, "STALE_SECONDS", 0.0)
        time.sleep(0.01)
        hold_object(store, "s3://b/lake", "second").__enter__()


def test_its_holder_renews_an_object(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "RENEW_SECONDS", 0.01)
    store = MemoryStore()
    with hold_object(store, "s3://b/lake", "first"):
        before = obstore.head(store, LOCK_NAME)
        deadline = time.monotonic() + 10
        while obstore.head(store, LOCK_NAME)["e_tag"] == before["e_tag"]:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        renewed = obstore.head(store, LOCK_NAME)["last_modified"]
        assert renewed - before["last_modified"] < datetime.timedelta(seconds=10)
    assert obstore.head(store, LOCK_NAME)["size"] == 0
