"""What is fixed before the training of the network: the recommender's parameters, and its own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from pydantic import Field

from ml.recommender.bases import RecommenderParameters

FAMILY = "neumf"


class NeuralParameters(RecommenderParameters):
    """The recommender's, since all ways to rank are tuned beside the network, and the network's.

    Attributes:
        embedding_sizes: to try: factors of each product, in each branch.
        layers: to try: units of the MLP's hidden layers.
        learning_rates: to try.
        weight_decays: to try.
        negative_counts: to try: products that were not met, for each interaction learnt from.
        max_epochs: passes over the customers, at most.
        patience: passes without a better list, after which training ends.
        stopping_customer_count: of the validation part, by whom settings and passes are chosen.
        training_customer_count: at most, drawn by lot.
        network_seed: of everything that the network draws.
    """

    embedding_sizes: tuple[int, ...]
    layers: tuple[tuple[int, ...], ...] = Field(min_length=1)
    learning_rates: tuple[float, ...]
    weight_decays: tuple[float, ...]
    negative_counts: tuple[int, ...]
    max_epochs: int = Field(ge=1)
    patience: int = Field(ge=1)
    stopping_customer_count: int
    training_customer_count: int
    network_seed: int

    def grid(self, family: str) -> Iterator[dict[str, Any]]:
        """The settings of a family of bases to try; how long to train the network comes after."""
        if family != FAMILY:
            yield from super().grid(family)
            return
        names = ("embedding_size", "layers", "learning_rate", "weight_decay", "negative_count")
        for values in product(
            self.embedding_sizes,
            self.layers,
            self.learning_rates,
            self.weight_decays,
            self.negative_counts,
        ):
            yield dict(zip(names, values, strict=True)) | {"seed": self.network_seed}
