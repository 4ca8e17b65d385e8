"""What is told of a product: its group, which tier told it, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum

import pyarrow as pa

from lakehouse.errors import LakehouseError


class Tier(StrEnum):
    """Who tells a group, the best first."""

    ENDPOINT = "endpoint"
    CLASSIFIER = "classifier"
    RULES = "rules"


@dataclass(frozen=True)
class GroupLabel:
    """A product's group.

    Attributes:
        description: the product's name after cleaning.
        group_id: its group.
        tier: who told it.
        confidence: how sure it is, 0 to 1: as the endpoint's model says of itself, as the
            classifier's calibrated probability, or as the share of read labels in which the rules
            were right.
        evidence: by what it was told: the name of a model, or the words of a keyword; empty where
            rules found none.

    Raises:
        LakehouseError: the confidence is not between 0 and 1.
    """

    description: str
    group_id: str
    tier: Tier
    confidence: float
    evidence: str

    def __post_init__(self) -> None:
        """Holds the confidence to its range; not a number is out of it."""
        if not 0 <= self.confidence <= 1:
            raise LakehouseError(
                f"The confidence of {self.description} must be between 0 and 1, "
                f"not {self.confidence}."
            )


_TEXTS = ("description", "group_id", "tier", "evidence")
SCHEMA = pa.schema([pa.field(name, pa.string(), nullable=False) for name in _TEXTS]).append(
    pa.field("confidence", pa.float64(), nullable=False)
)


def to_table(labels: Iterable[GroupLabel]) -> pa.Table:
    """The labels as rows of `SCHEMA`."""
    return pa.Table.from_pylist([asdict(label) for label in labels], schema=SCHEMA)
