"""How a failure reaches the user: one sentence, an exit code, and the whole story in a log.

Every command runs guarded, so that what Spark, a disk or a defect throws is told in one place.
"""

from __future__ import annotations

import errno
import functools
import io
import logging
import os
import re
import shlex
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec

from lakehouse.errors import ExitCode, LakehouseError
from lakehouse.lake import Lake

P = ParamSpec("P")
MAX_LENGTH = 400
_FREE_SPACE = "Free some space, then run it again."
_ANOTHER_FOLDER = "Give this user the right to it, or name another folder."
# What stands in the text of a refusal, Python's or Java's, and what to do about it.
_REFUSALS = {
    os.strerror(errno.ENOSPC): _FREE_SPACE,
    os.strerror(errno.EDQUOT): _FREE_SPACE,
    os.strerror(errno.EACCES): _ANOTHER_FOLDER,
    os.strerror(errno.EPERM): _ANOTHER_FOLDER,
    os.strerror(errno.EROFS): _ANOTHER_FOLDER,
    "AccessDeniedException": _ANOTHER_FOLDER,
    "ParentNotDirectoryException": _ANOTHER_FOLDER,
}
_MORE_MEMORY = "Give it more memory: spark.driver.memory in profiles/spark-defaults.conf."
_CAUSE = re.compile(r"^\s*Caused by: (.+)$", re.MULTILINE)
_JAVA_CLASS = re.compile(r"^(?:[a-z][\w$]*\.)+(?=[A-Z])")


@dataclass(frozen=True)
class Failure:
    """What to tell of an error, and whether its trace is worth a log."""

    sentence: str
    exit_code: ExitCode
    is_logged: bool = True


def guarded(step: Callable[P, None]) -> Callable[P, None]:
    """The step, with its errors told and turned into exit codes; its signature stays."""

    @functools.wraps(step)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        _library_errors()
        try:
            step(*args, **kwargs)
            sys.stdout.flush()
        except KeyboardInterrupt:
            print("lakehouse: interrupted", file=sys.stderr)
            sys.exit(ExitCode.INTERRUPTED)
        except BrokenPipeError:
            # Whoever read has read enough. What is still buffered has nowhere to go.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(ExitCode.PIPE_CLOSED)
        except Exception as error:
            failure = explain(error)
            print(f"lakehouse: {failure.sentence}", file=sys.stderr)
            if failure.is_logged:
                print(_logged(error), file=sys.stderr)
            sys.exit(failure.exit_code)

    return run


def explain(error: Exception) -> Failure:
    """What an error says to the user, whoever raised it."""
    if _spark_has_ended():
        # Whatever was said of it since, dbt's own errors too, comes from this.
        return Failure(f"Spark's process ended while it worked. {_MORE_MEMORY}", ExitCode.SPARK)
    if isinstance(error, LakehouseError):
        return Failure(str(error), error.exit_code, error.exit_code == ExitCode.SPARK)
    text = _text(error)
    line = meaningful_line(text)
    advice = next((advice for mark, advice in _REFUSALS.items() if mark in text), None)
    if isinstance(error, OSError):
        what = ": ".join(str(part) for part in (error.filename, error.strerror) if part)
        return Failure(_sentence(what or line, advice), ExitCode.MACHINE)
    if _is_of_spark(error):
        if advice is not None:
            return Failure(_sentence(line, advice), ExitCode.MACHINE)
        memory = _MORE_MEMORY if "OutOfMemoryError" in text else None
        return Failure(_sentence(f"Spark failed: {line}", memory), ExitCode.SPARK)
    return Failure(
        _sentence(f"This is a defect of lakehouse: {type(error).__name__}: {line}", None),
        ExitCode.BUG,
    )


def meaningful_line(text: str) -> str:
    """The line of an error's text that says most: Java's innermost cause, else the first one."""
    causes = _CAUSE.findall(text)
    lines = [line.strip(" :") for line in text.splitlines() if line.strip(" :")]
    if not causes and len(lines) > 1 and lines[0].startswith("An error occurred while calling"):
        lines = lines[1:]
    line = causes[-1] if causes else (lines or ["it does not say why"])[0]
    line = _JAVA_CLASS.sub("", line)
    return line if len(line) <= MAX_LENGTH else f"{line[:MAX_LENGTH]}…"


def _sentence(what: str, advice: str | None) -> str:
    ended = what if what.endswith((".", "…")) else f"{what}."
    return f"{ended} {advice}" if advice else ended


def _text(error: Exception) -> str:
    """All that an error says, Java's stack included; Spark's errors ask the JVM for theirs."""
    try:
        return f"{error}\n{getattr(error, '_stackTrace', None) or ''}"
    except Exception:
        return type(error).__name__


def _is_of_spark(error: Exception) -> bool:
    packages = {kind.__module__.partition(".")[0] for kind in type(error).__mro__}
    return bool(packages & {"pyspark", "py4j"})


def _spark_has_ended() -> bool:
    """Whether this process had a JVM that is no more."""
    if "pyspark" not in sys.modules:
        return False
    from pyspark import SparkContext

    process = getattr(SparkContext._gateway, "proc", None)
    return process is not None and process.poll() is not None


@functools.cache
def _library_errors() -> io.StringIO:
    """What libraries log as errors: kept for the log, since they send traces to the screen."""
    kept = io.StringIO()
    handler = logging.StreamHandler(kept)
    handler.setLevel(logging.ERROR)
    logging.getLogger().addHandler(handler)
    return kept


def _logged(error: Exception) -> str:
    """Writes all that is known to a file and says where; the lake may be what refused."""
    story = [shlex.join(sys.argv), _library_errors().getvalue(), *traceback.format_exception(error)]
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="lakehouse-", suffix=".log", delete=False, encoding="utf-8"
        ) as log:
            log.write("\n".join(story))
    except OSError as refused:
        return f"  No log could be written: {refused}"
    of_spark = Lake.from_environment().catalog_dir / "spark.log"
    return f"  The whole story: {log.name}" + (
        f"; Spark's own: {of_spark}" if "pyspark" in sys.modules and of_spark.exists() else ""
    )
