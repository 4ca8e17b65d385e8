"""Addresses to listen on: this machine's own unless a user says otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from lakehouse.errors import MachineError

LOCALHOST = "127.0.0.1"


@contextmanager
def listening(host: str, port: int) -> Iterator[None]:
    """Tells in a sentence that a port, which the block listens on, cannot be had.

    Raises:
        MachineError: it is taken, or its address is not this machine's.
    """
    try:
        yield
    except OSError as error:
        raise MachineError(
            f"Port {port} of {host} cannot be listened on ({error.strerror}): name another with "
            "--port."
        ) from error
