"""Errors that a user can act on: one sentence each, no stack trace, an exit code for scripts."""

from enum import IntEnum


class ExitCode(IntEnum):
    """How `lakehouse` ends; README.md has them for users.

    `lakehouse build` and `lakehouse dbt` end as dbt does: 1 when something failed, 2 when dbt could
    not run.
    """

    FAILED = 1
    USAGE = 2
    REJECTED = 3
    BUSY = 4
    MACHINE = 5
    SPARK = 6
    BUG = 70
    INTERRUPTED = 130
    PIPE_CLOSED = 141


class LakehouseError(Exception):
    """Something the user can mend: a file, a setting, a port. The text says what and how."""

    exit_code = ExitCode.FAILED


class MachineError(LakehouseError):
    """The machine refused: no room on a disk, no right to a folder, a file that went away."""

    exit_code = ExitCode.MACHINE


class SparkError(LakehouseError):
    """Spark did not start, failed or ended."""

    exit_code = ExitCode.SPARK
