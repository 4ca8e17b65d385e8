"""Scores of all products for many customers at once, and the best of each as a list.

A base says how well each product fits a history: how popular it is, how near to what is in it, or
what latent factors make of it. What a customer bought before counts on top of that, where a shop
sells what is bought again; what no base says anything of is ranked by popularity.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from scipy.sparse import csr_array

from ml.metrics import Floats
from ml.ranking import NOBODY, Numbers

# Scores that are held at once: customers of one chunk times products.
_CHUNK_CELLS = 10_000_000
# Below any difference that a base means, above that of two floats.
_POPULARITY_WEIGHT = 1e-6


@dataclass(frozen=True)
class Histories:
    """What customers did, by the numbers of products.

    Attributes:
        strengths: (customers, products), how much each interaction says; 0 where there is none.
        purchases: (customers, products), how often each product was bought.
    """

    strengths: csr_array[Any]
    purchases: csr_array[Any]

    def __len__(self) -> int:
        """How many customers there are."""
        return int(self.strengths.shape[0])

    def chunks(self) -> Iterator[Histories]:
        """As many customers at a time as their scores leave room for."""
        size = max(1, _CHUNK_CELLS // max(1, self.strengths.shape[1]))
        for start in range(0, len(self), size):
            rows = slice(start, start + size)
            yield Histories(self.strengths[rows], self.purchases[rows])


class Base(Protocol):
    """How well products fit a history."""

    def scores(self, histories: Histories) -> Floats:
        """(customers, products), at least 0 for what fits; higher for what fits better."""
        ...


@dataclass(frozen=True)
class Popularity:
    """The same for everybody.

    Attributes:
        customer_counts: (products,), how many customers had to do with each.
    """

    customer_counts: Floats

    def scores(self, histories: Histories) -> Floats:
        """The counts, for every customer."""
        return np.tile(self.customer_counts, (len(histories), 1))


@dataclass(frozen=True)
class Neighbours:
    """The sum of how near a product is to each in the history (Sarwar et al., WWW 2001).

    Attributes:
        nearness: (products, products), of the nearest of each row; 0 of itself.
    """

    nearness: csr_array[Any]

    def scores(self, histories: Histories) -> Floats:
        """Sums of nearness; how strong an interaction was does not matter."""
        met = histories.strengths.sign()
        return np.asarray((met @ self.nearness).todense(), dtype=np.float64)


@dataclass(frozen=True)
class Factors:
    """Preferences by latent factors of implicit feedback (Hu, Koren & Volinsky, ICDM 2008).

    A customer's factors are the least squares step over the products' factors, equation 4, with
    Spark's regularisation, which grows with the history. So a customer who came after the training,
    or bought since, needs none.

    Attributes:
        products: (products, rank); zeros for products that were not trained on.
        alpha: how much confidence grows with an interaction's strength.
        regularisation: of each interaction in the history.
    """

    products: Floats
    alpha: float
    regularisation: float

    def scores(self, histories: Histories) -> Floats:
        """Predicted preferences, about 0 to 1."""
        return self.customers(histories.strengths) @ self.products.T

    def customers(self, strengths: csr_array[Any]) -> Floats:
        """(customers, rank), the factors of each."""
        rank = self.products.shape[1]
        gram = self.products.T @ self.products
        given = confidence(strengths)
        factors = np.zeros((strengths.shape[0], rank))
        for row, (start, end) in enumerate(zip(given.indptr, given.indptr[1:], strict=False)):
            known = self.products[given.indices[start:end]]
            weights = self.alpha * given.data[start:end]
            ridge = self.regularisation * (end - start) * np.eye(rank)
            if end > start:
                factors[row] = np.linalg.solve(
                    gram + (known.T * weights) @ known + ridge, known.T @ (1 + weights)
                )
        return factors


@dataclass(frozen=True)
class Ranking:
    """Lists of the best products for each customer.

    Attributes:
        base: how well products fit.
        popularity: (products,), customers of each; decides where the base says nothing.
        repeat_weight: how much it counts that a product was bought before, beside a base of 0 to 1.
        keeps_bought: whether bought products may be in a list.
    """

    base: Base
    popularity: Floats
    repeat_weight: float
    keeps_bought: bool

    def lists(self, histories: Histories, k: int) -> tuple[Numbers, Floats]:
        """The k best products of each customer, best first; ties go by product number.

        Returns:
            (customers, k) products, `NOBODY` where there are fewer, and their scores.
        """
        parts = [best(self._scores(chunk), k) for chunk in histories.chunks()]
        if not parts:
            return np.empty((0, k), dtype=np.int64), np.empty((0, k))
        return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])

    def _scores(self, histories: Histories) -> Floats:
        scores = self.base.scores(histories)
        highest = scores.max(axis=1, keepdims=True)
        np.divide(scores, highest, out=scores, where=highest > 0)
        scores += _POPULARITY_WEIGHT * self.popularity / max(1.0, self.popularity.max())
        purchases = histories.purchases.tocoo()
        if not self.keeps_bought:
            scores[purchases.row, purchases.col] = -np.inf
        elif self.repeat_weight:
            scores[purchases.row, purchases.col] += self.repeat_weight * np.log1p(purchases.data)
        return scores


def best(scores: Floats, k: int) -> tuple[Numbers, Floats]:
    """The k highest of each row, highest first; ties go by place, minus infinity is left out.

    Returns:
        (rows, k) places, `NOBODY` where there are fewer, and their scores, 0 there.
    """
    count = scores.shape[1]
    places = np.full((len(scores), k), NOBODY, dtype=np.int64)
    values = np.zeros((len(scores), k))
    last = np.partition(scores, count - k, axis=1)[:, count - k] if k < count else -np.inf
    for row, (mine, least) in enumerate(
        zip(scores, np.broadcast_to(last, len(scores)), strict=True)
    ):
        candidates = np.flatnonzero((mine >= least) & (mine > -np.inf))
        order = candidates[np.argsort(-mine[candidates], kind="stable")[:k]]
        places[row, : len(order)] = order
        values[row, : len(order)] = mine[order]
    return places, values


def confidence(strengths: csr_array[Any]) -> csr_array[Any]:
    """How sure an interaction makes of a preference: log(1 + strength), Hu et al., equation 6."""
    return strengths.log1p()
