"""What a statement may take of the gateway."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What a statement may take; the defaults are those of the command.

    Attributes:
        seconds: until a statement is cancelled.
        rows: of a result.
        megabytes: of a result, as Spark holds it.
        memory: of the server's Java, as Spark writes it: `4g`.
        patience: seconds that the server may take to answer, until it is started anew.
    """

    seconds: int = 600
    rows: int = 1_000_000
    megabytes: int = 128
    memory: str = "4g"
    patience: float = 60


DEFAULTS = Limits()
