"""Whatever is thrown reaches the user as a sentence, a log and an exit code, never as a trace."""

from __future__ import annotations

import errno
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lakehouse.errors import ExitCode, LakehouseError, MachineError
from lakehouse.failures import guarded, meaningful_line
from lakehouse.lock import LakeBusyError
from lakehouse.whole_file import whole_file

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

JAVA_TEXT = """An error occurred while calling o60.save.
: org.apache.spark.SparkException: [TASK_WRITE_FAILED] Task failed while writing rows.
\tat org.apache.spark.sql.Dataset.save(Dataset.scala:1)
Caused by: org.apache.spark.SparkException: in between
\tat org.apache.spark.x(Y.scala:2)
Caused by: java.io.IOException: No space left on device
\t... 3 more
"""


class Told:
    """What a command that fails says and how it ends."""

    def __init__(self, code: int, said: str) -> None:
        self.code = code
        self.said = said
        first, *rest = said.splitlines()
        self.sentence = first
        found = [re.search(r"The whole story: (\S+\.log)", line) for line in rest]
        self.log = next((Path(match[1]) for match in found if match), None)


@pytest.fixture
def told(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Callable[[], None]], Told]:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def run(step: Callable[[], None]) -> Told:
        with pytest.raises(SystemExit) as ended:
            guarded(step)()
        said = capfd.readouterr().err
        assert "Traceback" not in said
        assert isinstance(ended.value.code, int)
        return Told(ended.value.code, said)

    return run


def _raises(error: BaseException) -> Callable[[], None]:
    def step() -> None:
        raise error

    return step


@pytest.mark.parametrize(
    ("error", "code", "parts"),
    [
        (
            OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/lake/x"),
            ExitCode.MACHINE,
            ("/lake/x", "No space left on device", "Free some space"),
        ),
        (
            PermissionError(errno.EACCES, os.strerror(errno.EACCES), "/lake/_catalog"),
            ExitCode.MACHINE,
            ("/lake/_catalog", "Permission denied", "name another folder"),
        ),
        (
            OSError(errno.EROFS, os.strerror(errno.EROFS), "/lake"),
            ExitCode.MACHINE,
            ("/lake: Read-only file system", "name another folder"),
        ),
        (
            OSError("Generic LocalFileSystem error: Permission denied (os error 13)"),
            ExitCode.MACHINE,
            ("Permission denied", "name another folder"),
        ),
        (KeyError("shop"), ExitCode.BUG, ("defect of lakehouse", "KeyError: 'shop'")),
        (EOFError(), ExitCode.BUG, ("EOFError",)),
    ],
)
def test_what_the_machine_or_a_defect_throws(
    told: Callable[[Callable[[], None]], Told],
    error: Exception,
    code: ExitCode,
    parts: tuple[str, ...],
) -> None:
    failure = told(_raises(error))
    assert failure.code == code
    assert failure.sentence.startswith("lakehouse: ")
    assert all(part in failure.sentence for part in parts), failure.sentence
    assert failure.log is not None
    assert "Traceback (most recent call last)" in failure.log.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (LakehouseError("Mend this."), ExitCode.FAILED),
        (LakeBusyError("Wait."), ExitCode.BUSY),
        (MachineError("No room."), ExitCode.MACHINE),
    ],
)
def test_what_a_user_can_mend_has_no_log(
    told: Callable[[Callable[[], None]], Told], error: LakehouseError, code: ExitCode
) -> None:
    failure = told(_raises(error))
    assert (failure.code, failure.said) == (code, f"lakehouse: {error}\n")


def test_an_interruption(told: Callable[[Callable[[], None]], Told]) -> None:
    failure = told(_raises(KeyboardInterrupt()))
    assert (failure.code, failure.said) == (130, "lakehouse: interrupted\n")


