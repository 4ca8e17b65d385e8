"""Which categories a customer buys next: learnt from earlier quarters, held to the last one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from lakehouse.errors import LakehouseError
from ml import ranking
from ml.bars import bars
from ml.kept import kept
from ml.metrics import Mean
from ml.model import Model, Parameters, Serving, Training
from ml.next_categories.examples import FEATURES, by_category, examples
from ml.ranking import Bools, Numbers

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.ml import PipelineModel
    from pyspark.sql import Column, DataFrame

    from ml.features import Features

_PURCHASES, _TEXTS = "feat_quarterly_purchases", "feat_product_texts"
# Quarters that are needed: two to learn from, one to tune on, one to test on, one before them all.
_MIN_QUARTERS = 4
_LAST_BOUGHT = ("bought_in_last", "bought_in_second", "bought_in_third", "bought_in_fourth")


class NextCategoriesParameters(Parameters):
    """What is fixed before training.

    Attributes:
        k: categories of a list.
        max_customer_count: of the validation and of the test part, drawn by lot.
        train_quarters: to learn from, the latest before the part that is tuned or tested on.
        depths: of gradient-boosted trees, to try; 0 stands for logistic regression.
        iterations: trees.
        lookbacks: of the baseline, to try: by how many of the last quarters; 0 is popularity.
        seed: of the trees.
    """

    k: int
    max_customer_count: int
    train_quarters: int
    depths: tuple[int, ...]
    iterations: int
    lookbacks: tuple[Literal[0, 1, 2, 3, 4], ...]
    seed: int


@dataclass(frozen=True)
class _Scored:
    """The categories of customers who bought in a quarter, ranked.

    Attributes:
        hits: (customers, k).
        counts: (customers,), categories that they bought.
    """

    hits: Bools
    counts: Numbers

    def ndcg(self) -> Mean:
        return Mean(ranking.ndcg(self.hits, self.counts))


class NextCategories(Model[NextCategoriesParameters]):
    """Chances of each category by what was bought in earlier quarters, against the last of them."""

    name = "next_categories"
    purpose = (
        "The categories that a customer is likely to buy from in the next 91 days, for shops "
        "without categories the product groups that names tell: a classifier on earlier quarters, "
        "if it ranks them better than what was bought of late does."
    )
    features = (_PURCHASES, _TEXTS)
    outputs = ("next_categories",)
    form = NextCategoriesParameters

    def train(self, features: Features, training: Training[NextCategoriesParameters]) -> None:
        """Tunes on the quarter before the last, tests on the last, learns again from all."""
        purchases = by_category(features.table(_PURCHASES), features.table(_TEXTS))
        with (
            kept(purchases),
            kept(examples(purchases, 1)) as tuned,
            kept(examples(purchases, 0)) as test,
        ):
            _require_quarters(purchases, features.shop_id)
            _tune(purchases, tuned, training)
            _compare(purchases, test, training)

    def score(
        self, features: Features, serving: Serving, parameters: NextCategoriesParameters
    ) -> Mapping[str, DataFrame | pa.Table]:
        """The most likely categories of every customer who ever bought."""
        from pyspark.sql import functions as f

        purchases = by_category(features.table(_PURCHASES), features.table(_TEXTS))
        candidate: PipelineModel | int = serving.pipeline or serving.state["lookback"]
        ranked = _ranked(examples(purchases, -1), candidate)
        source = "model" if serving.pipeline else _baseline(serving.state["lookback"])
        rows = ranked.where(f.col("rank") <= parameters.k).select(
            "customer_key", "rank", "category", "score", f.lit(source).alias("source")
        )
        return {"next_categories": rows}


def _tune(
    purchases: DataFrame, tuned: DataFrame, training: Training[NextCategoriesParameters]
) -> None:
    """Chooses a classifier and a baseline on the quarter before the last."""
    parameters = training.parameters
    metric = f"ndcg_at_{parameters.k}"
    model_scores = {
        depth: _ndcg(tuned, _fit(purchases, 1, depth, parameters), parameters)
        for depth in parameters.depths
    }
    base_scores = {
        lookback: _ndcg(tuned, lookback, parameters) for lookback in parameters.lookbacks
    }
    for depth, scored in model_scores.items():
        training.score(_candidate(depth), "validation", metric, scored)
    for lookback, scored in base_scores.items():
        training.score(_baseline(lookback), "validation", metric, scored)
    training.chosen = {
        "depth": max(parameters.depths, key=lambda tried: model_scores[tried].values.mean()),
        "lookback": max(parameters.lookbacks, key=lambda tried: base_scores[tried].values.mean()),
    }
    training.state = {"lookback": training.chosen["lookback"]}


def _compare(
    purchases: DataFrame, test: DataFrame, training: Training[NextCategoriesParameters]
) -> None:
    """Holds the choices to the last quarter; what serves learns again from all quarters."""
    parameters = training.parameters
    metric = f"ndcg_at_{parameters.k}"
    depth, lookback = training.chosen["depth"], training.chosen["lookback"]
    candidates: dict[str, PipelineModel | int] = {
        _candidate(depth): _fit(purchases, 0, depth, parameters),
        **{_baseline(tried): tried for tried in sorted({0, 1, lookback})},
    }
    by_name = {name: _scored(test, each, parameters) for name, each in candidates.items()}
    for name, result in by_name.items():
        training.score(name, "test", metric, result.ndcg())
        recall = Mean(ranking.recall(result.hits, result.counts))
        training.score(name, "test", f"recall_at_{parameters.k}", recall)
        rate = Mean(ranking.hit_rate(result.hits))
        training.score(name, "test", f"hit_rate_at_{parameters.k}", rate)
    training.plots["ndcg"] = bars(training.scores, "test", metric, "Categories bought next, ranked")
    training.limits = [
        "Scores are of customers who bought in the quarter: it does not say who will.",
        "A category that nobody bought before is in no list.",
        "Chances are of logistic regression or trees, not calibrated: they rank.",
    ]
    verdict = training.judge(by_name[_candidate(depth)].ndcg(), by_name[_baseline(lookback)].ndcg())
    if verdict.serves:
        training.pipeline = _fit(purchases, -1, depth, parameters)


def _require_quarters(purchases: DataFrame, shop_id: str) -> None:
    """Raises LakehouseError where there is too little to learn from, to tune and to test on."""
    from pyspark.sql import functions as f

    row = purchases.agg(
        f.max("quarters_ago").alias("oldest"), f.countDistinct("category").alias("categories")
    ).first()
    if row is None or row["oldest"] is None:
        raise LakehouseError(f"{shop_id} has no purchases of products with a category or a name.")
    if row["oldest"] < _MIN_QUARTERS:
        raise LakehouseError(
            f"{shop_id} has purchases of too few quarters ({row['oldest'] + 1}): "
            f"{_MIN_QUARTERS + 1} are needed to learn which categories come next."
        )
    if row["categories"] < 2:
        raise LakehouseError(f"{shop_id} has one category only: there is nothing to tell apart.")


def _fit(
    purchases: DataFrame, quarter: int, depth: int, parameters: NextCategoriesParameters
) -> PipelineModel:
    """Learns from the quarters before one, each with what was known before it."""
    from pyspark.ml import Pipeline
    from pyspark.ml.classification import GBTClassifier, LogisticRegression
    from pyspark.ml.feature import VectorAssembler
    from pyspark.sql import functions as f

    oldest = purchases.agg(f.max("quarters_ago")).first()
    # The oldest quarter may be cut short, and nothing is known before it.
    last = min(quarter + parameters.train_quarters, int(oldest[0]) - 1 if oldest else 0)
    rows = examples(purchases, quarter + 1)
    for target in range(quarter + 2, last + 1):
        rows = rows.unionByName(examples(purchases, target))
    classifier = (
        GBTClassifier(maxDepth=depth, maxIter=parameters.iterations, seed=parameters.seed)
        if depth
        else LogisticRegression(regParam=1e-3)
    )
    assembler = VectorAssembler(inputCols=list(FEATURES), outputCol="features")
    return Pipeline(stages=[assembler, classifier]).fit(rows.sort("customer_key", "category"))


def _ranked(rows: DataFrame, candidate: PipelineModel | int) -> DataFrame:
    """Examples with score and rank: by a fitted pipeline, or by purchases of the last quarters."""
    from pyspark.ml.functions import vector_to_array
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    if isinstance(candidate, int):
        scored = rows.withColumn("score", _recent_purchases(candidate))
    else:
        chance = vector_to_array(f.col("probability"))[1]
        scored = candidate.transform(rows).withColumn("score", chance)
    order = Window.partitionBy("customer_key").orderBy(
        f.desc("score"), f.desc("category_share"), "category"
    )
    return scored.withColumn("rank", f.row_number().over(order))


def _recent_purchases(lookback: int) -> Column:
    """How often a category was bought in so many of the last quarters; popularity without any."""
    from pyspark.sql import functions as f

    if not lookback:
        return f.col("category_share")
    counts = [f.expm1(f.col(name)) for name in _LAST_BOUGHT[:lookback]]
    return sum(counts[1:], counts[0])


def _scored(
    rows: DataFrame, candidate: PipelineModel | int, parameters: NextCategoriesParameters
) -> _Scored:
    """What was bought of the categories ranked first, of customers who bought any, by lot."""
    from pyspark.sql import functions as f

    label = f.col("label")
    found = f.array_agg(f.when(label == 1, f.col("rank")))
    table = (
        _ranked(rows, candidate)
        .groupBy("customer_key")
        .agg(f.sum(label).cast("int").alias("count"), found.alias("ranks"))
        .where("count > 0")
        .orderBy(f.xxhash64("customer_key"), "customer_key")
        .limit(parameters.max_customer_count)
        .sort("customer_key")
        .toArrow()
    )
    counts = np.asarray(table["count"].to_numpy(), dtype=np.int64)
    hits = np.zeros((len(counts), parameters.k), dtype=np.bool_)
    for row, ranks in enumerate(table["ranks"].to_pylist()):
        hits[row, [rank - 1 for rank in ranks or () if rank <= parameters.k]] = True
    return _Scored(hits, counts)


def _ndcg(
    rows: DataFrame, candidate: PipelineModel | int, parameters: NextCategoriesParameters
) -> Mean:
    metric = _scored(rows, candidate, parameters).ndcg()
    if not metric.unit_count:
        raise LakehouseError("Nobody who bought before bought anything in the quarter to tune on.")
    return metric


def _candidate(depth: int) -> str:
    return f"trees of depth {depth}" if depth else "logistic regression"


def _baseline(lookback: int) -> str:
    if not lookback:
        return "popularity"
    return "bought last quarter" if lookback == 1 else f"bought in the last {lookback} quarters"
