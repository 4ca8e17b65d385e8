"""The bar of a load moves by the bytes that were read."""

from __future__ import annotations

from lakehouse.commands.load import LoadProgress
from lakehouse.ingest import FileLoad
from lakehouse.ingest.report import ALREADY_LOADED, LOADED


def file_load(source_file: str, status: str) -> FileLoad:
    return FileLoad("rees46", "rees46__events", source_file, 1, 0, status, 0.0)


def test_the_bar_moves_within_a_file_and_ends_full() -> None:
    moves: list[tuple[int, int, str]] = []
    progress = LoadProgress(lambda *move: moves.append(move))

    progress.start(2, 100, [])
    progress.checking("a.csv", 60)
    progress.read("a.csv", 25)
    assert moves[-1] == (25, 200, "checking a.csv")
    progress.read("a.csv", 35)
    progress.checking("b.csv", 40)
    progress.read("b.csv", 40)
    progress.loading("a.csv", "rees46__events")
    progress.read("a.csv", 10)
    assert moves[-1] == (110, 200, "a.csv → rees46__events")
    # Spark counts what it reads beyond a file's end for a line, too.
    progress.read("a.csv", 1000)
    assert moves[-1][0] == 160
    progress.file_done(file_load("a.csv", LOADED))
    progress.file_done(file_load("b.csv", ALREADY_LOADED))
    assert moves[-1][:2] == (200, 200)
