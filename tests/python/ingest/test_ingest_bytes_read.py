"""Bytes that Spark has read of a file are told while it reads."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from lakehouse.ingest import bytes_read
from lakehouse.ingest.bytes_read import tell_bytes_read

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def session_of(*readings: tuple[int, ...]) -> tuple[SparkSession, threading.Event]:
    """A session whose running stages have read so much when asked; set when all was asked for."""
    left, is_read = list(readings), threading.Event()

    def active_stages() -> Any:
        now = left.pop(0) if left else ()
        if not left:
            is_read.set()
        stages = [SimpleNamespace(inputBytes=lambda read=read: read) for read in now]
        return SimpleNamespace(apply=stages.__getitem__, size=lambda: len(stages))

    store = SimpleNamespace(activeStages=active_stages)
    context = SimpleNamespace(sc=lambda: SimpleNamespace(statusStore=lambda: store))
    return cast(
        "SparkSession", SimpleNamespace(sparkContext=SimpleNamespace(_jsc=context))
    ), is_read


def test_only_what_was_read_since_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bytes_read, "EVERY_SECONDS", 0.001)
    session, is_read = session_of((), (100,), (100,), (150, 30), (), ())
    told: list[int] = []

    with tell_bytes_read(session, told.append):
        assert is_read.wait(10)

    assert told == [100, 80]


def test_spark_answers(spark: SparkSession) -> None:
    assert bytes_read._bytes_read(spark) == 0
