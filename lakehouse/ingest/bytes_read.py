"""How much Spark has read of a file while it still reads it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

EVERY_SECONDS = 0.5


@contextmanager
def tell_bytes_read(spark: SparkSession, tell: Callable[[int], None]) -> Iterator[None]:
    """Tells twice a second how many more bytes the running stages have read, during the block.

    Spark's own figures, wherever its executors are: a task counts with each of its heartbeats.
    """
    is_over = threading.Event()

    def follow() -> None:
        told = 0
        while not is_over.wait(EVERY_SECONDS):
            read = _bytes_read(spark)
            if read > told:
                tell(read - told)
                told = read

    follower = threading.Thread(target=follow, daemon=True)
    follower.start()
    try:
        yield
    finally:
        is_over.set()
        follower.join()


def _bytes_read(spark: SparkSession) -> int:
    """What the stages that run now have read so far."""
    context = spark.sparkContext._jsc
    assert context is not None
    stages = context.sc().statusStore().activeStages()
    return sum(int(stages.apply(number).inputBytes()) for number in range(stages.size()))
