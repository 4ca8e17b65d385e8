"""Silhouettes and the adjusted Rand index have the values that are worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from ml.segments.agreement import adjusted_rand, simplified_silhouettes

CENTRES = np.array([[0.0, 0.0], [4.0, 0.0]])


@pytest.mark.parametrize(
    ("point", "group", "expected"),
    [
        ([0.0, 0.0], 0, 1.0),
        ([0.0, 0.0], 1, -1.0),
        ([1.0, 0.0], 0, (3 - 1) / 3),
        ([2.0, 5.0], 0, 0.0),
    ],
)
def test_a_point_is_judged_by_its_own_centre_and_the_nearest_other(
    point: list[float], group: int, expected: float
) -> None:
    found = simplified_silhouettes(np.array([point]), np.array([group]), CENTRES)
    assert found == pytest.approx([expected])


def test_a_point_on_two_equal_centres_is_in_neither() -> None:
    centres = np.zeros((2, 2))
    assert simplified_silhouettes(centres[:1], np.array([0]), centres) == pytest.approx([0.0])


def test_the_same_groups_under_other_numbers_agree_wholly() -> None:
    assert adjusted_rand(np.array([[0, 5], [7, 0]])) == 1.0
    assert adjusted_rand(np.array([[9]])) == 1.0


def test_agreement_is_that_of_hubert_and_arabie() -> None:
    # Ten things: pairs together in both, in the one (2, 4, 4), in the other (2, 3, 5), of 45.
    table = np.array([[1, 1, 0], [1, 2, 1], [0, 0, 4]])
    pairs = 1 + 6
    of_one, of_other = 1 + 6 + 6, 1 + 3 + 10
    by_chance = of_one * of_other / 45
    most = (of_one + of_other) / 2
    assert adjusted_rand(table) == pytest.approx((pairs - by_chance) / (most - by_chance))


def test_groups_by_lot_agree_no_more_than_by_chance() -> None:
    generator = np.random.default_rng(1)
    table = np.zeros((3, 4), dtype=np.int64)
    np.add.at(table, (generator.integers(3, size=5_000), generator.integers(4, size=5_000)), 1)
    assert adjusted_rand(table) == pytest.approx(0, abs=0.005)
