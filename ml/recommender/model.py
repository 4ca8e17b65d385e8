"""The recommender: which products a customer is likely to buy next, and which are alike."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from scipy.sparse import csr_array

from lakehouse.errors import LakehouseError
from ml import ranking
from ml.bars import bars
from ml.metrics import Mean
from ml.model import Model, Score, Serving, Training
from ml.ranking import NOBODY, Numbers
from ml.recommender.bases import (
    BASELINES,
    MODEL,
    Bases,
    Choice,
    RecommenderParameters,
    factors,
    fit,
)
from ml.recommender.exam import Exam, bought_later, draw, exam_of, set_exam
from ml.recommender.fallback import fall_back, popular_lists
from ml.recommender.knowledge import Knowledge, know, numbered, read_histories
from ml.recommender.rankings import Base, Factors, Ranking, best

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

    from ml.features import Features

_INTERACTIONS, _PAIRS = "feat_interactions", "feat_product_pairs"
_PROFILES, _TEXTS = "feat_customer_profiles", "feat_product_texts"
_LISTED = "customer_key string, rank int, item int, score double"


class Recommender(Model[RecommenderParameters]):
    """Implicit ALS with what was bought before, against popularity, neighbours and baskets.

    Attributes:
        family: of the bases, that which has to beat the baselines.
        beside: families that are only compared.
    """

    family: ClassVar[str] = MODEL
    beside: ClassVar[tuple[str, ...]] = ()

    name = "recommender"
    purpose = (
        "The products that a customer is likely to buy next, and those that are alike: implicit "
        "ALS on views, carts and purchases, if it ranks what is bought later better than the "
        "plainer ways do."
    )
    features = (_INTERACTIONS, _PAIRS, _PROFILES, _TEXTS)
    outputs: ClassVar[tuple[str, ...]] = ("recommendations", "similar_products")
    form: ClassVar[type[RecommenderParameters]] = RecommenderParameters
    # ALS has factors of customers, and the indexer their keys.
    remembers_customers = True

    def train(self, features: Features, training: Training[RecommenderParameters]) -> None:
        """Tunes every way to rank on the validation part; compares them on the test part.

        Where nothing can be compared, for want of days or of customers who came back, what is
        popular serves.
        """
        tables = [features.table(name) for name in self.features]
        try:
            self.compare(features, training)
        except LakehouseError as error:
            if tables[0].isEmpty():
                raise
            popular = asdict(Choice("popularity", {}, 0.0))
            training.state = {"baseline": popular}
            training.unjudged = f"{error} What is popular serves."

    def compare(self, features: Features, training: Training[RecommenderParameters]) -> None:
        """Tunes every way to rank, judges, and keeps what was fitted if it serves.

        Raises:
            LakehouseError: nothing can be compared, for want of days or of customers who came back.
        """
        parameters = training.parameters
        days = as_of_days(features)
        keeps = features.shop_id in parameters.keeps_bought
        latest = rows_of(features, "is_latest")
        validation = bases_of(features, parameters, "is_validation")
        exam = set_exam(
            validation.knowledge,
            rows_of(features, "is_holdout"),
            keeps,
            parameters.max_customer_count,
        )
        choices: dict[str, Choice] = {}
        reached: dict[str, float] = {}
        for family in (*BASELINES, *self.beside, self.family):
            choices[family], lists = self.tuned(family, validation, exam)
            metric = exam.ndcg(lists)
            reached[family] = float(metric.values.mean())
            training.score(family, "validation", f"ndcg_at_{parameters.k}", metric)
            training.chosen[family] = choices[family].settings | {
                "repeat_weight": choices[family].repeat_weight
            }
        baseline = max(BASELINES, key=lambda family: reached[family])
        training.chosen["baseline"] = baseline
        training.state = {
            "model": asdict(choices[self.family]),
            "baseline": asdict(choices[baseline]),
        }

        bases = bases_of(features, parameters, "is_holdout")
        test = set_exam(bases.knowledge, latest, keeps, parameters.max_customer_count)
        rankings = {
            family: bases.ranking(choice, self.base(bases, family, choice.settings))
            for family, choice in choices.items()
        }
        lists_of = {name: test.lists(ranked, parameters.k) for name, ranked in rankings.items()}
        categories = _categories(features, bases.knowledge)
        for family, lists in lists_of.items():
            _score_lists(training, family, lists, test, bases.knowledge, categories)
        if keeps:
            _score_new_products(training, rankings, test)
        _score_new_customers(training, features, bases, latest)
        training.plots["ndcg"] = bars(
            training.scores, "test", f"ndcg_at_{parameters.k}", "What is bought later, ranked"
        )
        training.limits = [
            "Scores are of customers who came back: what a list does to those who would not "
            "have, only an experiment shows.",
            "What was popular was also shown more: past views and purchases favour it.",
            "A product that nobody had to do with yet is in no list.",
            f"At most {parameters.max_customer_count:,} customers are drawn to be tested on.",
        ]
        verdict = training.judge(test.ndcg(lists_of[self.family]), test.ndcg(lists_of[baseline]))
        if verdict.serves:
            now = know(latest, days["is_latest"], parameters.max_history)
            self.keep(training, now, choices[self.family].settings)

    def tuned(self, family: str, bases: Bases, exam: Exam) -> tuple[Choice, Numbers]:
        """The choice with the highest NDCG, the first of equals, and the lists that it gives."""
        tried = []
        for settings in bases.parameters.grid(family):
            base = self.base(bases, family, settings)
            tried.append(with_repeats(bases, Choice(family, settings, 0.0), base, exam))
        _, choice, lists = max(tried, key=lambda each: each[0])
        return choice, lists

    def base(self, bases: Bases, family: str, settings: dict[str, Any]) -> Base:
        """A base of any family, fitted on what is known."""
        if family != MODEL:
            return bases.base(family, settings)
        fitted = fit(bases.knowledge, settings, bases.parameters)
        return factors(fitted, settings, bases.knowledge.product_keys)

    def keep(
        self,
        training: Training[RecommenderParameters],
        knowledge: Knowledge,
        settings: dict[str, Any],
    ) -> None:
        """Fits what is to serve on all that is known."""
        training.pipeline = fit(knowledge, settings, training.parameters)

    def score(
        self, features: Features, serving: Serving, parameters: RecommenderParameters
    ) -> Mapping[str, DataFrame | pa.Table]:
        """Lists of every customer of the shop, and of every product those that are alike."""
        choice = Choice(**serving.state["model" if serving.serves_model else "baseline"])
        bases = bases_of(features, parameters, "is_latest")
        knowledge = bases.knowledge
        if serving.pipeline is None:
            ranked = bases.ranking(choice, bases.base(choice.family, choice.settings))
        else:
            base = factors(serving.pipeline, choice.settings, knowledge.product_keys)
            ranked = bases.ranking(choice, base)
        return {
            "recommendations": recommendations(features, bases, ranked, choice.family),
            "similar_products": similar_products(bases, ranked),
        }


def as_of_days(features: Features) -> dict[str, datetime.date]:
    """The days as of which interactions are described, by the column that marks each.

    Raises:
        LakehouseError: the shop has no dates, or too few days to hold two parts out.
    """
    days = {mark: as_of(features, mark) for mark in ("is_latest", "is_holdout", "is_validation")}
    if days["is_latest"] is None:
        raise LakehouseError(
            f"The interactions of {features.shop_id} have no dates: without what came later there "
            "is nothing to hold recommendations to."
        )
    dated = {mark: day for mark, day in days.items() if day is not None}
    if len(dated) < len(days):
        raise LakehouseError(
            f"{features.shop_id} has too few days with interactions to hold a part out to test on "
            "and one to tune on."
        )
    return dated


def as_of(features: Features, mark: str) -> datetime.date | None:
    """The day that a column marks; None without dates, or without such a day."""
    row = rows_of(features, mark).select("as_of_date").first()
    day: datetime.date | None = None if row is None else row["as_of_date"]
    return day


def rows_of(features: Features, mark: str) -> DataFrame:
    """The interactions as of the day that a column marks."""
    from pyspark.sql import functions as f

    return features.table(_INTERACTIONS).where(f.col(mark))


def bases_of(features: Features, parameters: RecommenderParameters, mark: str) -> Bases:
    """The ways to rank by what was known on the day that a column marks."""
    from pyspark.sql import functions as f

    return Bases(
        know(rows_of(features, mark), as_of(features, mark), parameters.max_history),
        features.table(_PAIRS).where(f.col(mark)),
        parameters,
        features.shop_id in parameters.keeps_bought,
    )


def similar_products(bases: Bases, ranked: Ranking) -> pa.Table:
    """What lies nearest to each product: by those who had to do with both, and by baskets."""
    import pyarrow as pa

    count, keys = bases.parameters.similar_count, np.array(bases.knowledge.product_keys, object)
    if isinstance(ranked.base, Factors):
        near = {MODEL: _alike(ranked.base, count)}
    else:
        near = {"same customers": _nearest_rows(bases.nearness, count)}
    near["bought together"] = _nearest_rows(bases.lifts, count)
    parts = []
    for source, (lists, scores) in near.items():
        rows, places = np.nonzero(lists != NOBODY)
        columns: dict[str, pa.Array[Any]] = {
            "product_key": pa.array(keys[rows].tolist(), pa.string()),
            "rank": pa.array((places + 1).tolist(), pa.int32()),
            "similar_product_key": pa.array(keys[lists[rows, places]].tolist(), pa.string()),
            "score": pa.array(scores[rows, places].tolist(), pa.float64()),
            "source": pa.array([source] * len(rows), pa.string()),
        }
        parts.append(pa.Table.from_pydict(columns))
    return pa.concat_tables(parts)


def with_repeats(
    bases: Bases, choice: Choice, base: Base, exam: Exam
) -> tuple[float, Choice, Numbers]:
    """How much it counts best that a product was bought before, beside a base.

    Returns:
        The highest NDCG, the first of equals, the choice that has it, and the lists that it gives.
    """
    weights = bases.parameters.repeat_weights if bases.keeps_bought else (0.0,)
    tried = []
    for weight in weights:
        mine = replace(choice, repeat_weight=weight)
        lists = exam.lists(bases.ranking(mine, base), bases.parameters.k)
        tried.append((float(exam.ndcg(lists).values.mean()), mine, lists))
    return max(tried, key=lambda each: each[0])


def _categories(features: Features, knowledge: Knowledge) -> Numbers | None:
    """(products,), the number of each one's category; None if the shop has no categories."""
    from pyspark.sql import functions as f

    texts = features.table(_TEXTS).where(f.col("category").isNotNull())
    rows = numbered(texts, knowledge.product_keys).select("item", "category").collect()
    names = {name: number for number, name in enumerate(sorted({r["category"] for r in rows}))}
    found = np.full(len(knowledge.product_keys), NOBODY, dtype=np.int64)
    for row in rows:
        found[row["item"]] = names[row["category"]]
    return found if names else None


