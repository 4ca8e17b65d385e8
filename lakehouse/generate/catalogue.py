"""What a shop sells, to whom, where and when: `catalogues/<shop>.yml`, checked as it is read."""

from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, RootModel

from lakehouse.checked_yaml import read_yaml
from lakehouse.generate import texts
from lakehouse.generate.seeds import Floats, Int64s, Rng, pick

_FOLDER = Path(__file__).resolve().parent / "catalogues"


class CatalogueFile(BaseModel):
    """The keys of a shop's file: a shop's own class lists them. Rows of tables are named tuples."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Kind = TypeVar("Kind", bound=CatalogueFile)


class Choices(RootModel[dict[str, float] | tuple[str, ...]]):
    """Texts to choose from: a list of equals, or each with its weight."""

    model_config = ConfigDict(frozen=True)

    @property
    def names(self) -> tuple[str, ...]:
        """The texts."""
        return tuple(self.root)

    @cached_property
    def texts(self) -> pa.StringArray:
        """The texts, to be taken by index."""
        return texts.strings(self.root)

    @cached_property
    def weights(self) -> Floats:
        """How often each comes."""
        return weights(self.root) if isinstance(self.root, dict) else np.ones(len(self.root))

    def draw(self, rng: Rng, count: int) -> Int64s:
        """Return the indexes of `count` texts drawn at random."""
        if isinstance(self.root, dict):
            return pick(rng, self.weights, count)
        return rng.integers(0, len(self.root), count)

    def at(self, index: Int64s) -> pa.StringArray:
        """Return the text at each index."""
        return texts.take(self.texts, index)

    def column(self, rng: Rng, count: int) -> pa.StringArray:
        """Return `count` texts drawn at random."""
        return self.at(self.draw(rng, count))


def weights(table: dict[str, float] | dict[int, float]) -> Floats:
    """Return the weights of a table."""
    return np.array(list(table.values()), dtype=np.float64)


def read_catalogue(shop: str, kind: type[Kind]) -> Kind:
    """Return what the file of a shop says.

    Raises:
        LakehouseError: the file lacks a key, or has one that is unknown or of another type.
    """
    return read_yaml(_FOLDER / f"{shop}.yml", kind)
