"""Product names whose group a reader told: what every way of telling groups is judged by."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lakehouse.errors import LakehouseError
from lakehouse.session import PROJECT_DIR
from ml.groups.taxonomy import Taxonomy, read_seed

PRODUCT_GROUP_LABELS = PROJECT_DIR / "seeds" / "product_group_labels.csv"
SAMPLE_SEED = 20110912
SAMPLE_SIZE = 720
# One of so many products' stock numbers is of the development part.
DEVELOPMENT_SHARE = 3
STOCK_NUMBER_LENGTH = 5


class Part(StrEnum):
    """What a label may be used for: to develop with, or only to judge."""

    DEVELOPMENT = "development"
    TEST = "test"


@dataclass(frozen=True)
class ReadLabel:
    """A row of the seed.

    Attributes:
        description: the product's name after cleaning.
        part: what it may be used for.
        first_group_id: the group at the first reading.
        second_group_id: at the second, in another order.
        group_id: settled where the two differ.
    """

    description: str
    part: str
    first_group_id: str
    second_group_id: str
    group_id: str


def read_labels(taxonomy: Taxonomy, path: Path = PRODUCT_GROUP_LABELS) -> list[ReadLabel]:
    """The labels of a file.

    Raises:
        LakehouseError: there are none, a description stands there twice, or a part or a group is
            unknown.
    """
    labels = [ReadLabel(*cells) for cells in read_seed(path, ReadLabel)]
    if not labels:
        raise LakehouseError(f"{path} has no labels.")
    if len({label.description for label in labels}) < len(labels):
        raise LakehouseError(f"{path}: a description has two labels.")
    for label in labels:
        groups = {label.first_group_id, label.second_group_id, label.group_id}
        if label.part not in list(Part) or not groups <= taxonomy.ids:
            raise LakehouseError(f"{path}: the part or a group of {label.description} is unknown.")
    return labels


def of_part(labels: Sequence[ReadLabel], part: Part) -> list[ReadLabel]:
    """The labels of one part."""
    return [label for label in labels if label.part == part]


def sample(names: Mapping[str, str], size: int = SAMPLE_SIZE) -> dict[str, Part]:
    """A random sample of product names with the part of each, the same for the same names.

    A digest draws, not a generator of random numbers, so that one product more in the file does not
    change who else is drawn.

    Args:
        names: of each name the least stock code that has it. Codes of one stock number (the digits
            before the letters of a colour or size) are in one part.
        size: how many names.
    """
    drawn = sorted(names, key=lambda name: _digest("draw", name))[:size]
    return {name: _part(names[name][:STOCK_NUMBER_LENGTH]) for name in drawn}


def _part(stock_number: str) -> Part:
    is_developed_with = int(_digest("split", stock_number), 16) % DEVELOPMENT_SHARE == 0
    return Part.DEVELOPMENT if is_developed_with else Part.TEST


def _digest(purpose: str, text: str) -> str:
    return hashlib.sha256(f"{SAMPLE_SEED}:{purpose}:{text}".encode()).hexdigest()
