"""Which encoding a whole file is in: UTF-8, or else Windows-1252, and never both."""

from __future__ import annotations

import codecs
import re

from lakehouse.ingest.text import LATIN_1, UTF_8, UnfitTextError

# The bytes that Windows-1252 leaves undefined.
NO_CHARACTER = b"\x81\x8d\x8f\x90\x9d"
LATER_MARK = re.compile(rb"[\r\n]" + codecs.BOM_UTF8)


class EncodingCheck:
    """Fed with a file's chunks, in flat memory, wherever they are cut.

    A file whose every byte is valid UTF-8 is UTF-8. One that has other bytes beyond ASCII, and no
    sequence of bytes beyond ASCII that is valid UTF-8, is Windows-1252 (of which Latin-1 is a
    part). One that has both mixes encodings: whatever it is read as, some of it would be wrong.
    """

    def __init__(self) -> None:
        """Starts at the file's first byte."""
        self._fed = 0
        self._before = b""
        self._pending = b""
        self._utf_8_at: int | None = None
        self._other_at: int | None = None

    def feed(self, chunk: bytes) -> None:
        """Takes the next bytes.

        Raises:
            UnfitTextError: encodings are mixed, or files were joined with their byte order marks.
        """
        self._take(chunk, final=False)

    def finish(self) -> str:
        """The encoding, after the last chunk; raises as `feed` does."""
        self._take(b"", final=True)
        return UTF_8 if self._other_at is None else LATIN_1

    def _take(self, chunk: bytes, final: bool) -> None:
        window = self._pending + chunk
        start = self._fed - len(self._pending)
        self._fed += len(chunk)
        self._pending = b""
        if not window.isascii():
            self._judge(window, start, final)
        self._before = (self._before + window[: len(window) - len(self._pending)])[-1:]

    def _judge(self, window: bytes, start: int, final: bool) -> None:
        if mark := LATER_MARK.search(self._before + window):
            at = start - len(self._before) + mark.start() + 1
            raise UnfitTextError(
                "has a byte order mark on line {}: two files were joined there", at
            )
        try:
            text, consumed = codecs.utf_8_decode(window, "strict", final)
        except UnicodeDecodeError as error:
            if self._other_at is None:
                self._other_at = start + error.start
            text, consumed = codecs.utf_8_decode(window, "ignore", final)
        if self._utf_8_at is None and not text.isascii():
            first = next(character for character in text if not character.isascii())
            self._utf_8_at = start + window.index(first.encode())
        self._pending = window[consumed:]
        if self._other_at is None:
            return
        if self._utf_8_at is not None:
            raise UnfitTextError(
                "mixes encodings: line {} is UTF-8, line {} is not; mend one of them, or save the "
                "file as UTF-8",
                self._utf_8_at,
                self._other_at,
            )
        if unknown := next((code for code in NO_CHARACTER if code in window), None):
            raise UnfitTextError(
                f"is neither UTF-8 nor Windows-1252: neither has the byte {unknown:#x} of line {{}}"
                "; save it as UTF-8",
                start + window.index(unknown),
            )
