"""Means and deviations of ratings."""

from __future__ import annotations

import numpy as np
import pytest

from ml.metrics import RootMeanSquare
from ml.ratings.model import Deviations, Means, Rated


def _rated(*rows: tuple[str, str, str, float]) -> Rated:
    customers, segments, products, ratings = zip(*rows, strict=True)
    return Rated(np.array(customers), np.array(segments), np.array(products), np.array(ratings))


RATED = _rated(
    ("1", "w", "hat", 5.0), ("2", "m", "hat", 3.0), ("3", "w", "coat", 2.0), ("4", "m", "coat", 2.0)
)


def test_means_without_shrinkage_are_those_of_the_product() -> None:
    assert Means.of(RATED, 0).predict(RATED).tolist() == [4.0, 4.0, 2.0, 2.0]


def test_shrinkage_adds_ratings_of_the_overall_mean() -> None:
    # Two of 4 and two of 3 for the hat: 3.5.
    assert Means.of(RATED, 2).predict(RATED)[0] == pytest.approx(3.5)


def test_an_unknown_product_has_the_overall_mean() -> None:
    assert Means.of(RATED, 0).predict(_rated(("9", "w", "scarf", 1.0))).tolist() == [3.0]


def test_an_unknown_segment_does_not_deviate() -> None:
    deviations = Deviations({"w": np.array([1.0, 2.0])}, {"hat": np.array([0.5, 0.25])})
    asked = _rated(("1", "w", "hat", 0), ("2", "m", "hat", 0), ("3", "w", "coat", 0))
    assert deviations.predict(asked).tolist() == [1.0, 0.0, 0.0]


def test_a_customer_is_in_one_part() -> None:
    rated = _rated(*[(str(n % 50), "w", str(n), float(n % 5)) for n in range(200)])
    parts = rated.parts()
    customers = [set(part.customers.tolist()) for part in parts]
    assert sum(map(len, parts)) == 200
    assert sum(map(len, customers)) == len(set().union(*customers)) == 50


def test_rmse_is_of_each_resample() -> None:
    metric = RootMeanSquare(np.array([3.0, -4.0]))
    weights = np.array([[1.0, 1.0], [2.0, 0.0], [0.0, 0.0]])
    scores = metric.scores(weights)
    assert scores[:2] == pytest.approx([np.sqrt(12.5), 3.0])
    assert np.isnan(scores[2])
