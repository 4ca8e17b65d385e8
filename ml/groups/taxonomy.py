"""The product groups, as their seed has them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lakehouse.errors import LakehouseError
from lakehouse.session import PROJECT_DIR

PRODUCT_GROUPS = PROJECT_DIR / "seeds" / "product_groups.csv"
# The group of what no other group has.
OTHER = "other"


@dataclass(frozen=True)
class ProductGroup:
    """A row of the seed: what belongs to a group, and what wins where another fits as well."""

    group_id: str
    group_name: str
    definition: str
    examples: str


@dataclass(frozen=True)
class Taxonomy:
    """All product groups, in the seed's order.

    Raises:
        LakehouseError: a group stands there twice, or `other` does not.
    """

    groups: tuple[ProductGroup, ...]

    def __post_init__(self) -> None:
        """Holds the groups to what readers count on."""
        if OTHER not in self.ids:
            raise LakehouseError(f"The product groups have no group {OTHER}.")
        if len(self.ids) < len(self.groups):
            raise LakehouseError("A product group stands twice in the product groups.")

    @cached_property
    def ids(self) -> frozenset[str]:
        """The groups' ids."""
        return frozenset(group.group_id for group in self.groups)

    @classmethod
    def read(cls, path: Path = PRODUCT_GROUPS) -> Taxonomy:
        """The groups of a file.

        Raises:
            LakehouseError: the file has other columns, an empty cell, or groups that are none.
        """
        return cls(tuple(ProductGroup(*row) for row in read_seed(path, ProductGroup)))


def read_seed(path: Path, row: type) -> list[tuple[str, ...]]:
    """The rows of a seed whose columns are the fields of a dataclass, in their order.

    Raises:
        LakehouseError: the file cannot be read, has other columns, or a row with an empty cell.
    """
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            header, *rows = csv.reader(stream, strict=True)
    except (OSError, ValueError, csv.Error) as error:
        raise LakehouseError(f"{path} is no seed: {error}.") from error
    columns = list(row.__annotations__)
    if header != columns:
        raise LakehouseError(f"{path} has the columns {header}, not {columns}.")
    for number, cells in enumerate(rows, start=1):
        if len(cells) != len(columns) or not all(cells):
            raise LakehouseError(f"{path}: row {number} has an empty or missing cell: {cells}.")
    return [tuple(cells) for cells in rows]