def test_a_disk_too_full_for_the_log_too(
    told: Callable[[Callable[[], None]], Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def no_room(*_: object, **__: object) -> None:
        raise full

    monkeypatch.setattr("tempfile.NamedTemporaryFile", no_room)
    failure = told(_raises(full))
    assert failure.code == ExitCode.MACHINE
    assert "No log could be written" in failure.said


def test_the_innermost_cause_says_most() -> None:
    assert meaningful_line(JAVA_TEXT) == "IOException: No space left on device"
    assert meaningful_line("\n[UNRESOLVED] no column x\n'Project") == "[UNRESOLVED] no column x"
    assert meaningful_line("An error occurred while calling o1.x.\n: java.lang.Y: z") == "Y: z"
    assert meaningful_line("") == "it does not say why"


def test_what_spark_throws(told: Callable[[Callable[[], None]], Told], spark: SparkSession) -> None:
    failure = told(lambda: spark.sql("select * from no_such_table").show())
    assert failure.code == ExitCode.SPARK
    assert "Spark failed: [TABLE_OR_VIEW_NOT_FOUND]" in failure.sentence
    assert failure.log is not None
    assert "Traceback" in failure.log.read_text(encoding="utf-8")


def test_a_full_disk_under_spark(
    told: Callable[[Callable[[], None]], Told], spark: SparkSession
) -> None:
    jvm = spark.sparkContext._jvm
    assert jvm is not None

    def write_where_there_is_no_room() -> None:
        file = jvm.java.io.FileOutputStream("/dev/full")
        file.write(1)

    failure = told(write_where_there_is_no_room)
    assert failure.code == ExitCode.MACHINE
    assert "No space left on device. Free some space" in failure.sentence


def test_spark_writes_where_it_may_not(
    told: Callable[[Callable[[], None]], Told], spark: SparkSession, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    failure = told(
        lambda: spark.range(1).write.format("delta").save(str(tmp_path / "file" / "table"))
    )
    assert failure.code == ExitCode.MACHINE
    assert f"{tmp_path}/file. Give this user" in failure.sentence


def test_the_jvm_is_gone(
    told: Callable[[Callable[[], None]], Told],
    spark: SparkSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from pyspark.errors import PySparkRuntimeError

    class Ended:
        @staticmethod
        def poll() -> int:
            return -signal.SIGKILL

    monkeypatch.setattr(spark.sparkContext._gateway, "proc", Ended)
    for error in (
        PySparkRuntimeError("Answer from Java side is empty"),
        LakehouseError("dbt stopped: Error while sending or receiving"),
    ):
        failure = told(_raises(error))
        assert failure.code == ExitCode.SPARK
        assert "Spark's process ended" in failure.sentence


def test_a_file_that_cannot_be_written_names_it(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(MachineError, match=r"report\.html cannot be written: File exists"),
        whole_file(tmp_path / "file" / "report.html") as partial,
    ):
        partial.write_text("never")


def _started(*arguments: str, **variables: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "lakehouse", *arguments],
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_ctrl_c(tmp_path: Path) -> None:
    command = _started("generate", "--out", str(tmp_path / "raw"), "--scale", "50")
    while command.poll() is None and not list(tmp_path.glob("raw/*/*")):
        time.sleep(0.05)
    command.send_signal(signal.SIGINT)
    _, said = command.communicate()
    assert (command.returncode, said) == (130, "lakehouse: interrupted\n")


def test_a_reader_that_has_read_enough() -> None:
    command = _started("env")
    assert command.stdout is not None
    command.stdout.close()
    assert command.wait() == ExitCode.PIPE_CLOSED
    assert command.stderr is not None
    assert command.stderr.read() == ""


@pytest.mark.parametrize("arguments", [("register",), ("generate", "--out", "/sys/raw")])
def test_a_folder_without_rights(arguments: tuple[str, ...]) -> None:
    command = _started(*arguments, LAKE_ROOT="/sys/lake")
    _, said = command.communicate()
    assert command.returncode == ExitCode.MACHINE
    assert said.startswith("lakehouse: /sys/")
    assert "name another folder" in said
    assert "Traceback" not in said
