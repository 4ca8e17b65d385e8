"""Ratings by explicit ALS, held to the mean rating on customers that nothing was learnt from.

Where customers rate once, as they do in a survey, nothing is known of those who are to be told
about: factors of customers cannot be learnt. So those who rate are people of one gender and age, as
`feat_customer_profiles` knows them, and ALS learns how such people differ from the mean of each
product (Koren, Bell & Volinsky, Matrix factorization techniques for recommender systems, 2009).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lakehouse.errors import LakehouseError
from ml.als import als_pipeline, item_factors, user_factors
from ml.bars import bars
from ml.metrics import Floats, RootMean
from ml.model import Model, Parameters, Serving, Training
from ml.splits import PARTS, part_of

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.ml import PipelineModel
    from pyspark.sql import DataFrame, SparkSession

    from ml.features import Features

_INTERACTIONS, _PROFILES = "feat_interactions", "feat_customer_profiles"
Texts = NDArray[np.str_]


class RatingsParameters(Parameters):
    """What is fixed before training.

    Attributes:
        max_rating_count: ratings that are used, drawn by lot.
        shrinkages: of the baseline, to try: ratings of the overall mean that each product is given
            besides its own.
        ranks: of the factors, to try.
        regularisations: to try.
        iterations: of ALS.
        seed: of ALS.
    """

    max_rating_count: int
    shrinkages: tuple[float, ...]
    ranks: tuple[int, ...]
    regularisations: tuple[float, ...]
    iterations: int
    seed: int


@dataclass(frozen=True)
class Rated:
    """Ratings; every array has one place per rating.

    Attributes:
        customers: keys.
        segments: gender and age of each.
        products: keys.
        ratings: e.g. 1 to 5.
    """

    customers: Texts
    segments: Texts
    products: Texts
    ratings: Floats

    def __len__(self) -> int:
        """How many there are."""
        return len(self.ratings)

    def at(self, places: NDArray[Any]) -> Rated:
        """Those at some places."""
        return Rated(
            self.customers[places],
            self.segments[places],
            self.products[places],
            self.ratings[places],
        )

    def parts(self) -> tuple[Rated, Rated, Rated]:
        """Train, validation and test; each customer is in one."""
        parts = np.array([part_of(key, salt="ratings") for key in self.customers])
        train, validation, test = (self.at(np.flatnonzero(parts == part)) for part in PARTS)
        return train, validation, test


@dataclass(frozen=True)
class Means:
    """The mean rating of each product, drawn to that of all where there are few.

    Attributes:
        overall: mean.
        by_product: means; a product that is not in it has the overall one.
    """

    overall: float
    by_product: Mapping[str, float]

    @classmethod
    def of(cls, rated: Rated, shrinkage: float) -> Means:
        """Means of ratings, with so many of the overall mean added to each product's own."""
        overall = float(rated.ratings.mean())
        keys, places = np.unique(rated.products, return_inverse=True)
        off = np.bincount(places, rated.ratings - overall) / (np.bincount(places) + shrinkage)
        return cls(overall, dict(zip(keys.tolist(), (overall + off).tolist(), strict=True)))

    def predict(self, rated: Rated) -> Floats:
        """The mean of each rating's product."""
        return np.array([self.by_product.get(key, self.overall) for key in rated.products])


@dataclass(frozen=True)
class Deviations:
    """How segments differ from the means, by the product of latent factors.

    Attributes:
        segments: factors by segment.
        products: factors by product key.
    """

    segments: Mapping[str, Floats]
    products: Mapping[str, Floats]

    @classmethod
    def of(cls, pipeline: PipelineModel) -> Deviations:
        """Those of a fitted pipeline."""
        return cls(user_factors(pipeline), item_factors(pipeline))

    def predict(self, rated: Rated) -> Floats:
        """The deviation of each rating; 0 of a segment or product that was not learnt from."""
        pairs = zip(rated.segments.tolist(), rated.products.tolist(), strict=True)
        return np.array([self._of(segment, key) for segment, key in pairs])

    def _of(self, segment: str, key: str) -> float:
        if segment not in self.segments or key not in self.products:
            return 0.0
        return float(self.segments[segment] @ self.products[key])


