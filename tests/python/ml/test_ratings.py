"""Means and deviations of ratings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from ml.model import Serving, Training
from ml.parameters import read_parameters
from ml.ratings.model import Deviations, Means, Rated, Ratings, RatingsParameters
from tests.python.ml.memory_features import MemoryFeatures

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


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


def _surveyed(spark: SparkSession, lake: Lake, shift: float) -> MemoryFeatures:
    """Everybody rates once; women rate hats higher than men by twice the shift, and coats lower."""
    drawn = np.random.default_rng(3)
    rows, profiles = [], []
    for number in range(600):
        gender, item = ("Female", "Male")[number % 2], ("hat", "coat")[number // 2 % 2]
        sign = 1 if (gender == "Female") == (item == "hat") else -1
        rating = 3.5 + sign * shift + 0.2 * float(drawn.normal())
        rows.append((f"c{number}", item, rating, True))
        profiles.append((f"c{number}", gender, "25-34"))
    interactions = (
        "customer_key string, product_key string, review_rating double, is_latest boolean"
    )
    people = "customer_key string, gender string, age_band string"
    return MemoryFeatures(
        spark,
        lake,
        {
            "feat_interactions": spark.createDataFrame(rows, interactions),
            "feat_customer_profiles": spark.createDataFrame(profiles, people),
        },
    )


def _trained(features: MemoryFeatures) -> tuple[Training[RatingsParameters], RatingsParameters]:
    given = read_parameters("ratings", RatingsParameters)
    parameters = given.model_copy(update={"ranks": (2,), "regularisations": (0.1,)})
    training = Training(parameters)
    Ratings().train(features, training)
    return training, parameters


def test_what_segments_differ_by_is_found_and_served(
    spark: SparkSession, lake: Lake, tmp_path: Path
) -> None:
    from pyspark.ml import PipelineModel

    features = _surveyed(spark, lake, shift=0.8)
    training, parameters = _trained(features)
    assert training.verdict is not None
    assert training.verdict.serves
    assert training.pipeline is not None
    training.pipeline.write().save(str(tmp_path / "pipeline"))
    loaded = PipelineModel.load(str(tmp_path / "pipeline"))
    given = [
        Ratings().score(features, Serving("r", True, each, training.state), parameters)
        for each in (training.pipeline, loaded)
    ]
    assert given[0] == given[1]
    table = given[0]["predicted_ratings"]
    assert isinstance(table, pa.Table)
    rows = {(row["segment"], row["product_key"]): row for row in table.to_pylist()}
    assert rows["Female, 25-34", "hat"]["predicted_rating"] == pytest.approx(4.3, abs=0.15)
    assert rows["Male, 25-34", "hat"]["predicted_rating"] == pytest.approx(2.7, abs=0.15)
    assert {row["rating_count"] for row in rows.values()} == {150}


def test_chance_does_not_serve(spark: SparkSession, lake: Lake) -> None:
    training, _ = _trained(_surveyed(spark, lake, shift=0.0))
    assert training.verdict is not None
    assert not training.verdict.serves
    assert training.pipeline is None


def test_a_shop_without_ratings_is_refused(spark: SparkSession, lake: Lake) -> None:
    features = _surveyed(spark, lake, shift=0.0)
    features.tables["feat_interactions"] = features.tables["feat_interactions"].limit(0)
    with pytest.raises(LakehouseError, match="Nobody rated"):
        _trained(features)
