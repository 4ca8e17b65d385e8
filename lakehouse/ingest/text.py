"""The text of a data file: how it is opened, and the error of one that cannot be loaded."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, cast

from lakehouse.errors import LakehouseError
from lakehouse.storage import FilePath

UTF_8 = "utf-8"
LATIN_1 = "latin-1"

# Latin-1 leaves 0x80-0x9f to control characters; files that use them are Windows-1252.
WINDOWS_1252 = {
    code: character
    for code in range(0x80, 0xA0)
    if (character := bytes([code]).decode("cp1252", errors="ignore"))
}
CHUNK_BYTES = 1 << 20

# Python's csv module refuses cells beyond 128 KiB unless told otherwise; Spark has no limit.
csv.field_size_limit(1 << 30)


@dataclass(frozen=True)
class TextForm:
    r"""How the text of a file is to be read.

    Attributes:
        encoding: `utf-8` (with or without byte order mark), or `latin-1` for Windows-1252.
        delimiter: between cells.
        has_cell_breaks: some quoted cell holds a line break.
        line_end: `\n`, `\r\n` (if any line ends so) or `\r`.
        has_quotes: there is a quote somewhere; without any, delimiters and line ends are all.
    """

    encoding: str
    delimiter: str
    has_cell_breaks: bool
    line_end: str
    has_quotes: bool


class UnfitFileError(LakehouseError):
    """A file that cannot be loaded as it is."""


class UnfitTextError(Exception):
    """A fault in a file's text, before its line is known.

    Attributes:
        text: what is wrong, with `{}` for the line of each offset.
        offsets: where, in bytes from the start of the text.
    """

    def __init__(self, text: str, *offsets: int) -> None:
        """Keeps both."""
        super().__init__(text, *offsets)
        self.text = text
        self.offsets = offsets


def open_bytes(path: FilePath) -> IO[bytes]:
    """The bytes of a file's text, gzip undone."""
    stream = path.open("rb")
    return cast("IO[bytes]", _Unpacked(stream)) if path.name.lower().endswith(".gz") else stream


class _Unpacked(gzip.GzipFile):
    """The content of a gzip file, which is closed with it."""

    def __init__(self, packed: IO[bytes]) -> None:
        super().__init__(fileobj=packed)
        self._packed = packed

    def close(self) -> None:
        super().close()
        self._packed.close()


@contextmanager
def open_lines(path: FilePath, encoding: str) -> Iterator[Iterator[str]]:
    """The lines of a file with their ends as they are, gzip undone, without byte order mark."""
    name = "utf-8-sig" if encoding == UTF_8 else encoding
    with (
        open_bytes(path) as stream,
        io.TextIOWrapper(stream, encoding=name, newline="") as lines,
    ):
        yield lines if encoding == UTF_8 else (line.translate(WINDOWS_1252) for line in lines)


def read_head(path: FilePath) -> str:
    """The first mebibyte of a file as text, whichever of the encodings it is in."""
    with open_bytes(path) as stream:
        head = stream.read(CHUNK_BYTES).removeprefix(codecs.BOM_UTF8)
    try:
        return codecs.utf_8_decode(head, "strict", False)[0]
    except UnicodeDecodeError:
        return head.decode(LATIN_1).translate(WINDOWS_1252)


def line_number(path: FilePath, offset: int) -> int:
    """The line (from 1) of a byte of a file's text; each of the three line ends counts."""
    ends = 0
    with open_bytes(path) as stream:
        last = b""
        while offset > 0 and (chunk := stream.read(min(offset, CHUNK_BYTES))):
            offset -= len(chunk)
            ends += chunk.count(b"\n") + chunk.count(b"\r") - (last + chunk).count(b"\r\n")
            last = chunk[-1:]
    return ends + 1
