"""One streaming pass over a file: its hash, its encoding, and what makes it unfit to load."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TextIO

from lakehouse.errors import LakehouseError
from lakehouse.ingest.discover import DataFile

CHUNK_BYTES = 1 << 20
CARRY_BYTES = 16

UTF_8 = "utf-8"
LATIN_1 = "latin-1"

CONFLICT_MARKER = re.compile(rb"^(?:<{7} |>{7} |={7}\r?$)", re.MULTILINE)
# A quick search decides whether the pattern is worth running.
CONFLICT_HINTS = (b"\n<<<<<<< ", b"\n=======", b"\n>>>>>>> ")
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

# Latin-1 leaves 0x80-0x9f to control characters; files that use them are Windows-1252.
WINDOWS_1252 = {
    code: character
    for code in range(0x80, 0xA0)
    if (character := bytes([code]).decode("cp1252", errors="ignore"))
}


@dataclass(frozen=True)
class FileScan:
    """What the pass found.

    Attributes:
        sha256: hash of the file's bytes as they lie on disk.
        encoding: `utf-8` (with or without byte order mark) or `latin-1`.
    """

    sha256: str
    size_bytes: int
    encoding: str


class Hash(Protocol):
    """What this module needs of a hashlib object."""

    def update(self, data: bytes, /) -> None:
        """Takes more bytes."""


class UnfitFileError(LakehouseError):
    """A file that cannot be loaded as it is."""


def scan(file: DataFile) -> FileScan:
    """Hashes a file and checks its text, in flat memory.

    Raises:
        UnfitFileError: the file is empty, is not text, is UTF-16, mixes encodings, has git
            conflict markers, or is no gzip although its name says so.
    """
    if file.size_bytes == 0:
        raise UnfitFileError(f"{file.path} is empty (0 bytes).")
    digest = hashlib.sha256()
    with file.path.open("rb", buffering=0) as stream:
        source = _HashedStream(stream, digest)
        if file.is_workbook:
            _drain(source)
            return FileScan(digest.hexdigest(), file.size_bytes, UTF_8)
        text = _TextCheck(file.path, multiline=file.table.multiline)
        try:
            plain = gzip.GzipFile(fileobj=source) if file.is_compressed else source
            while chunk := plain.read(CHUNK_BYTES):
                text.feed(chunk)
        except (zlib.error, EOFError, gzip.BadGzipFile) as error:
            raise UnfitFileError(f"{file.path} is not a complete gzip file: {error}.") from error
        _drain(source)
    return FileScan(digest.hexdigest(), file.size_bytes, text.finish())


def open_text(path: Path, encoding: str) -> TextIO:
    """The file as text with its line ends as they are, gzip undone, without byte order mark."""
    name = "utf-8-sig" if encoding == UTF_8 else encoding
    if path.name.lower().endswith(".gz"):
        return gzip.open(path, "rt", encoding=name, newline="")
    return path.open(encoding=name, newline="")


class _HashedStream(io.RawIOBase):
    """Passes bytes through and hashes them on the way."""

    def __init__(self, stream: io.FileIO, digest: Hash) -> None:
        self.stream = stream
        self.digest = digest

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self.stream.read(size) or b""
        self.digest.update(data)
        return data


def _drain(source: _HashedStream) -> None:
    while source.read(CHUNK_BYTES):
        pass


class _TextCheck:
    """Fed with the chunks of a file; raises at the first thing that makes it unfit."""

    def __init__(self, path: Path, multiline: bool) -> None:
        self.path = path
        self.multiline = multiline
        self.decoder = codecs.getincrementaldecoder(UTF_8)()
        self.encoding = UTF_8
        self.has_multibyte = False
        self.has_content = False
        self.lines_before = 0
        self.carry = b"\n"

    def feed(self, chunk: bytes) -> None:
        if self.carry == b"\n" and chunk.startswith(UTF_16_MARKS):
            raise UnfitFileError(f"{self.path} is UTF-16 text; save it as CSV in UTF-8.")
        if b"\0" in chunk:
            line = self.lines_before + chunk[: chunk.index(b"\0")].count(b"\n") + 1
            raise UnfitFileError(
                f"{self.path} has a NUL byte on line {line}: it is UTF-16 or not text at all; "
                "save it as CSV in UTF-8."
            )
        self.has_content = self.has_content or not (chunk.isspace())
        self._decode(chunk)
        self._find_conflict_marker(chunk)
        self.lines_before += chunk.count(b"\n")
        self.carry = (self.carry + chunk)[-CARRY_BYTES:]

    def finish(self) -> str:
        if not self.has_content:
            raise UnfitFileError(f"{self.path} is empty: it has no header and no rows.")
        self._decode(b"", final=True)
        return self.encoding

    def _decode(self, chunk: bytes, final: bool = False) -> None:
        if self.encoding != UTF_8:
            return
        pending = self.decoder.getstate()[0]
        if chunk.isascii() and not pending:
            return
        try:
            self.decoder.decode(chunk, final)
            self.has_multibyte = self.has_multibyte or not final
        except UnicodeDecodeError as error:
            good = (pending + chunk)[: error.start]
            if self.has_multibyte or not good.isascii():
                line = self.lines_before + good.count(b"\n") + 1
                raise UnfitFileError(
                    f"{self.path} is UTF-8 at first but not on line {line}: it mixes encodings; "
                    "mend that line or save the file as UTF-8."
                ) from error
            self.encoding = LATIN_1

    def _find_conflict_marker(self, chunk: bytes) -> None:
        window = self.carry + chunk
        if not any(hint in window for hint in CONFLICT_HINTS):
            return
        for match in CONFLICT_MARKER.finditer(window):
            # A line of a cell may be underlined with equals signs where cells have lines.
            if self.multiline and match[0].startswith(b"="):
                continue
            line = self.lines_before + window[: match.start()].count(b"\n") + 1
            line -= self.carry.count(b"\n")
            raise UnfitFileError(
                f"{self.path} has a git conflict marker on line {line} "
                f"({match[0].decode().strip()}); resolve the conflict first."
            )
