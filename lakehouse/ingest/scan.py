"""One streaming pass over a file: its hash, how to read it, and what makes it unfit to load."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Protocol

from lakehouse.ingest.discover import DataFile
from lakehouse.ingest.encodings import EncodingCheck
from lakehouse.ingest.header import find_delimiter
from lakehouse.ingest.quotes import QuoteCheck
from lakehouse.ingest.text import (
    CHUNK_BYTES,
    TextForm,
    UnfitFileError,
    UnfitTextError,
    line_number,
    open_bytes,
    read_head,
)

CARRY_BYTES = 16

CONFLICT_MARKER = re.compile(rb"(?<=\n)(?:<{7} |>{7} |={7}\r?\n)")
# Quick searches decide whether the pattern is worth running.
CONFLICT_MARKS = (b"<", b">", b"=")
CONFLICT_HINTS = (b"\n<<<<<<< ", b"\n=======", b"\n>>>>>>> ")
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class FileScan:
    """What the pass found.

    Attributes:
        sha256: hash of the file's bytes as they lie on disk.
        form: None for a workbook, which is no text.
    """

    sha256: str
    size_bytes: int
    form: TextForm | None


class Hash(Protocol):
    """What this module needs of a hashlib object."""

    def update(self, data: bytes, /) -> None:
        """Takes more bytes."""


def scan(file: DataFile, tell: Callable[[int], None] = lambda _: None) -> FileScan:
    """Hashes a file and checks its text, in flat memory.

    Args:
        file: the file.
        tell: told how many more bytes were read.

    Raises:
        UnfitFileError: the file is empty, is not text, is UTF-16, mixes encodings, has quotes or
            line ends that can be read in two ways, has git conflict markers, or is no gzip although
            its name says so. The message names the line.
    """
    if file.size_bytes == 0:
        raise UnfitFileError(f"{file.path} is empty (0 bytes).")
    digest = hashlib.sha256()
    form = None
    with file.path.open("rb", buffering=0) as stream:
        source = _HashedStream(stream, digest, tell)
        if not file.is_workbook:
            try:
                form = _check_text(file, source)
            except UnfitTextError as fault:
                lines = (line_number(file.path, offset) for offset in fault.offsets)
                raise UnfitFileError(f"{file.path} {fault.text.format(*lines)}.") from fault
            except (zlib.error, EOFError, gzip.BadGzipFile) as error:
                raise UnfitFileError(
                    f"{file.path} is not a complete gzip file: {error}."
                ) from error
        while source.read(CHUNK_BYTES):
            pass
    return FileScan(digest.hexdigest(), file.size_bytes, form)


class _HashedStream(io.RawIOBase):
    """Passes bytes through and hashes them on the way."""

    def __init__(self, stream: IO[bytes], digest: Hash, tell: Callable[[int], None]) -> None:
        self.stream = stream
        self.digest = digest
        self.tell_read = tell

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self.stream.read(size) or b""
        self.digest.update(data)
        self.tell_read(len(data))
        return data


def _check_text(file: DataFile, source: _HashedStream) -> TextForm:
    with open_bytes(file.path) as stream:
        mark = stream.read(len(codecs.BOM_UTF8))
    if mark.startswith(UTF_16_MARKS):
        raise UnfitTextError("is UTF-16 text; save it as CSV in UTF-8")
    mark_length = len(mark) if mark == codecs.BOM_UTF8 else 0
    delimiter = find_delimiter(read_head(file.path), file.table)
    encoding = EncodingCheck()
    quotes = QuoteCheck(delimiter, mark_length)
    content = _ContentCheck()
    plain = gzip.GzipFile(fileobj=source) if file.is_compressed else source
    while chunk := plain.read(CHUNK_BYTES):
        content.feed(chunk)
        encoding.feed(chunk)
        quotes.feed(chunk[mark_length:])
        mark_length = max(0, mark_length - len(chunk))
    quotes.finish()
    content.finish(quotes.has_cell_breaks)
    return TextForm(
        encoding.finish(), delimiter, quotes.has_cell_breaks, quotes.line_end, quotes.has_quotes
    )


class _ContentCheck:
    """Fed with the chunks of a file: raises where it is no table at all."""

    def __init__(self) -> None:
        self.start = 0
        self.carry = b"\n"
        self.has_content = False
        self.underline_at: int | None = None

    def feed(self, chunk: bytes) -> None:
        if b"\0" in chunk:
            raise UnfitTextError(
                "has a NUL byte on line {}: it is UTF-16 or not text at all; save it as CSV in "
                "UTF-8",
                self.start + chunk.index(b"\0"),
            )
        self.has_content = self.has_content or not chunk.isspace()
        # To look for one byte costs a tenth of looking for several.
        if any(mark in self.carry or mark in chunk for mark in CONFLICT_MARKS):
            self._find_conflict_marker(self.carry + chunk)
        self.start += len(chunk)
        self.carry = (self.carry + chunk[-CARRY_BYTES:])[-CARRY_BYTES:]

    def finish(self, has_cell_breaks: bool) -> None:
        self.feed(b"\n")
        if not self.has_content:
            raise UnfitTextError("is empty: it has no header and no rows")
        # A line of a cell may be underlined with equals signs.
        if self.underline_at is not None and not has_cell_breaks:
            self._refuse("=======", self.underline_at)

    def _find_conflict_marker(self, window: bytes) -> None:
        if not any(hint in window for hint in CONFLICT_HINTS):
            return
        for match in CONFLICT_MARKER.finditer(window):
            at = self.start - len(self.carry) + match.start()
            if not match[0].startswith(b"="):
                self._refuse(match[0].decode().strip(), at)
            if self.underline_at is None:
                self.underline_at = at

    def _refuse(self, marker: str, at: int) -> None:
        raise UnfitTextError(
            f"has a git conflict marker on line {{}} ({marker}); resolve the conflict first", at
        )
