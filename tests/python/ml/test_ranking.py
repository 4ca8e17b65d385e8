"""Ranking metrics, against examples worked out in the literature and by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array

from ml import ranking
from ml.ranking import NOBODY, Bools, Numbers

# The two rankings of Croft, Metzler & Strohman, Search Engines, 2009, section 8.4.2: five relevant
# in all, then three. Their average precisions are .62 and .44, MAP is .53.
FIRST = [1, 0, 1, 0, 0, 1, 0, 0, 1, 1]
SECOND = [0, 1, 0, 0, 1, 0, 1, 0, 0, 0]


def _hits(*rows: list[int]) -> Bools:
    return np.array(rows, dtype=bool)


def _numbers(*values: int) -> Numbers:
    return np.array(values, dtype=np.int64)


def _matrix(rows: list[list[int]]) -> csr_array[Any]:
    return csr_array(np.array(rows, dtype=np.float64))


def test_average_precision_of_the_textbook_example() -> None:
    values = ranking.average_precision(_hits(FIRST, SECOND), _numbers(5, 3))
    assert values == pytest.approx([3.1111 / 5, 1.3286 / 3], abs=5e-5)
    assert values.mean() == pytest.approx(0.5325, abs=5e-5)


def test_ndcg_discounts_by_the_logarithm_of_the_place() -> None:
    # Binary gains at places 1 and 3 of three, two relevant: (1 + 1/2) / (1 + 1/log2(3)).
    values = ranking.ndcg(_hits([1, 0, 1], [0, 0, 0], [1, 1, 1]), _numbers(2, 1, 3))
    assert values == pytest.approx([1.5 / (1 + 1 / np.log2(3)), 0.0, 1.0])
    assert values[0] == pytest.approx(0.9197, abs=5e-5)


def test_more_relevant_than_places_still_allows_a_perfect_list() -> None:
    full = _hits([1, 1])
    assert ranking.ndcg(full, _numbers(9)) == pytest.approx([1.0])
    assert ranking.average_precision(full, _numbers(9)) == pytest.approx([1.0])
    assert ranking.recall(full, _numbers(9)) == pytest.approx([2 / 9])


def test_hit_rate_is_whether_anything_hits() -> None:
    assert ranking.hit_rate(_hits([0, 1, 1], [0, 0, 0])).tolist() == [1.0, 0.0]


def test_hits_are_the_customers_own() -> None:
    lists = np.array([[0, 2, NOBODY], [0, 2, 1]], dtype=np.int64)
    relevant = _matrix([[0, 0, 1], [1, 0, 0]])
    assert ranking.hits(lists, relevant).tolist() == [[False, True, False], [True, False, False]]


def test_a_gap_before_the_first_product_is_no_hit_of_the_customer_above() -> None:
    lists = np.array([[0, 1], [NOBODY, NOBODY]], dtype=np.int64)
    relevant = _matrix([[0, 0, 1], [1, 0, 0]])
    assert not ranking.hits(lists, relevant).any()


def test_novelty_is_in_bits() -> None:
    lists = np.array([[0, 1], [1, NOBODY], [NOBODY, NOBODY]], dtype=np.int64)
    values = ranking.novelty(lists, np.array([0.5, 0.125]))
    assert values[:2].tolist() == [2.0, 3.0]
    assert np.isnan(values[2])


def test_cross_category_counts_what_has_a_category() -> None:
    lists = np.array([[0, 1, 2], [2, NOBODY, NOBODY]], dtype=np.int64)
    categories = _numbers(0, 1, NOBODY)
    values = ranking.cross_category_rate(lists, categories, _matrix([[1, 0], [1, 1]]))
    assert values[0] == 0.5
    assert np.isnan(values[1])


def test_coverage_is_of_all_products() -> None:
    assert ranking.coverage(np.array([[0, 1], [1, NOBODY]], dtype=np.int64), 4) == 0.5
