"""Files that appear when they are complete, in the place of older ones."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lakehouse.errors import MachineError


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A file beside the path to write to; the path has it if and only if the block succeeds.

    Raises:
        MachineError: the folder cannot be made or written to; it names the path.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        partial.replace(path)
    except OSError as error:
        raise MachineError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            partial.unlink()
