"""How good ranked lists are, one score per customer, over all products as candidates.

A list is a row of product numbers, best first, padded with `NOBODY` where a customer gets fewer.
What is relevant is what a customer bought later; products that nobody knew when the lists were made
count as missed. Definitions as in Järvelin & Kekäläinen, Cumulated gain-based evaluation of IR
techniques, 2002 (NDCG), Manning, Raghavan & Schütze, Introduction to Information Retrieval, 2008,
chapter 8 (precision, recall, MAP), and Vargas & Castells, Rank and relevance in novelty and
diversity metrics for recommender systems, RecSys 2011 (novelty).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ml.metrics import Floats

if TYPE_CHECKING:
    from scipy.sparse import csr_array

NOBODY = -1
Numbers = NDArray[np.int64]
Bools = NDArray[np.bool_]


def hits(lists: Numbers, relevant: csr_array[Any]) -> Bools:
    """Which places of the lists hold something relevant.

    Args:
        lists: (customers, k), numbers of products.
        relevant: (customers, products), positive where relevant.

    Returns:
        (customers, k).
    """
    row_starts = np.repeat(np.arange(relevant.shape[0]), np.diff(relevant.indptr))
    width = relevant.shape[1]
    wanted = row_starts * width + relevant.indices[: relevant.nnz]
    shown = np.arange(len(lists))[:, None] * width + lists
    found: Bools = np.isin(shown, wanted) & (lists != NOBODY)
    return found


def recall(hits: Bools, relevant_counts: Numbers) -> Floats:
    """The share of what is relevant that is in the list.

    Args:
        hits: (customers, k).
        relevant_counts: (customers,), at least 1.

    Returns:
        (customers,), from 0 to 1.
    """
    return _floats(hits.sum(axis=1) / relevant_counts)


def hit_rate(hits: Bools) -> Floats:
    """Whether anything in the list is relevant: 0 or 1 per customer."""
    return _floats(hits.any(axis=1))


def ndcg(hits: Bools, relevant_counts: Numbers) -> Floats:
    """Normalised discounted cumulative gain: a hit at place i counts 1 / log2(i + 1).

    Divided by what the best possible list of k would have; (customers,), from 0 to 1.
    """
    places = hits.shape[1]
    discounts = 1 / np.log2(np.arange(2, places + 2))
    best = np.cumsum(discounts)[np.minimum(relevant_counts, places) - 1]
    return _floats(hits @ discounts / best)


def average_precision(hits: Bools, relevant_counts: Numbers) -> Floats:
    """The mean of the precision at each hit, what is not found counting 0; its mean is MAP.

    Divided by what a list of k can hold at most; (customers,), from 0 to 1.
    """
    places = hits.shape[1]
    precision = np.cumsum(hits, axis=1) / np.arange(1, places + 1)
    return _floats((precision * hits).sum(axis=1) / np.minimum(relevant_counts, places))


def novelty(lists: Numbers, customer_shares: Floats) -> Floats:
    """How little known the listed products are: the mean self-information, in bits.

    Args:
        lists: (customers, k).
        customer_shares: (products,), which share of customers had to do with each, above 0.

    Returns:
        (customers,); not a number for an empty list.
    """
    return _mean_of_shown(-np.log2(customer_shares)[lists], lists)


def cross_category_rate(
    lists: Numbers, categories: Numbers, bought_categories: csr_array[Any]
) -> Floats:
    """The share of listed products from categories that the customer had not bought from.

    Args:
        lists: (customers, k).
        categories: (products,), number of each product's category; `NOBODY` where it has none.
        bought_categories: (customers, categories), positive where bought from.

    Returns:
        (customers,); not a number where no listed product has a category.
    """
    shown = np.where(lists == NOBODY, NOBODY, categories[lists])
    return _mean_of_shown(~hits(shown, bought_categories), shown)


def coverage(lists: Numbers, product_count: int) -> float:
    """The share of products that are in any list."""
    return len(np.setdiff1d(lists, [NOBODY])) / product_count


def _mean_of_shown(values: NDArray[Any], lists: Numbers) -> Floats:
    shown = lists != NOBODY
    counts = shown.sum(axis=1)
    sums = np.where(shown, values, 0).sum(axis=1).astype(np.float64)
    return _floats(np.divide(sums, counts, out=np.full(len(lists), np.nan), where=counts > 0))


def _floats(values: Any) -> Floats:
    return np.asarray(values, dtype=np.float64)
