"""A gateway as a process of its own, and what clients say to it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lakehouse.gateway.client import connect
from lakehouse.lake import Lake
from lakehouse.session import PROJECT_DIR

SECONDS_TO_START = 600
# A server of some minutes is over before code that is compiled well pays for it.
SHORT_LIVED = "--conf spark.driver.defaultJavaOptions=-XX:TieredStopAtLevel=1 pyspark-shell"
SECONDS_TO_ANSWER = 300


@dataclass(frozen=True)
class Served:
    """A gateway that runs.

    Attributes:
        lake: that it serves.
        port: of 127.0.0.1.
        process: which it is.
        said: the file of what it prints.
        audit: the file of what was asked.
    """

    lake: Lake
    port: int
    process: subprocess.Popen[bytes]
    said: Path
    audit: Path

    @property
    def url(self) -> str:
        """For clients of JDBC."""
        return f"jdbc:hive2://127.0.0.1:{self.port}/gold"

    @contextmanager
    def cursor(self, user: str = "ann") -> Iterator[Any]:
        """A cursor of PyHive."""
        with (
            closing(connect("127.0.0.1", self.port, user, seconds=SECONDS_TO_ANSWER)) as connection,
            closing(connection.cursor()) as cursor,
        ):
            yield cursor

    def ask(self, statement: str, user: str = "ann") -> list[tuple[Any, ...]]:
        """The rows of a statement, in a session of its own."""
        with self.cursor(user) as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())

    def wait_for(self, text: str) -> None:
        """Waits until the gateway has said something."""
        wait_until(lambda: text in self.said.read_text(), f"the gateway says {text!r}")


def message(error: Exception) -> str:
    """What the server said, of an error of PyHive."""
    status = getattr(error.args[0], "status", None)
    return str(getattr(status, "errorMessage", None) or error)


def wait_until(is_so: Any, what: str, seconds: float = SECONDS_TO_ANSWER) -> None:
    """Waits for a condition, and fails if it does not come."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, f"not so after {seconds} s: {what}"
        time.sleep(0.1)


def free_port() -> int:
    """A port that nobody listens on."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return int(server.getsockname()[1])


@contextmanager
def served(
    lake: Lake, folder: Path, *options: str, variables: Mapping[str, str] | None = None
) -> Iterator[Served]:
    """A gateway of a lake that answers; it is stopped as a user would, and must end well."""
    folder.mkdir(parents=True, exist_ok=True)
    port, said, audit = free_port(), folder / "said.txt", folder / "audit.jsonl"
    command = [sys.executable, "-m", "lakehouse", "serve", "--port", str(port), "--memory", "2g"]
    environment = os.environ | lake.environment | {"LAKE_CATALOG_DIR": str(folder / "catalog")}
    for name in ("LAKE_SUBMIT_ARGS", "SPARK_CONF_DIR"):
        environment.pop(name, None)
    environment["PYSPARK_SUBMIT_ARGS"] = SHORT_LIVED
    with said.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--audit-log", str(audit), *options],
            cwd=PROJECT_DIR,
            env=environment | dict(variables or {}),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    gateway = Served(lake, port, process, said, audit)
    try:
        wait_until(
            lambda: "is served at" in said.read_text() or process.poll() is not None,
            "the gateway starts",
            SECONDS_TO_START,
        )
        assert process.poll() is None, said.read_text()
        yield gateway
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS_TO_ANSWER) == 0, said.read_text()
        assert said.read_text().endswith("Stopping\n")
    finally:
        process.kill()
        process.wait()
