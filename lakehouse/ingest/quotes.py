"""Where the quoted cells of a file begin and end, and which line breaks lie inside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lakehouse.ingest.text import UnfitTextError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Positions = NDArray[np.intp]
    Codes = NDArray[np.uint8]

QUOTE, LINE_FEED, CARRIAGE_RETURN = b'"\n\r'
# Stands for a byte that begins and ends nothing.
OTHER = b"x"


class QuoteCheck:
    """Fed with a file's chunks, in flat memory, wherever they are cut.

    RFC 4180: a quote opens a cell only as its first character; inside, two quotes are one, and the
    next single one closes the cell, which must end there. A quote within an unquoted cell is a
    character like any other (`12" PLATE`).

    Attributes:
        has_quotes: there is a quote, whether it opens a cell or is a character.
        has_cell_breaks: some quoted cell holds a line break.
    """

    def __init__(self, delimiter: str, start: int = 0) -> None:
        """Starts at the file's byte `start`, behind a byte order mark."""
        self.has_quotes = self.has_cell_breaks = False
        self._edges = bytes((*delimiter.encode(), QUOTE, LINE_FEED, CARRIAGE_RETURN))
        self._is_edge = np.isin(np.arange(256), list(self._edges))
        # The last byte that was judged, and the next, which waits for the one after it.
        self._window = b"\n"
        self._start = start - 1
        self._is_inside = False
        self._opened_at = 0
        self._has_line_feeds = self._has_crlf = False
        self._lone_return_at: int | None = None

    @property
    def line_end(self) -> str:
        r"""The end of the file's lines: `\n`, `\r\n` (if any line ends so) or `\r`."""
        if self._lone_return_at is not None:
            return "\r"
        return "\r\n" if self._has_crlf else "\n"

    def feed(self, chunk: bytes) -> None:
        """Takes the next bytes.

        Raises:
            UnfitTextError: text follows a closing quote, or the line ends are ambiguous.
        """
        self._window += chunk
        if len(self._window) > 2:
            self._judge()

    def finish(self) -> None:
        """Judges what is left; raises as `feed` does, and for a cell that is never closed."""
        self.feed(b"\r")
        if self._is_inside:
            raise UnfitTextError(
                "opens a quoted cell on line {} and never closes it", self._opened_at
            )

    def _judge(self) -> None:
        """Judges all bytes of the window but its first, which was, and its last."""
        window = self._window
        context = window[-2:-1]
        if self._is_inside or b'"' in window or b"\r" in window:
            codes = np.frombuffer(window, np.uint8)
            quotes = np.flatnonzero(codes[1:-1] == QUOTE) + 1
            self.has_quotes = self.has_quotes or quotes.size > 0
            if not self._are_regular(quotes, codes):
                quotes = self._without_characters(quotes, window)
            if context == b'"' and not (quotes.size and quotes[-1] == len(window) - 2):
                context = OTHER
            self._note_line_ends(quotes, codes)
            self._note_opening(quotes, codes)
        elif window.find(b"\n", 1, -1) > 0:
            self._note_kinds(has_line_feeds=True)
        self._window = context + window[-1:]
        self._start += len(window) - 2

    def _are_regular(self, quotes: Positions, codes: Codes) -> bool:
        """Whether every quote opens, closes or doubles; the rule for most files, at once."""
        openings, closings = self._split(quotes)
        return bool(
            self._is_edge[codes[openings - 1]].all() and self._is_edge[codes[closings + 1]].all()
        )

    def _split(self, quotes: Positions) -> tuple[Positions, Positions]:
        """Quotes that open a cell, and those that close one; a doubled one closes and opens."""
        return quotes[int(self._is_inside) :: 2], quotes[int(not self._is_inside) :: 2]

    def _without_characters(self, quotes: Positions, window: bytes) -> Positions:
        """The quotes that open or close; those inside unquoted cells are left out."""
        real: list[int] = []
        is_inside = self._is_inside
        opened_at = self._opened_at
        closed = 0 if window[0] == QUOTE and not is_inside else -1
        for at in quotes.tolist():
            if is_inside:
                if window[at + 1] not in self._edges:
                    raise UnfitTextError(
                        "has text on line {} after the quote that closes a cell opened on line {}; "
                        "quotes inside a quoted cell must be doubled",
                        self._start + at,
                        opened_at,
                    )
                closed = at
            elif window[at - 1] != QUOTE and window[at - 1] in self._edges:
                opened_at = self._start + at
            elif closed != at - 1:
                continue
            is_inside = not is_inside
            real.append(at)
        return np.array(real, np.intp)

    def _note_line_ends(self, quotes: Positions, codes: Codes) -> None:
        ends = np.flatnonzero((codes[1:-1] == LINE_FEED) | (codes[1:-1] == CARRIAGE_RETURN)) + 1
        is_in_cell = (np.searchsorted(quotes, ends) + self._is_inside) % 2 == 1
        self.has_cell_breaks = self.has_cell_breaks or bool(is_in_cell.any())
        ends = ends[~is_in_cell]
        returns = ends[codes[ends] == CARRIAGE_RETURN]
        lone = returns[codes[returns + 1] != LINE_FEED]
        self._note_kinds(
            has_line_feeds=bool((codes[ends] == LINE_FEED).any()),
            has_crlf=returns.size > lone.size,
            lone_return_at=self._start + int(lone[0]) if lone.size else None,
        )

    def _note_kinds(
        self, has_line_feeds: bool, has_crlf: bool = False, lone_return_at: int | None = None
    ) -> None:
        self._has_line_feeds = self._has_line_feeds or has_line_feeds
        self._has_crlf = self._has_crlf or has_crlf
        if self._lone_return_at is None:
            self._lone_return_at = lone_return_at
        if self._has_line_feeds and self._lone_return_at is not None:
            raise UnfitTextError(
                "has a carriage return alone on line {}, outside quotes, though its lines end in "
                "line feeds: it may end a row or not",
                self._lone_return_at,
            )

    def _note_opening(self, quotes: Positions, codes: Codes) -> None:
        openings, _ = self._split(quotes)
        openings = openings[codes[openings - 1] != QUOTE]
        if openings.size:
            self._opened_at = self._start + int(openings[-1])
        self._is_inside = self._is_inside != bool(quotes.size % 2)
