"""A folder and an object store are the same to whoever lists, reads, copies and deletes files."""

from __future__ import annotations

from pathlib import Path

import pytest

from lakehouse.errors import MachineError
from lakehouse.ingest.scratch import FOLDER, open_scratch
from lakehouse.storage import (
    READ_BYTES,
    ObjectPath,
    copy_file,
    delete_folder,
    list_entries,
    open_store,
    plain_root,
    spark_path,
)

CONTENT = b"0123456789" * (READ_BYTES // 10) * 2


@pytest.fixture(params=["folder", "store"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A folder with a file and a folder, or an object store (obstore's own on a disk) with them."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.csv").write_bytes(b"b")
    (tmp_path / "a.csv").write_bytes(CONTENT)
    (tmp_path / ".hidden").write_bytes(b"h")
    return str(tmp_path) if request.param == "folder" else f"file://{tmp_path}"


def test_entries_are_files_and_folders_in_order(root: str) -> None:
    entries = list_entries(root)
    assert [(e.name, e.is_folder, e.place) for e in entries] == [
        ("a.csv", False, f"{root}/a.csv"),
        ("sub", True, f"{root}/sub"),
    ]
    assert [e.name for e in list_entries(entries[1].place)] == ["b.csv"]


def test_a_file_is_read_in_pieces_and_from_any_place(root: str) -> None:
    file = list_entries(root)[0].file
    assert file is not None
    with file.open("rb") as stream:
        assert stream.read(3) == b"012"
        stream.seek(-2, 2)
        assert stream.read() == b"89"
        stream.seek(0)
        assert b"".join(iter(lambda: stream.read(1 << 20), b"")) == CONTENT


def test_a_copy_has_the_same_bytes_and_leaves_with_its_folder(root: str) -> None:
    file = list_entries(root)[0].file
    assert file is not None
    copy = copy_file(file, root, "made/0/copy.csv")
    with copy.open("rb") as stream:
        assert stream.read() == CONTENT
    delete_folder(root, "made")
    delete_folder(root, "never_there")
    with pytest.raises(FileNotFoundError):
        copy.open("rb")
    assert len(list_entries(root)) == 2 + Path(root.removeprefix("file://"), "made").exists()


def test_what_a_load_writes_lies_in_the_lake_and_goes_with_the_load(root: str) -> None:
    file = list_entries(root)[0].file
    assert file is not None
    copy_file(file, root, f"{FOLDER}/7/killed.csv")
    with open_scratch(root) as scratch:
        assert not _names(root, f"{FOLDER}/7")
        written = scratch.new(0, "book.csv")
        written.write_bytes(b"book")
        shared = scratch.share(written)
        renamed = scratch.under_plain_name(file, 1, "renamed.csv")
        for path, content in ((shared, b"book"), (renamed, CONTENT)):
            assert str(path).startswith(f"{root}/{FOLDER}/")
            with path.open("rb") as stream:
                assert stream.read() == content
    assert not _names(root, f"{FOLDER}/0")
    assert not _names(root, f"{FOLDER}/1")


def _names(root: str, folder: str) -> list[str]:
    path = Path(root.removeprefix("file://"), folder)
    return [entry.name for entry in path.iterdir()] if path.exists() else []


def test_spark_is_told_of_the_file_system_whatever_its_default(tmp_path: Path) -> None:
    (tmp_path / "a b.csv").write_bytes(b"a")
    [found] = list_entries(f"file://{tmp_path}")
    assert isinstance(found.file, ObjectPath)
    assert (
        spark_path(found.file) == spark_path(tmp_path / "a b.csv") == f"file://{tmp_path}/a b.csv"
    )


def test_a_uri_of_no_store_is_named() -> None:
    with pytest.raises(MachineError, match=r"hdfs://n/lake leads to no object store"):
        open_store("hdfs://n/lake")


def test_a_folder_is_absolute_and_a_uri_has_no_slash_at_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert plain_root("lake/") == str(tmp_path / "lake")
    assert plain_root("s3a://bucket/lake/") == "s3a://bucket/lake"
