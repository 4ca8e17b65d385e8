"""The network that says how well a product fits a history; its weights are plain arrays.

NeuMF (He et al., Neural Collaborative Filtering, WWW 2017) with one change: a customer is no row of
an embedding but the sum of embeddings of what they did, as in FISM (Kabbur, Ning & Karypis, KDD
2013). Two branches meet in the last layer: GMF, the products of the factors of customer and product
one by one, and an MLP over both; and each product has a bias.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ml.metrics import Floats
from ml.recommender.rankings import Histories, confidence

Singles = NDArray[np.float32]
Weights = Mapping[str, Singles]
BY_PRODUCT = ("history_gmf", "history_mlp", "product_gmf", "product_mlp", "product_bias")
"""Weights with a row for each product; all others are of the layers."""

# Below what a single interaction counts: keeps an empty history from dividing by zero.
LEAST = 1e-6
# Products of one history and units of a layer that are held at once.
_CHUNK_CELLS = 500_000


def hidden_count(weights: Mapping[str, Any]) -> int:
    """How many hidden layers the MLP has."""
    return sum(name.startswith("hidden_weight_") for name in weights)


@dataclass(frozen=True)
class Network:
    """Fitted weights, by the numbers of products.

    Attributes:
        weights: `history_*` (products, size), what having met a product makes of a customer;
            `product_*` (products, size), and `product_bias` (products,); `hidden_weight_0` (2 size,
            units) and `hidden_bias_0` of the first hidden layer, and so on; `output` (size + units
            of the last,).
        is_known: (products,), whether the product was there to be learnt of.
    """

    weights: Weights
    is_known: NDArray[np.bool_]

    def scores(self, histories: Histories) -> Floats:
        """(customers, products), probabilities; 0 where product or history is unknown.

        A product in the history is scored by the rest of the history, as in training: that it was
        met says nothing about itself.
        """
        given = csr_array(confidence(histories.strengths) * self.is_known)
        given.eliminate_zeros()
        sums = np.asarray(given.sum(axis=1), dtype=np.float32)
        gmf, mlp = (given @ self.weights[f"history_{name}"] for name in ("gmf", "mlp"))
        found = self._all(_pooled(gmf, sums), _pooled(mlp, sums))
        rows, items, counts = *given.nonzero(), given.data.astype(np.float32)
        for start in range(0, len(rows), _CHUNK_CELLS // 100):
            part = slice(start, start + _CHUNK_CELLS // 100)
            row, item, count = rows[part], items[part], counts[part]
            rest = sums[row] - count
            own = [
                _pooled(all_of[row] - count[:, None] * self.weights[name][item], rest)
                for name, all_of in (("history_gmf", gmf), ("history_mlp", mlp))
            ]
            found[row, item] = self._pairs(own[0], own[1], item)
        scores = 1 / (1 + np.exp(-found.astype(np.float64)))
        scores[:, ~self.is_known] = 0
        scores[sums == 0] = 0
        return scores

    def _all(self, gmf: Singles, mlp: Singles) -> Singles:
        """Logits of every product for every customer."""
        weights, size = self.weights, self.weights["product_gmf"].shape[1]
        first, bias = weights["hidden_weight_0"], weights["hidden_bias_0"]
        of_customers = mlp @ first[:size]
        of_products = weights["product_mlp"] @ first[size:] + bias
        matched = (gmf * weights["output"][:size]) @ weights["product_gmf"].T
        found: Singles = np.asarray(matched, dtype=np.float32)
        found += weights["product_bias"]
        step = max(1, _CHUNK_CELLS // of_products.size)
        for start in range(0, len(found), step):
            rows = slice(start, start + step)
            found[rows] += self._rest_of_mlp(of_customers[rows, None] + of_products)
        return found

    def _pairs(self, gmf: Singles, mlp: Singles, items: NDArray[Any]) -> Singles:
        """Logits of pairs of a customer and a product."""
        weights, size = self.weights, self.weights["product_gmf"].shape[1]
        first, bias = weights["hidden_weight_0"], weights["hidden_bias_0"]
        layer = mlp @ first[:size] + weights["product_mlp"][items] @ first[size:] + bias
        matched = (gmf * weights["product_gmf"][items]) @ weights["output"][:size]
        logits: Singles = matched + self._rest_of_mlp(layer) + weights["product_bias"][items]
        return logits

    def _rest_of_mlp(self, layer: Singles) -> Singles:
        """What the MLP adds to logits, from the first hidden layer before its rectifier."""
        for number in range(1, hidden_count(self.weights)):
            weight = self.weights[f"hidden_weight_{number}"]
            layer = np.maximum(layer, 0) @ weight + self.weights[f"hidden_bias_{number}"]
        size = self.weights["product_gmf"].shape[1]
        added: Singles = np.maximum(layer, 0) @ self.weights["output"][size:]
        return added

    def of_products(self, trained: tuple[str, ...], wanted: tuple[str, ...]) -> Network:
        """The same by other numbers: products that came after the training are unknown.

        Args:
            trained: keys by the numbers of this network.
            wanted: keys by the numbers that are wanted.
        """
        numbers = {key: number for number, key in enumerate(trained)}
        place = np.array([numbers.get(key, -1) for key in wanted], dtype=np.int64)
        moved = {
            name: array[place] if name in BY_PRODUCT else array
            for name, array in self.weights.items()
        }
        return Network(moved, (place >= 0) & self.is_known[place])


def _pooled(sums: Singles, counts: Singles) -> Singles:
    """A customer from the sum of a history: divided by the root of how much there is."""
    divided = sums / np.sqrt(np.maximum(counts, LEAST))[:, None]
    return np.asarray(divided, dtype=np.float32)
