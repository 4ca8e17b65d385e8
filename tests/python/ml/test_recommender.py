"""The recommender on a small shop with two tastes that share nothing."""

from __future__ import annotations

import datetime
import random
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from ml.model import Serving, Training
from ml.parameters import read_parameters
from ml.recommender.bases import RecommenderParameters, factors, fit
from ml.recommender.exam import bought_later
from ml.recommender.knowledge import know, read_histories
from ml.recommender.model import Recommender, as_of_days
from tests.python.ml.memory_features import MemoryFeatures

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Purchase = tuple[str, str, datetime.date]
FIRST = datetime.date(2024, 1, 1)
# The days as of which there are features, and what marks them.
DAYS = {
    "is_validation": FIRST + datetime.timedelta(days=60),
    "is_holdout": FIRST + datetime.timedelta(days=80),
    "is_latest": FIRST + datetime.timedelta(days=100),
}
FORM = (
    "shop_id string, customer_key string, product_key string, strength double, "
    "purchase_count bigint, is_latest boolean, is_holdout boolean, is_validation boolean, "
    "last_at timestamp, as_of_date date"
)
# Customers of one taste buy products of theirs, each some, over the whole time.
TASTES = {"cats": 20, "dogs": 20}


def _purchases(customer_count: int = 60) -> list[Purchase]:
    drawn = random.Random(1)
    found = []
    for number in range(customer_count):
        taste = ("cats", "dogs")[number % 2]
        products = drawn.sample(range(TASTES[taste]), 15)
        for place, product in enumerate(products):
            day = FIRST + datetime.timedelta(days=place * 100 // 15 + drawn.randrange(6))
            found.append((f"c{number:03}", f"{taste}{product:02}", day))
    return found


def _features(
    spark: SparkSession, lake: Lake, purchases: Iterable[Purchase], marks: Iterable[str] = DAYS
) -> MemoryFeatures:
    """Features as `feat_interactions` would have them; profiles of the customers and one more."""
    rows: list[tuple[Any, ...]] = []
    for mark in marks:
        days = defaultdict(list)
        for customer, product, day in purchases:
            if day <= DAYS[mark]:
                days[customer, product].append(day)
        for (customer, product), known in days.items():
            flags = [name == mark for name in ("is_latest", "is_holdout", "is_validation")]
            last = datetime.datetime.combine(max(known), datetime.time(12), datetime.UTC)
            count = len(known)
            rows.append(("s", customer, product, 5.0 * count, count, *flags, last, DAYS[mark]))
    customers = sorted({customer for customer, _, _ in purchases} | {"nobody"})
    products = sorted({product for _, product, _ in purchases})
    pairs = "product_a_key string, product_b_key string, pair_count bigint, product_a_count bigint"
    marked = "is_latest boolean, is_holdout boolean, is_validation boolean"
    return MemoryFeatures(
        spark,
        lake,
        {
            "feat_interactions": spark.createDataFrame(rows, FORM),
            "feat_product_pairs": spark.createDataFrame(
                [("cats00", "cats01", 8, 10, 16, 40, True, False, False)],
                f"{pairs}, product_b_count bigint, basket_count bigint, {marked}",
            ),
            "feat_customer_profiles": spark.createDataFrame(
                [(key, "IT" if key < "c030" else "FR", None, None) for key in customers],
                "customer_key string, country string, gender string, age_band string",
            ),
            "feat_product_texts": spark.createDataFrame(
                [(key, key[:4]) for key in products], "product_key string, category string"
            ),
        },
    )


@pytest.fixture(scope="module")
def parameters() -> RecommenderParameters:
    given = read_parameters("recommender", RecommenderParameters)
    return given.model_copy(
        update={
            "ranks": (4,),
            "alphas": (1.0,),
            "windows": (28,),
            "neighbour_counts": (20,),
            "iterations": 4,
            "fallback_days": 30,
            "min_group_customer_count": 5,
        }
    )


@pytest.fixture(scope="module")
def module_lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return Lake.at(tmp_path_factory.mktemp("recommender"), "recommender_")


def _scored(
    features: MemoryFeatures, serving: Serving, parameters: RecommenderParameters
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Recommendations, sorted, and similar products."""
    from pyspark.sql import DataFrame

    tables = Recommender().score(features, serving, parameters)
    lists, similar = tables["recommendations"], tables["similar_products"]
    assert isinstance(lists, DataFrame)
    assert not isinstance(similar, DataFrame)
    rows = lists.select("customer_key", "rank", "product_key", "score", "source").sort(
        "customer_key", "rank"
    )
    return [row.asDict() for row in rows.collect()], similar.to_pylist()


def test_tastes_are_found_and_served_as_trained(
    spark: SparkSession, module_lake: Lake, parameters: RecommenderParameters, tmp_path: Path
) -> None:
    from pyspark.ml import PipelineModel

    features = _features(spark, module_lake, _purchases())
    training = Training(parameters)
    Recommender().train(features, training)
    scores = {
        s.candidate: s.value
        for s in training.scores
        if (s.part, s.metric) == ("test", "ndcg_at_10")
    }
    assert scores["als"] > scores["popularity"] + 0.1
    assert scores["item_item"] > scores["popularity"] + 0.1
    rates = {s.candidate: s.value for s in training.scores if s.metric == "cross_category_rate"}
    assert rates["als"] < rates["popularity"]

    knowledge = know(features.table("feat_interactions").where("is_latest"), DAYS["is_latest"], 100)
    settings = {"rank": 4, "alpha": 10.0, "regularisation": 0.05}
    pipeline = fit(knowledge, settings, parameters)
    pipeline.write().overwrite().save(str(tmp_path / "pipeline"))
    loaded = PipelineModel.load(str(tmp_path / "pipeline"))
    given = [
        _scored(features, Serving("r", True, each, training.state), parameters)
        for each in (pipeline, loaded)
    ]
    assert given[0] == given[1]


def test_tastes_that_are_dealt_out_anew_are_not_served(
    spark: SparkSession, module_lake: Lake, parameters: RecommenderParameters
) -> None:
    """Each customer has the products of anybody: what is bought next is chance.

    Of forty deals the rule would be taken in by one.
    """
    purchases = _purchases()
    products = [product for _, product, _ in purchases]
    random.Random(3).shuffle(products)
    dealt = sorted(
        {
            (customer, product, day)
            for (customer, _, day), product in zip(purchases, products, strict=True)
        }
    )
    training = Training(parameters)
    Recommender().train(_features(spark, module_lake, dealt), training)
    assert training.verdict is not None
    assert not training.verdict.serves


def test_folded_in_customers_have_the_factors_that_spark_gave_them(
    spark: SparkSession, module_lake: Lake, parameters: RecommenderParameters
) -> None:
    from pyspark.ml.recommendation import ALSModel

    features = _features(spark, module_lake, _purchases(10))
    knowledge = know(features.table("feat_interactions").where("is_latest"), DAYS["is_latest"], 9)
    settings = {"rank": 4, "alpha": 3.0, "regularisation": 0.1}
    pipeline = fit(knowledge, settings, parameters)
    fitted = pipeline.stages[2]
    assert isinstance(fitted, ALSModel)
    base = factors(pipeline, settings, knowledge.product_keys)
    table = knowledge.histories().sort("customer_key").toArrow()
    mine = base.customers(read_histories(table, len(knowledge.product_keys)).strengths)
    spark_gave = [row["features"] for row in fitted.userFactors.sort("id").collect()]
    # Spark's factors are single floats.
    assert mine == pytest.approx(np.array(spark_gave), abs=1e-4)


def test_what_the_baseline_serves_and_who_sees_what_is_popular(
    spark: SparkSession, module_lake: Lake, parameters: RecommenderParameters
) -> None:
    features = _features(spark, module_lake, _purchases(20))
    state = {
        "baseline": {
            "family": "item_item",
            "settings": {"neighbour_count": 20},
            "repeat_weight": 0.0,
        }
    }
    rows, similar = _scored(features, Serving("r", False, None, state), parameters)
    sources = {row["customer_key"]: row["source"] for row in rows}
    assert sources.pop("nobody") == "popular in shop"
    assert set(sources.values()) == {"item_item"}
    bought = {(customer, product) for customer, product, _ in _purchases(20)}
    assert not bought & {(row["customer_key"], row["product_key"]) for row in rows}
    ranks = defaultdict(list)
    for row in rows:
        ranks[row["customer_key"]].append(row["rank"])
    assert all(sorted(found) == list(range(1, len(found) + 1)) for found in ranks.values())
    together = [row for row in similar if row["source"] == "bought together"]
    assert {(row["product_key"], row["similar_product_key"], row["score"]) for row in together} == {
        ("cats00", "cats01", 2.0),
        ("cats01", "cats00", 2.0),
    }


def test_relevant_is_what_was_bought_after_the_day(spark: SparkSession) -> None:
    form = "customer_key string, product_key string, purchase_count bigint"
    known = spark.createDataFrame([("a", "hat", 1), ("a", "cap", 1), ("b", "hat", 0)], form)
    later = spark.createDataFrame(
        [("a", "hat", 2), ("a", "cap", 1), ("a", "bag", 1), ("b", "hat", 1), ("b", "bag", 0)], form
    )
    again = {tuple(row) for row in bought_later(known, later, keeps_bought=True).collect()}
    new = {tuple(row) for row in bought_later(known, later, keeps_bought=False).collect()}
    assert again == {("a", "hat"), ("a", "bag"), ("b", "hat")}
    assert new == {("a", "bag"), ("b", "hat")}


def test_a_shop_without_dates_or_of_one_day_is_refused(
    spark: SparkSession, module_lake: Lake
) -> None:
    purchases = _purchases(2)
    with pytest.raises(LakehouseError, match="too few days"):
        as_of_days(_features(spark, module_lake, purchases, ["is_latest"]))
    undated = _features(spark, module_lake, purchases, ["is_latest"])
    rows = undated.table("feat_interactions").selectExpr(
        "* except (as_of_date)", "cast(null as date) as as_of_date"
    )
    undated.tables["feat_interactions"] = rows
    with pytest.raises(LakehouseError, match="no dates"):
        as_of_days(undated)


def test_a_shop_where_nothing_can_be_compared_shows_what_is_popular(
    spark: SparkSession, module_lake: Lake, parameters: RecommenderParameters
) -> None:
    features = _features(spark, module_lake, _purchases(4), ["is_latest"])
    training = Training(parameters)
    Recommender().train(features, training)
    assert training.verdict is None
    assert training.unjudged is not None
    assert "too few days" in training.unjudged
    rows, _ = _scored(features, Serving("r", False, None, training.state), parameters)
    assert {row["source"] for row in rows} == {"popularity", "popular in shop"}