def _score_lists(
    training: Training[RecommenderParameters],
    family: str,
    lists: Numbers,
    exam: Exam,
    knowledge: Knowledge,
    categories: Numbers | None,
) -> None:
    metrics = exam.metrics(lists)
    shares = knowledge.popularity / knowledge.customer_count
    metrics["novelty_bits"] = _known(ranking.novelty(lists, shares))
    if categories is not None:
        bought = exam.histories.purchases @ _indicators(categories)
        metrics["cross_category_rate"] = _known(
            ranking.cross_category_rate(lists, categories, csr_array(bought))
        )
    for name, metric in metrics.items():
        if metric.unit_count:
            training.score(family, "test", name, metric)
    share = ranking.coverage(lists, len(knowledge.product_keys))
    training.scores.append(Score(family, "test", "coverage", share))


def _known(values: Any) -> Mean:
    return Mean(values[~np.isnan(values)])


def _indicators(categories: Numbers) -> csr_array[Any]:
    """(products, categories), 1 where a product is of a category."""
    (placed,) = np.nonzero(categories != NOBODY)
    shape = (len(categories), int(categories.max()) + 1)
    return csr_array((np.ones(len(placed)), (placed, categories[placed])), shape=shape)


def _score_new_products(
    training: Training[RecommenderParameters],
    rankings: Mapping[str, Ranking],
    exam: Exam,
) -> None:
    """How well what a customer never bought is found, where lists hold bought products too."""
    new = exam.of_new_products()
    if not len(new.histories):
        return
    for family, given in rankings.items():
        ranked = Ranking(given.base, given.popularity, 0.0, keeps_bought=False)
        for name, metric in new.metrics(new.lists(ranked, training.parameters.k)).items():
            training.score(family, "test of new products", name, metric)


