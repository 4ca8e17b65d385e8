"""The encoding is that of the whole file, wherever its chunks are cut."""

from __future__ import annotations

import pytest

from lakehouse.ingest.encodings import EncodingCheck
from lakehouse.ingest.text import LATIN_1, UTF_8, UnfitTextError

UTF_8_BYTES = "é€😀".encode()


def judged(content: bytes, *cuts: int) -> str:
    """The encoding of bytes that are fed in pieces, or what was wrong and where."""
    check = EncodingCheck()
    try:
        for start, end in zip((0, *cuts), (*cuts, len(content)), strict=True):
            check.feed(content[start:end])
        return check.finish()
    except UnfitTextError as fault:
        return f"{fault.text.split()[0]} {fault.offsets}"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"plain", UTF_8),
        (b"a" + UTF_8_BYTES + b"b", UTF_8),
        (UTF_8_BYTES, UTF_8),
        (b"abc\xe9", LATIN_1),
        (b"\xe9abc", LATIN_1),
        (b"a\xe9\xe8\xe0b", LATIN_1),
        (b"\xe2\x82", LATIN_1),
        (b"\xf0\x9f\x98", LATIN_1),
        (b"\xa380 \x80", LATIN_1),
        (b"ab\xe9cd" + UTF_8_BYTES, "mixes (5, 2)"),
        (b"ab" + UTF_8_BYTES + b"cd\xe9", "mixes (2, 13)"),
        (UTF_8_BYTES + b"\xe9", "mixes (0, 9)"),
        (b"\xe9" + UTF_8_BYTES, "mixes (1, 0)"),
        (b"a\xc0\xaf", LATIN_1),
        (b"\xed\xa0\x80", LATIN_1),
        (b"ab\xe9c\x8d", "is (4,)"),
        (b"a\n\xef\xbb\xbfb", "has (2,)"),
        (b"\xef\xbb\xbfa\xef\xbb\xbf", UTF_8),
    ],
)
def test_wherever_it_is_cut(content: bytes, expected: str) -> None:
    places = range(len(content) + 1)

    assert judged(content) == expected
    assert {judged(content, *places)} == {expected}
    assert {judged(content, one, other) for one in places for other in places if one <= other} == {
        expected
    }
