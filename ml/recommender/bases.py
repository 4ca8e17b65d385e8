"""The ways to rank, each with the settings that tuning chooses from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_array

from ml.als import als_pipeline, item_factors
from ml.model import Parameters
from ml.recommender.knowledge import Knowledge, keep_nearest, nearest, numbered
from ml.recommender.rankings import Base, Factors, Neighbours, Popularity, Ranking

if TYPE_CHECKING:
    from pyspark.ml import PipelineModel
    from pyspark.sql import DataFrame

MODEL = "als"
BASELINES = ("popularity", "recent_popularity", "item_item", "basket_pairs")


class RecommenderParameters(Parameters):
    """What is fixed before training.

    Attributes:
        k: products in a list.
        keeps_bought: shops in which what was bought may be recommended again.
        max_history: interactions of a customer that pairs of products are counted in: the latest.
        max_customer_count: of the validation and of the test part, drawn by lot.
        repeat_weights: to try: how much an earlier purchase counts, where it may be recommended.
        windows: to try, in days, for what is popular of late.
        neighbour_counts: to try, of each product.
        shrinkage: customers that two products are taken to have apart from each other.
        ranks: to try, of the latent factors.
        alphas: to try: how much confidence grows with strength.
        regularisations: to try.
        iterations: of ALS.
        seed: of ALS.
        fallback_days: the last ones, by which products are popular for new customers.
        min_group_customer_count: below which a country or segment has no list of its own.
        similar_count: similar products of each.
    """

    k: int
    keeps_bought: tuple[str, ...]
    max_history: int
    max_customer_count: int
    repeat_weights: tuple[float, ...]
    windows: tuple[int, ...]
    neighbour_counts: tuple[int, ...]
    shrinkage: float
    ranks: tuple[int, ...]
    alphas: tuple[float, ...]
    regularisations: tuple[float, ...]
    iterations: int
    seed: int
    fallback_days: int
    min_group_customer_count: int
    similar_count: int

    def grid(self, family: str) -> Iterator[dict[str, Any]]:
        """The settings of a family of bases to try."""
        tried: dict[str, dict[str, tuple[Any, ...]]] = {
            "popularity": {},
            "recent_popularity": {"window": self.windows},
            "item_item": {"neighbour_count": self.neighbour_counts},
            "basket_pairs": {"neighbour_count": self.neighbour_counts},
            MODEL: {
                "rank": self.ranks,
                "alpha": self.alphas,
                "regularisation": self.regularisations,
            },
        }
        names = tried[family].keys()
        for values in product(*tried[family].values()):
            yield dict(zip(names, values, strict=True))


@dataclass(frozen=True)
class Choice:
    """A base with its settings, and how much it counts that a product was bought before."""

    family: str
    settings: dict[str, Any]
    repeat_weight: float


@dataclass(frozen=True)
class Bases:
    """The bases of a shop as of a day.

    Attributes:
        knowledge: of the shop, as of the day.
        pairs: rows of `feat_product_pairs` as of the day.
        parameters: of the model.
        keeps_bought: whether the shop sells what is bought again.
    """

    knowledge: Knowledge
    pairs: DataFrame
    parameters: RecommenderParameters
    keeps_bought: bool

    def base(self, family: str, settings: dict[str, Any]) -> Base:
        """A base of a family, but for the model's: `factors` gives that."""
        if family == "popularity":
            return Popularity(self.knowledge.popularity)
        if family == "recent_popularity":
            return Popularity(self.knowledge.recent_popularity(settings["window"]))
        near = self.nearness if family == "item_item" else self._confidences
        return Neighbours(keep_nearest(near, settings["neighbour_count"]))

    def ranking(self, choice: Choice, base: Base) -> Ranking:
        """A base with what was bought before."""
        return Ranking(base, self.knowledge.popularity, choice.repeat_weight, self.keeps_bought)

    @cached_property
    def nearness(self) -> csr_array[Any]:
        """How near products are by the customers who had to do with both."""
        return self.knowledge.nearness(
            max(self.parameters.neighbour_counts), self.parameters.shrinkage
        )

    @cached_property
    def _confidences(self) -> csr_array[Any]:
        """Which share of the baskets with a product has another one."""
        return self._nearest_pairs("pair_count / product_a_count", "pair_count / product_b_count")

    @cached_property
    def lifts(self) -> csr_array[Any]:
        """How much more often than by chance two products are in one basket, if more often."""
        lift = "pair_count * basket_count / (product_a_count * product_b_count)"
        return self._nearest_pairs(f"if({lift} > 1, {lift}, 0)", f"if({lift} > 1, {lift}, 0)")

    def _nearest_pairs(self, near: str, near_back: str) -> csr_array[Any]:
        keys = self.knowledge.product_keys
        first = numbered(self.pairs.withColumnRenamed("product_a_key", "product_key"), keys)
        second = first.drop("product_key").withColumnRenamed("item", "a")
        both = numbered(second.withColumnRenamed("product_b_key", "product_key"), keys)
        pairs = both.withColumnRenamed("item", "b").selectExpr(
            "a", "b", f"{near} as near", f"{near_back} as near_back"
        )
        found = nearest(pairs, len(keys), max(self.parameters.neighbour_counts))
        found.eliminate_zeros()
        return found


def fit(
    knowledge: Knowledge, settings: dict[str, Any], parameters: RecommenderParameters
) -> PipelineModel:
    """Implicit ALS on all interactions as of the day."""
    from pyspark.sql import functions as f

    rows = knowledge.rows.select(
        "customer_key", "product_key", f.log1p("strength").alias("confidence")
    ).sort("customer_key", "product_key")
    als = als_pipeline(
        "customer_key",
        "product_key",
        "confidence",
        implicitPrefs=True,
        rank=settings["rank"],
        alpha=settings["alpha"],
        regParam=settings["regularisation"],
        maxIter=parameters.iterations,
        seed=parameters.seed,
    )
    return als.fit(rows)


def factors(
    pipeline: PipelineModel, settings: dict[str, Any], product_keys: tuple[str, ...]
) -> Factors:
    """The latent factors of a fitted pipeline, by the numbers of products now."""
    known = item_factors(pipeline)
    found = np.zeros((len(product_keys), settings["rank"]))
    for place, key in enumerate(product_keys):
        if key in known:
            found[place] = known[key]
    return Factors(found, settings["alpha"], settings["regularisation"])
