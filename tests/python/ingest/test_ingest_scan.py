"""The streaming pass: hash, encoding, and files that must not be loaded."""

from __future__ import annotations

import codecs
import gzip
import hashlib
from pathlib import Path

import pytest

from lakehouse.contracts import load_contracts
from lakehouse.ingest import scan as scan_module
from lakehouse.ingest.discover import DataFile
from lakehouse.ingest.scan import FileScan, scan
from lakehouse.ingest.text import TextForm, UnfitFileError, open_lines
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
        ("Café", "latin-1", "latin-1"),
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

    form = TextForm(expected, ",", has_cell_breaks=False, line_end="\n", has_quotes=False)
    assert result == FileScan(hashlib.sha256(content).hexdigest(), len(content), form)


def test_a_gzip_is_hashed_as_it_lies_and_checked_inside(tmp_path: Path) -> None:
    content = gzip.compress(CSV.encode()) + gzip.compress(event().encode())

    assert scanned(tmp_path, content, "a.csv.gz").sha256 == hashlib.sha256(content).hexdigest()
    with pytest.raises(UnfitFileError, match="conflict marker on line 2"):
        scanned(tmp_path, gzip.compress(b"a,b\n<<<<<<< HEAD\n"), "b.csv.gz")


def test_a_scan_tells_of_the_bytes_on_disk_that_it_has_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan_module, "CHUNK_BYTES", 8)
    content = gzip.compress(CSV.encode())
    told: list[int] = []

    scan(DataFile(write(tmp_path / "a.csv", CSV), "a.csv", TABLE), told.append)
    assert sum(told) == len(CSV)
    assert len(told) > len(CSV) / 8
    told.clear()
    scan(DataFile(write(tmp_path / "b.csv.gz", content), "b.csv.gz", TABLE), told.append)
    assert sum(told) == len(content)


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
        (
            "a,b\nZürich,1\n".encode() + b"Z\xfcrich,2\n",
            "mixes encodings: line 2 is UTF-8, line 3 is not",
        ),
        (
            b"a,b\nZ\xfcrich,1\n" + "Zürich,2\n".encode(),
            "mixes encodings: line 3 is UTF-8, line 2 is not",
        ),
        (b"a,b\n\xfc,1\n\x81,2\n", "neither UTF-8 nor Windows-1252: .* 0x81 of line 3"),
        (b"a,b\r1,2\r" + codecs.BOM_UTF8 + b"a,b\r", "byte order mark on line 3: two files"),
        (b'a,b\n1,"x\n2,3\n', "opens a quoted cell on line 2 and never closes it"),
        (b'a,b\r\n1,"x"y\r\n', "text on line 2 after the quote .* opened on line 2"),
        (b'a,b\n1,"x\n\n2,"y",3\n', "text on line 4 after the quote .* opened on line 2"),
        (b'a,b\n1,"x" \n', "text on line 2 after the quote"),
        (b"a,b\n1,2\n1,x\ry\n", "carriage return alone on line 3, outside quotes"),
    ],
)
def test_what_is_not_one_text_is_unfit(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(UnfitFileError, match=message):
        scanned(tmp_path, content)


@pytest.mark.parametrize("content", [b"not gzip", gzip.compress(CSV.encode())[:-9]])
def test_a_broken_gzip_is_unfit(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnfitFileError, match="not a complete gzip file"):
        scanned(tmp_path, content, "a.csv.gz")


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz"])
@pytest.mark.parametrize(
    ("content", "delimiter", "has_cell_breaks", "line_end"),
    [
        (b'event_time,price\r\n"1,5",2\r\n', ",", False, "\r\n"),
        (b'event_time;price\n"1\n5";12" PLATE\n', ";", True, "\n"),
        (b'event_time\tprice\r"1\r5"\t2\r', "\t", True, "\r"),
        (b'\xef\xbb\xbf"event_time","price\r\n"\n1,2\n', ",", True, "\n"),
        (b'event_time,price\n1,2\r\n3,""', ",", False, "\r\n"),
        (b'event_time,price\n1,12" PLATE', ",", False, "\n"),
        (b'event_time,price\n1,2\r\n3,4"', ",", False, "\r\n"),
        (b"event_time,price\r1,2\r", ",", False, "\r"),
    ],
)
def test_how_the_text_is_to_be_read(
    tmp_path: Path,
    name: str,
    content: bytes,
    delimiter: str,
    has_cell_breaks: bool,
    line_end: str,
) -> None:
    form = scanned(tmp_path, gzip.compress(content) if name != "a.csv" else content, name).form

    assert form == TextForm("utf-8", delimiter, has_cell_breaks, line_end, b'"' in content)


def test_a_cell_may_be_underlined(tmp_path: Path) -> None:
    scanned(tmp_path, b'a,b\n1,"Title\n=======\ntext"\n')


def test_text_is_opened_without_the_byte_order_mark(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "a,b\r\n", "utf-8-sig")

    with open_lines(path, "utf-8") as lines:
        assert list(lines) == ["a,b\r\n"]