class Ratings(Model[RatingsParameters]):
    """Explicit ALS on what ratings differ by from each product's mean, against that mean."""

    name = "ratings"
    purpose = (
        "What people of a gender and age would rate a product: explicit ALS, if it tells the "
        "ratings of unseen customers better than the mean rating does."
    )
    features = (_INTERACTIONS, _PROFILES)
    outputs = ("predicted_ratings",)
    form = RatingsParameters

    def train(self, features: Features, training: Training[RatingsParameters]) -> None:
        """Tunes mean and ALS on the validation part; compares them on the test part."""
        parameters = training.parameters
        rated = read_ratings(features, parameters)
        train, validation, test = rated.parts()
        if not len(train) or not len(validation):
            raise LakehouseError(
                f"{len(rated)} ratings of {features.shop_id} are too few to learn from."
            )
        floors = {
            shrinkage: Means.of(train, shrinkage).predict(validation)
            for shrinkage in parameters.shrinkages
        }
        overall = np.full(len(validation), train.ratings.mean())
        training.score("mean rating", "validation", "rmse", _rmse(validation, overall))
        shrinkage = min(floors, key=lambda tried: _error(validation, floors[tried]))
        floor = "product means"
        means = Means.of(train, shrinkage)
        tried = list(product(parameters.ranks, parameters.regularisations))
        fitted = [_fit(features.spark, train, means, *settings, parameters) for settings in tried]
        guesses = [
            means.predict(validation) + Deviations.of(pipeline).predict(validation)
            for pipeline in fitted
        ]
        chosen = int(np.argmin([_error(validation, guess) for guess in guesses]))
        rank, regularisation = tried[chosen]
        training.score(floor, "validation", "rmse", _rmse(validation, floors[shrinkage]))
        training.score("als", "validation", "rmse", _rmse(validation, guesses[chosen]))
        training.chosen = {
            "shrinkage": shrinkage,
            "rank": rank,
            "regularisation": regularisation,
        }
        training.state = {"shrinkage": shrinkage}

        overall = np.full(len(test), train.ratings.mean())
        base = means.predict(test)
        guess = base + Deviations.of(fitted[chosen]).predict(test)
        for name, prediction in (("mean rating", overall), (floor, base), ("als", guess)):
            training.score(name, "test", "rmse", _rmse(test, prediction))
        training.plots["rmse"] = bars(
            training.scores, "test", "rmse", "Ratings of unseen customers"
        )
        training.limits = [
            "Ratings are of those who chose to rate what they had bought.",
            f"At most {parameters.max_rating_count:,} ratings are used, drawn by lot.",
            "A rating is told by gender, age and product alone: nobody rates often enough to be "
            "known by themselves.",
        ]
        if training.judge(_rmse(test, guess), _rmse(test, base)).serves:
            everything = Means.of(rated, shrinkage)
            training.pipeline = _fit(
                features.spark, rated, everything, rank, regularisation, parameters
            )

    def score(
        self, features: Features, serving: Serving, parameters: RatingsParameters
    ) -> Mapping[str, DataFrame | pa.Table]:
        """The rating of every product by every segment that rates."""
        import pyarrow as pa

        rated = read_ratings(features, parameters)
        segments, keys = np.unique(rated.segments), np.unique(rated.products)
        pairs = np.array(list(product(segments, keys)))
        unrated = np.full(len(pairs), np.nan)
        asked = Rated(pairs[:, 0], pairs[:, 0], pairs[:, 1], unrated)
        predicted = Means.of(rated, serving.state["shrinkage"]).predict(asked)
        if serving.pipeline is not None:
            predicted = predicted + Deviations.of(serving.pipeline).predict(asked)
        names, counts = np.unique(
            np.stack([rated.segments, rated.products], axis=1), axis=0, return_counts=True
        )
        count_of = {tuple(name): int(count) for name, count in zip(names, counts, strict=True)}
        table = pa.table(
            {
                "segment": pairs[:, 0].tolist(),
                "product_key": pairs[:, 1].tolist(),
                "rating_count": [count_of.get((s, key), 0) for s, key in pairs],
                "predicted_rating": predicted.tolist(),
                "source": ["als" if serving.pipeline else "mean rating"] * len(pairs),
            }
        )
        return {"predicted_ratings": table}


def read_ratings(features: Features, parameters: RatingsParameters) -> Rated:
    """The latest ratings of a shop, sorted by customer and product.

    Raises:
        LakehouseError: nobody rated anything.
    """
    from pyspark.sql import functions as f

    segment = f.coalesce(f.nullif(f.concat_ws(", ", "gender", "age_band"), f.lit("")), f.lit("all"))
    profiles = features.table(_PROFILES).select("customer_key", segment.alias("segment"))
    table = (
        features.table(_INTERACTIONS)
        .where("is_latest and review_rating is not null")
        .join(profiles, "customer_key")
        .select("customer_key", "segment", "product_key", "review_rating")
        .orderBy(f.xxhash64("customer_key", "product_key"), "customer_key", "product_key")
        .limit(parameters.max_rating_count)
        .sort("customer_key", "product_key")
        .toArrow()
    )
    if not table.num_rows:
        raise LakehouseError(f"Nobody rated anything in {features.shop_id}.")
    customers, segments, products = (
        np.array(table[name].to_pylist()) for name in ("customer_key", "segment", "product_key")
    )
    ratings = np.asarray(table["review_rating"].to_numpy(), dtype=np.float64)
    return Rated(customers, segments, products, ratings)


def _fit(
    spark: SparkSession,
    rated: Rated,
    means: Means,
    rank: int,
    regularisation: float,
    parameters: RatingsParameters,
) -> PipelineModel:
    off = rated.ratings - means.predict(rated)
    columns: list[Sequence[Any]] = [rated.segments.tolist(), rated.products.tolist(), off.tolist()]
    rows = spark.createDataFrame(
        list(zip(*columns, strict=True)), "segment string, product_key string, off double"
    )
    als = als_pipeline(
        "segment",
        "product_key",
        "off",
        rank=rank,
        regParam=regularisation,
        maxIter=parameters.iterations,
        seed=parameters.seed,
    )
    return als.fit(rows)


def _rmse(rated: Rated, predicted: Floats) -> RootMean:
    return RootMean(np.square(rated.ratings - predicted))


def _error(rated: Rated, predicted: Floats) -> float:
    return float(np.square(rated.ratings - predicted).mean())
