"""Fits the network with JAX; the one module that needs the extra `deep`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from scipy.sparse import csr_array

from ml.neural_recommender.network import LEAST, Network, hidden_count
from ml.recommender.rankings import Histories, confidence

# Interactions of a customer that one step learns from.
_POSITIVES = 16
# Customers of one step, and the most cells of their histories as a full matrix.
_CUSTOMERS, _CELLS = 256, 4_000_000


@dataclass(frozen=True)
class Settings:
    """What tuning chooses from.

    Attributes:
        embedding_size: factors of each product, in each branch.
        layers: units of the MLP's hidden layers.
        learning_rate: of AdamW.
        weight_decay: of all weights (AdamW).
        negative_count: products that were not met, drawn for each that was.
        seed: of everything that is drawn.
    """

    embedding_size: int
    layers: tuple[int, ...]
    learning_rate: float
    weight_decay: float
    negative_count: int
    seed: int


def epochs(histories: Histories, settings: Settings) -> Iterator[Network]:
    """The network after each pass over the customers, without end; the same each time.

    Each customer counts alike. An interaction is told from products that were not met, by the rest
    of the customer's history (binary cross-entropy).
    """
    given = csr_array(confidence(histories.strengths).astype(np.float32))
    given = given[np.diff(given.indptr) > 1]
    generator = np.random.default_rng(settings.seed)
    is_known = np.bincount(histories.strengths.indices, minlength=given.shape[1]) > 0
    weights = _start(generator, histories, settings)
    optimiser = optax.adamw(settings.learning_rate, weight_decay=settings.weight_decay)
    state = optimiser.init(weights)

    def step(weights: Any, state: Any, *drawn: Any) -> tuple[Any, Any]:
        gradient = jax.grad(_loss)(weights, *drawn)
        updates, state = optimiser.update(gradient, state, weights)
        return optax.apply_updates(weights, updates), state

    compiled = jax.jit(step)
    while True:
        for drawn in _steps(generator, given, settings.negative_count):
            weights, state = compiled(weights, state, *drawn)
        yield Network({name: np.asarray(array) for name, array in weights.items()}, is_known)


def _start(
    generator: np.random.Generator, histories: Histories, settings: Settings
) -> dict[str, Any]:
    """Small factors by chance, and biases that say how popular each product is."""
    counts = np.bincount(histories.strengths.indices, minlength=histories.strengths.shape[1])
    size, count = settings.embedding_size, len(counts)
    names = ("history_gmf", "history_mlp", "product_gmf", "product_mlp")
    weights = {name: generator.normal(0, size**-0.5 / 2, (count, size)) for name in names}
    widths = (2 * size, *settings.layers)
    for number, (before, after) in enumerate(pairwise(widths)):
        weights[f"hidden_weight_{number}"] = generator.normal(
            0, (2 / before) ** 0.5, (before, after)
        )
        weights[f"hidden_bias_{number}"] = np.zeros(after)
    weights["output"] = np.concatenate([np.ones(size), np.zeros(widths[-1])])
    weights["product_bias"] = np.log((counts + 1) / (counts.mean() + 1) / settings.negative_count)
    return {name: jnp.asarray(array, jnp.float32) for name, array in weights.items()}


def _steps(
    generator: np.random.Generator, given: csr_array[Any], negative_count: int
) -> Iterator[tuple[Any, ...]]:
    """Of each step: histories (customers, products), what was met, what is told from it."""
    customers, products = given.shape
    size = max(1, min(_CUSTOMERS, customers, _CELLS // products))
    # All steps are of one size: the last one takes some customers again.
    order = np.resize(generator.permutation(customers), -(-customers // size) * size)
    for rows in order.reshape(-1, size):
        met_counts = np.diff(given.indptr)[rows]
        places = (generator.random((size, _POSITIVES)) * met_counts[:, None]).astype(np.int64)
        met = given.indices[given.indptr[rows][:, None] + places]
        others = generator.integers(products, size=(size, _POSITIVES * negative_count))
        yield given[rows].toarray(), met, others


def _loss(weights: Any, histories: Any, met: Any, others: Any) -> Any:
    """Mean cross-entropy of what was met, by the rest of the history, and of what was not."""
    counts = jnp.take_along_axis(histories, met, axis=1)
    was_met = jnp.take_along_axis(histories, others, axis=1) > 0
    total = histories.sum(axis=1, keepdims=True)
    customers = {}
    for branch in ("gmf", "mlp"):
        table = weights[f"history_{branch}"]
        sums = (histories @ table)[:, None]
        rest = sums - counts[..., None] * table[met]
        customers[branch] = (_pooled(rest, total - counts), _pooled(sums, total))
    positive = _logits(weights, customers["gmf"][0], customers["mlp"][0], met)
    negative = _logits(weights, customers["gmf"][1], customers["mlp"][1], others)
    lost = jax.nn.softplus(-positive).sum() + (jax.nn.softplus(negative) * ~was_met).sum()
    return lost / met.size


def _logits(weights: Any, gmf: Any, mlp: Any, items: Any) -> Any:
    matched = gmf * weights["product_gmf"][items]
    size = matched.shape[-1]
    first = weights["hidden_weight_0"]
    layer = mlp @ first[:size] + (weights["product_mlp"] @ first[size:])[items]
    layer = jax.nn.relu(layer + weights["hidden_bias_0"])
    for number in range(1, hidden_count(weights)):
        weight, bias = weights[f"hidden_weight_{number}"], weights[f"hidden_bias_{number}"]
        layer = jax.nn.relu(layer @ weight + bias)
    both = matched @ weights["output"][:size] + layer @ weights["output"][size:]
    return both + weights["product_bias"][items]


def _pooled(sums: Any, counts: Any) -> Any:
    return sums / jnp.sqrt(jnp.maximum(counts, LEAST))[..., None]
