"""Runs the chunks of a plan on a few threads and writes their lines in order.

Only as many chunks as there are threads, and one more, exist at a time, so memory does not grow
with the size of the files. numpy and Arrow release the interpreter lock, so threads are enough.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from lakehouse.generate.plan import Chunk, Pieces, ShopPlan

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class GeneratedFile:
    """A file that was written: where, its data rows (the header not counted) and its size."""

    path: Path
    rows: int
    bytes: int


def write_shop(
    plan: ShopPlan, out: Path, workers: int, progress: Progress | None
) -> list[GeneratedFile]:
    """Write the files of one shop into `out`; they appear together when all are complete.

    Args:
        plan: the files and their chunks.
        out: the folder of the shop; made if it is not there. Files of the same names are replaced.
        workers: how many threads make chunks.
        progress: called with the shop, the rows written and the rows expected, after each chunk.

    Returns:
        The files in the order of the plan.

    Raises:
        OSError: the folder cannot be written to, or the disk is full; nothing is left behind.
    """
    out.mkdir(parents=True, exist_ok=True)
    partial = {name: out / f".{name}.{os.getpid()}.partial" for name in plan.rows}
    rows: dict[str, int] = {}
    try:
        with ExitStack() as stack:
            files = {name: stack.enter_context(path.open("wb")) for name, path in partial.items()}
            for chunk in _in_order(plan.chunks, workers):
                for name, lines in chunk.items():
                    if name not in rows:
                        files[name].write(lines.header)
                    files[name].write(lines.data)
                    rows[name] = rows.get(name, 0) + lines.count
                if progress is not None:
                    progress(plan.shop, sum(rows.values()), sum(plan.rows.values()))
        sizes = {name: path.stat().st_size for name, path in partial.items()}
        for name, path in partial.items():
            path.replace(out / name)
    finally:
        for path in partial.values():
            path.unlink(missing_ok=True)
    return [GeneratedFile(out / name, rows.get(name, 0), sizes[name]) for name in plan.rows]


def _in_order(chunks: Sequence[Chunk], workers: int) -> Iterator[Pieces]:
    if workers < 2 or len(chunks) < 2:
        for chunk in chunks:
            yield chunk()
        return
    waiting: deque[Future[Pieces]] = deque()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="generate")
    try:
        for chunk in chunks:
            waiting.append(pool.submit(chunk))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
