"""Scores and lists of the recommender, on matrices small enough to work out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.sparse import csr_array

from ml.ranking import NOBODY
from ml.recommender import rankings
from ml.recommender.knowledge import keep_nearest, read_histories
from ml.recommender.rankings import (
    Factors,
    Histories,
    Neighbours,
    Popularity,
    Ranking,
    best,
    confidence,
)

POPULAR = np.array([5.0, 4.0, 3.0, 2.0])


def _histories(strengths: list[list[float]], purchases: list[list[float]]) -> Histories:
    return Histories(csr_array(np.array(strengths)), csr_array(np.array(purchases)))


def _bought(*rows: list[float]) -> Histories:
    counts = np.array(rows)
    return Histories(csr_array(5 * counts), csr_array(counts))


def test_the_best_come_first_and_ties_go_by_place() -> None:
    scores = np.array([[1.0, 3.0, 3.0, 2.0, 3.0], [0.0, 0.0, 0.0, 0.0, 1.0]])
    places, values = best(scores, 2)
    assert places.tolist() == [[1, 2], [4, 0]]
    assert values.tolist() == [[3.0, 3.0], [1.0, 0.0]]


def test_what_is_ruled_out_leaves_gaps() -> None:
    places, values = best(np.array([[-np.inf, 2.0, -np.inf]]), 2)
    assert places.tolist() == [[1, NOBODY]]
    assert values.tolist() == [[2.0, 0.0]]


def test_more_places_than_products_are_gaps() -> None:
    assert best(np.array([[1.0, 2.0]]), 3)[0].tolist() == [[1, 0, NOBODY]]


def test_popularity_leaves_out_what_was_bought() -> None:
    ranked = Ranking(Popularity(POPULAR), POPULAR, 0.0, keeps_bought=False)
    assert ranked.lists(_bought([1, 0, 0, 0], [0, 0, 0, 0]), 2)[0].tolist() == [[1, 2], [0, 1]]


def test_what_was_only_looked_at_stays() -> None:
    ranked = Ranking(Popularity(POPULAR), POPULAR, 0.0, keeps_bought=False)
    looked = _histories([[1, 0, 0, 0]], [[0, 0, 0, 0]])
    assert ranked.lists(looked, 2)[0].tolist() == [[0, 1]]


def test_a_shop_of_refills_puts_what_was_bought_most_first() -> None:
    ranked = Ranking(Popularity(POPULAR), POPULAR, 10.0, keeps_bought=True)
    assert ranked.lists(_bought([0, 0, 1, 4]), 3)[0].tolist() == [[3, 2, 0]]


def test_neighbours_add_up_over_the_history() -> None:
    near = csr_array(np.array([[0, 0.5, 0.1, 0], [0.5, 0, 0.3, 0], [0.1, 0.3, 0, 0], [0, 0, 0, 0]]))
    scores = Neighbours(near).scores(_bought([2, 1, 0, 0]))
    assert scores == pytest.approx(np.array([[0.5, 0.5, 0.4, 0.0]]))


def test_where_neighbours_say_nothing_popularity_decides() -> None:
    ranked = Ranking(Neighbours(csr_array((4, 4))), POPULAR, 0.0, keeps_bought=False)
    assert ranked.lists(_bought([0, 1, 0, 0]), 3)[0].tolist() == [[0, 2, 3]]


def test_factors_minimise_the_loss_of_hu_koren_and_volinsky() -> None:
    products = np.random.default_rng(1).normal(size=(5, 3))
    base = Factors(products, alpha=2.0, regularisation=0.1)
    strengths = csr_array(np.array([[3.0, 0, 1.0, 0, 0]]))
    given = confidence(strengths).toarray()[0]

    def loss(factors: Any) -> float:
        errors = (given > 0) - products @ factors
        ridge = 0.1 * np.count_nonzero(given) * factors @ factors
        return float(((1 + 2.0 * given) * errors**2).sum() + ridge)

    least = minimize(loss, np.zeros(3), tol=1e-12)
    assert base.customers(strengths)[0] == pytest.approx(least.x, abs=1e-4)


def test_a_customer_without_a_history_has_no_factors() -> None:
    base = Factors(np.ones((2, 2)), alpha=1.0, regularisation=0.1)
    assert base.scores(_bought([0, 0])).tolist() == [[0.0, 0.0]]


def test_chunks_give_what_the_whole_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = np.random.default_rng(2).integers(0, 3, size=(7, 4)).astype(np.float64)
    ranked = Ranking(Popularity(POPULAR), POPULAR, 0.3, keeps_bought=True)
    whole = ranked.lists(_bought(*counts.tolist()), 3)
    monkeypatch.setattr(rankings, "_CHUNK_CELLS", 8)
    chunked = ranked.lists(_bought(*counts.tolist()), 3)
    assert whole[0].tolist() == chunked[0].tolist()
    assert whole[1].tolist() == chunked[1].tolist()


def test_the_nearest_neighbours_stay() -> None:
    kept = keep_nearest(csr_array(np.array([[0.0, 0.2, 0.9, 0.2]])), 2)
    assert kept.toarray().tolist() == [[0.0, 0.2, 0.9, 0.0]]


def test_histories_are_read_with_empty_ones_between() -> None:
    import pyarrow as pa

    table = pa.table(
        {
            "customer_key": ["a", "b", "c"],
            "items": pa.array([[2, 0], None, [1]], pa.list_(pa.int32())),
            "strengths": pa.array([[5.0, 1.0], None, [6.0]], pa.list_(pa.float64())),
            "purchases": pa.array([[1, 0], None, [1]], pa.list_(pa.int64())),
        }
    )
    read = read_histories(table, 3)
    assert read.strengths.toarray().tolist() == [[1, 0, 5], [0, 0, 0], [0, 6, 0]]
    assert read.purchases.toarray().tolist() == [[0, 0, 1], [0, 0, 0], [0, 1, 0]]
    assert read.purchases.nnz == 2
