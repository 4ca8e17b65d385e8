"""What a shop's module hands over to be written: its files and the chunks that fill them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lakehouse.generate.texts import Lines

Pieces = Mapping[str, Lines]
"""Lines by the name of the file that they go to."""
Chunk = Callable[[], Pieces]


@dataclass(frozen=True)
class PlantedPair:
    """Two items that are bought together on purpose, so that a basket analysis must find them.

    Attributes:
        item_a: the id of the first product, as in the file.
        item_b: the id of the second.
        basket_share: the share of the eligible baskets that get both; the shop's module says
            which baskets are eligible.
    """

    item_a: str
    item_b: str
    basket_share: float


@dataclass(frozen=True)
class ShopPlan:
    """How the files of one shop are made.

    Attributes:
        shop: the shop's id.
        rows: how many rows each file is expected to get, by file name; exact unless the shop says
            otherwise.
        chunks: what makes the lines, in the order of the files; each may be called on any thread.
    """

    shop: str
    rows: Mapping[str, int]
    chunks: Sequence[Chunk]
