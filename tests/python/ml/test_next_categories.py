"""Categories of the next quarter: what examples know, and what a planted habit gives."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from ml.model import Serving, Training
from ml.next_categories.examples import by_category, examples
from ml.next_categories.model import NextCategories, NextCategoriesParameters
from ml.parameters import read_parameters
from tests.python.ml.memory_features import MemoryFeatures

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

COUNTED = "customer_key string, category string, quarters_ago int, count bigint"
BOUGHT = (
    "customer_key string, product_key string, category string, quarters_ago int, "
    "purchase_count bigint"
)
CATEGORIES = ("bags", "coats", "hats", "shoes")


def _counted(spark: SparkSession, *rows: tuple[str, str, int, int]) -> DataFrame:
    return spark.createDataFrame(list(rows), COUNTED)


def _turning(spark: SparkSession, lake: Lake, quarters: int = 6) -> MemoryFeatures:
    """Customers who buy two categories a quarter in turn, so that the last quarter misleads."""
    rows = [
        (f"c{number:02}", f"p{place}", CATEGORIES[place], quarter, 1)
        for number in range(40)
        for quarter in range(quarters)
        for place in ((number + quarter) % 2 * 2, (number + quarter) % 2 * 2 + 1)
    ]
    texts = spark.createDataFrame([("p0", "HAT")], "product_key string, product_name string")
    purchases = spark.createDataFrame(rows, BOUGHT)
    return MemoryFeatures(
        spark, lake, {"feat_quarterly_purchases": purchases, "feat_product_texts": texts}
    )


@pytest.fixture
def parameters() -> NextCategoriesParameters:
    given = read_parameters("next_categories", NextCategoriesParameters)
    return given.model_copy(
        update={"depths": (0,), "k": 2, "lookbacks": (0, 1), "train_quarters": 1}
    )


def test_examples_know_nothing_of_their_quarter(spark: SparkSession) -> None:
    before = [("a", "hats", 2, 3), ("b", "bags", 3, 1)]
    later = [("a", "bags", 1, 7), ("b", "hats", 0, 9), ("c", "hats", 1, 1)]
    columns = examples(_counted(spark, *before), 1).columns[:-1]

    def known(rows: DataFrame) -> list[tuple[object, ...]]:
        return sorted(tuple(row) for row in examples(rows, 1).select(columns).collect())

    assert known(_counted(spark, *before)) == known(_counted(spark, *before, *later))
    labels = {
        (row["customer_key"], row["category"])
        for row in examples(_counted(spark, *before, *later), 1).where("label = 1").collect()
    }
    assert labels == {("a", "bags")}


def test_quarters_are_counted_from_the_one_that_is_told(spark: SparkSession) -> None:
    rows = examples(_counted(spark, ("a", "hats", 1, 3), ("a", "bags", 3, 1)), 0).collect()
    found = {row["category"]: row for row in rows}
    assert found["hats"]["quarters_since"] == 1.0
    assert found["hats"]["bought_in_last"] > 0
    assert found["bags"]["bought_in_third"] > 0
    assert found["bags"]["bought_in_last"] == 0
    assert found["hats"]["category_share"] == 1.0


def test_names_tell_groups_only_where_a_shop_has_no_categories(spark: SparkSession) -> None:
    texts = spark.createDataFrame(
        [("p", "CHRISTMAS BAUBLE"), ("q", "XYZ")], "product_key string, product_name string"
    )
    none = spark.createDataFrame([("a", "p", None, 0, 1), ("a", "q", None, 0, 2)], BOUGHT)
    some = spark.createDataFrame([("a", "p", None, 0, 1), ("a", "q", "hats", 0, 2)], BOUGHT)
    told = {row["category"] for row in by_category(none, texts).collect()}
    assert len(told) == 2
    assert "other" in told
    assert [row["category"] for row in by_category(some, texts).collect()] == ["hats"]


def test_a_habit_is_found_that_the_last_quarter_hides(
    spark: SparkSession, lake: Lake, parameters: NextCategoriesParameters
) -> None:
    from pyspark.sql import DataFrame

    features = _turning(spark, lake)
    training = Training(parameters)
    NextCategories().train(features, training)
    assert training.verdict is not None
    assert training.verdict.serves
    assert training.verdict.model_score == pytest.approx(1.0)
    served = NextCategories().score(
        features, Serving("r", True, training.pipeline, training.state), parameters
    )["next_categories"]
    assert isinstance(served, DataFrame)
    rows = {tuple(row[:3]) for row in served.select("customer_key", "rank", "category").collect()}
    # Customer 0 bought bags and coats in quarter 0, and buys hats and shoes next.
    assert {category for customer, _, category in rows if customer == "c00"} == {"hats", "shoes"}


def test_habits_that_are_dealt_out_anew_are_not_served(
    spark: SparkSession, lake: Lake, parameters: NextCategoriesParameters
) -> None:
    """In each quarter each customer has the purchases of anybody: the next ones are chance."""
    features = _turning(spark, lake)
    rows = features.tables["feat_quarterly_purchases"].toPandas()
    customers = rows["customer_key"].unique()
    drawn = random.Random(1)
    for _, places in rows.groupby("quarters_ago").groups.items():
        others = dict(zip(customers, drawn.sample(list(customers), len(customers)), strict=True))
        rows.loc[places, "customer_key"] = rows.loc[places, "customer_key"].map(others)
    features.tables["feat_quarterly_purchases"] = spark.createDataFrame(rows, BOUGHT)
    training = Training(parameters)
    NextCategories().train(features, training)
    assert training.verdict is not None
    assert not training.verdict.serves


def test_too_few_quarters_are_refused(
    spark: SparkSession, lake: Lake, parameters: NextCategoriesParameters
) -> None:
    with pytest.raises(LakehouseError, match="quarters"):
        NextCategories().train(_turning(spark, lake, quarters=2), Training(parameters))
