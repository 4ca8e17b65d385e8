"""The streaming pass: hash, encoding, and files that must not be loaded."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest

from lakehouse.contracts import load_contracts
from lakehouse.ingest import scan as scan_module
from lakehouse.ingest.discover import DataFile
from lakehouse.ingest.scan import FileScan, UnfitFileError, open_text, scan
from tests.python.ingest.shop_files import EVENTS_HEADER, csv_text, event, write

TABLE = load_contracts()["rees46"].tables[0]
CSV = csv_text(EVENTS_HEADER, event(), event())


def scanned(tmp_path: Path, content: bytes, name: str = "a.csv") -> FileScan:
    """The scan of a file with this content."""
    return scan(DataFile(write(tmp_path / name, content), name, TABLE))


@pytest.mark.parametrize("chunk_bytes", [1, 7, 1 << 20])
@pytest.mark.parametrize(
    ("text", "encoding", "expected"),
    [
        ("Zürich €", "utf-8", "utf-8"),
        ("Zürich €", "utf-8-sig", "utf-8"),
        ("plain", "ascii", "utf-8"),
        ("Zürich £", "latin-1", "latin-1"),
        ("Zürich €", "cp1252", "latin-1"),
    ],
)
def test_hash_and_encoding(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    chunk_bytes: int,
    text: str,
    encoding: str,
    expected: str,
) -> None:
    monkeypatch.setattr(scan_module, "CHUNK_BYTES", chunk_bytes)
    content = f"a,b\n{text},1\n".encode(encoding)

    result = scanned(tmp_path, content)

    assert result == FileScan(hashlib.sha256(content).hexdigest(), len(content), expected)


def test_a_gzip_is_hashed_as_it_lies_and_checked_inside(tmp_path: Path) -> None:
    content = gzip.compress(CSV.encode()) + gzip.compress(event().encode())

    assert scanned(tmp_path, content, "a.csv.gz").sha256 == hashlib.sha256(content).hexdigest()
    with pytest.raises(UnfitFileError, match="conflict marker on line 2"):
        scanned(tmp_path, gzip.compress(b"a,b\n<<<<<<< HEAD\n"), "b.csv.gz")


@pytest.mark.parametrize("content", [b"", b" \n\n"])
def test_an_empty_file_is_unfit(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnfitFileError, match=r"a\.csv is empty"):
        scanned(tmp_path, content)


@pytest.mark.parametrize("chunk_bytes", [1, 5, 1 << 20])
@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"<<<<<<< HEAD\na,b\n", 1),
        (b"a,b\n1,2\n<<<<<<< HEAD\n3,4\n=======\n5,6\n>>>>>>> main\n", 3),
        (b"a,b\r\n1,2\r\n=======\r\n", 3),
        (b"a,b\n1,2\n1,2\n>>>>>>> main", 4),
    ],
)
def test_conflict_markers_are_named_by_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk_bytes: int, content: bytes, line: int
) -> None:
    monkeypatch.setattr(scan_module, "CHUNK_BYTES", chunk_bytes)

    with pytest.raises(UnfitFileError, match=f"git conflict marker on line {line} "):
        scanned(tmp_path, content)


def test_text_that_only_resembles_a_marker_is_fit(tmp_path: Path) -> None:
    scanned(tmp_path, b"a,b\n<<<<<<<,2\n========,3\n1,<<<<<<< HEAD\n")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (CSV.encode("utf-16"), "is UTF-16 text"),
        (CSV.encode("utf-16-le"), "NUL byte on line 1"),
        (b"a,b\n1,\0\n", "NUL byte on line 2"),
        ("a,b\nZürich,1\n".encode() + b"Z\xfcrich,2\n", "not on line 3: it mixes encodings"),
    ],
)
def test_what_is_not_one_text_is_unfit(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(UnfitFileError, match=message):
        scanned(tmp_path, content)


@pytest.mark.parametrize("content", [b"not gzip", gzip.compress(CSV.encode())[:-9]])
def test_a_broken_gzip_is_unfit(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnfitFileError, match="not a complete gzip file"):
        scanned(tmp_path, content, "a.csv.gz")


def test_text_is_opened_without_the_byte_order_mark(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "a,b\r\n", "utf-8-sig")

    with open_text(path, "utf-8") as stream:
        assert stream.read() == "a,b\r\n"