def _score_new_customers(
    training: Training[RecommenderParameters], features: Features, bases: Bases, latest: DataFrame
) -> None:
    """How well customers are served of whom nothing was known: by group, and by shop alone."""
    from pyspark.sql import functions as f

    parameters, knowledge = training.parameters, bases.knowledge
    known = knowledge.rows.select("customer_key").distinct()
    bought = bought_later(knowledge.rows, latest, bases.keeps_bought)
    unknown = bought.join(known, "customer_key", "left_anti").select("customer_key").distinct()
    drawn = draw(unknown, parameters.max_customer_count).collect()
    keys = sorted(row["customer_key"] for row in drawn)
    if not keys:
        return
    exam = exam_of(knowledge, bought, keys)
    profiles = features.table(_PROFILES)
    popular = _popular(features, bases)
    wanted = features.spark.createDataFrame([(key,) for key in keys], "customer_key string")
    mine = profiles.join(wanted, "customer_key", "left_semi")
    for name, lists in (("fallback", popular), ("shop", popular.where(f.col("level") == "shop"))):
        rows = fall_back(mine, lists).select("customer_key", "rank", "item").collect()
        given = np.full((len(keys), parameters.k), NOBODY, dtype=np.int64)
        places = {key: place for place, key in enumerate(keys)}
        for row in rows:
            given[places[row["customer_key"]], row["rank"] - 1] = row["item"]
        for metric_name, metric in exam.metrics(given).items():
            training.score(name, "test of new customers", metric_name, metric)


def _popular(features: Features, bases: Bases) -> DataFrame:
    parameters = bases.parameters
    return popular_lists(
        bases.knowledge,
        features.table(_PROFILES),
        parameters.fallback_days,
        parameters.k,
        parameters.min_group_customer_count,
    )


def recommendations(features: Features, bases: Bases, ranked: Ranking, source: str) -> DataFrame:
    """customer_key, rank, product_key, score, source of every customer of the shop."""
    from pyspark.sql import functions as f

    knowledge = bases.knowledge
    known = _listed(features, bases, ranked).withColumn("source", f.lit(source))
    profiles = features.table(_PROFILES)
    unknown = profiles.join(knowledge.rows, "customer_key", "left_anti")
    listed = known.unionByName(fall_back(unknown, _popular(features, bases)))
    keys = features.spark.createDataFrame(
        list(enumerate(knowledge.product_keys)), "item int, product_key string"
    )
    return listed.join(f.broadcast(keys), "item").drop("item")


def _listed(features: Features, bases: Bases, ranked: Ranking) -> DataFrame:
    """The lists of all customers with a history, made where these lie."""
    k, count = bases.parameters.k, len(bases.knowledge.product_keys)
    shared = features.spark.sparkContext.broadcast(ranked)

    def rank(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        for batch in batches:
            lists, scores = shared.value.lists(read_histories(batch, count), k)
            rows, places = np.nonzero(lists != NOBODY)
            yield pa.RecordBatch.from_pydict(
                {
                    "customer_key": batch["customer_key"].take(pa.array(rows.tolist(), pa.int64())),
                    "rank": pa.array((places + 1).astype(np.int32)),
                    "item": pa.array(lists[rows, places].astype(np.int32)),
                    "score": pa.array(scores[rows, places]),
                }
            )

    return bases.knowledge.histories().mapInArrow(rank, _LISTED)


def _alike(base: Factors, count: int) -> tuple[Numbers, Any]:
    """The nearest products by the cosine of their factors."""
    lengths = np.linalg.norm(base.products, axis=1, keepdims=True)
    unit = np.divide(base.products, lengths, out=np.zeros_like(base.products), where=lengths > 0)
    step = max(1, 10_000_000 // max(1, len(unit)))
    parts = []
    for start in range(0, len(unit), step):
        scores = unit[start : start + step] @ unit.T
        rows = np.arange(len(scores))
        scores[rows, start + rows] = -np.inf
        parts.append(best(np.where(scores > 0, scores, -np.inf), count))
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])


def _nearest_rows(nearness: csr_array[Any], count: int) -> tuple[Numbers, Any]:
    lists = np.full((nearness.shape[0], count), NOBODY, dtype=np.int64)
    scores = np.zeros(lists.shape)
    for row, (start, end) in enumerate(zip(nearness.indptr, nearness.indptr[1:], strict=False)):
        places, values = nearness.indices[start:end], nearness.data[start:end]
        order = np.lexsort((places, -values))[:count]
        lists[row, : len(order)] = places[order]
        scores[row, : len(order)] = values[order]
    return lists, scores
