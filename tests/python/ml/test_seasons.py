"""Seasonal items: scores as by hand; habits are found; without any, popularity serves."""

from __future__ import annotations

import datetime
import json
from collections import Counter
from itertools import product

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyspark.sql import SparkSession

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from ml.features import Features
from ml.model import Serving, Training
from ml.promotion import Rule
from ml.runs import as_json
from ml.seasons.model import SeasonParameters, Seasons
from ml.seasons.parts import by_customer, by_time
from ml.seasons.smoothing import Purchases, Weights, best_items
from ml.splits import part_of
from tests.python.ml.feature_data import features

PARAMETERS = SeasonParameters(
    rule=Rule("hit_rate_at_3", "season_popularity", margin=0.0),
    groups=("gender",),
    season_weights=(10.0,),
    group_weights=(10.0,),
    own_weights=(10.0,),
    top=3,
    test_share=0.2,
    min_purchases=100,
)
FIRST = datetime.date(2024, 1, 1)


def purchases(
    own_share: float, count: int = 2_000, customers: int = 60, is_dated: bool = True
) -> pd.DataFrame:
    """Customers buy 40 items on a hundred days; each has two that they buy more often."""
    generator = np.random.default_rng(3)
    customer = generator.integers(customers, size=count)
    favourite = (customer * 7 + generator.integers(2, size=count)) % 40
    item = np.where(
        generator.random(count) < own_share, favourite, generator.integers(40, size=count)
    )
    days = generator.integers(100, size=count)
    dates = [FIRST + datetime.timedelta(days=int(day)) if is_dated else None for day in days]
    return pd.DataFrame(
        {
            "customer_key": [f"s|{number}" for number in customer],
            "product_key": [f"s|item {number}" for number in item],
            "season": np.where(days < 50, "Winter", "Spring"),
            "gender": np.where(customer % 2 == 0, "Female", "Male"),
            "order_date": pd.Series(dates, dtype=pd.ArrowDtype(pa.date32())),
        }
    )


def trained(given: Features) -> Training[SeasonParameters]:
    """What a training finds out."""
    training = Training(PARAMETERS)
    Seasons().train(given, training)
    return training


def score_by_hand(
    rows: pd.DataFrame, customer: str, season: str, weights: Weights
) -> dict[str, float]:
    """The score of every item, level by level."""
    gender = rows.loc[rows["customer_key"] == customer, "gender"].iloc[0]
    in_season = rows[rows["season"] == season]
    levels = [
        (rows, 0.0),
        (in_season, weights.season),
        (in_season[in_season["gender"] == gender], weights.group_weight),
        (rows[rows["customer_key"] == customer], weights.own_weight or 0.0),
    ]
    scores = dict.fromkeys(rows["product_key"].unique(), 0.0)
    for level, weight in levels:
        counts = Counter(level["product_key"])
        scores = {
            item: (counts[item] + weight * prior) / (len(level) + weight)
            for item, prior in scores.items()
        }
    return scores


def test_the_best_items_are_those_of_all_items_scored_by_hand(spark: SparkSession) -> None:
    rows = purchases(0.3, 400).drop(columns="order_date")
    customers = rows[["customer_key", "gender"]].drop_duplicates().head(12)
    wanted = customers.merge(pd.DataFrame({"season": ["Winter", "Spring"]}), how="cross")
    weights = Weights(20.0, "gender", 15.0, 5.0)

    known = Purchases(spark.createDataFrame(rows))
    found = best_items(known, spark.createDataFrame(wanted), weights, 3)

    given = {(r["customer_key"], r["season"], r["item_rank"]): r for r in found.collect()}
    assert len(given) == len(wanted) * 3
    for customer, season in product(customers["customer_key"], ["Winter", "Spring"]):
        scores = score_by_hand(rows, customer, season, weights)
        ranked = sorted(scores, key=lambda item: (-scores[item], item))
        own = set(rows.loc[rows["customer_key"] == customer, "product_key"])
        for rank, item in enumerate(ranked[:3], start=1):
            row = given[customer, season, rank]
            assert row["score"] == pytest.approx(scores[item])
            assert row["product_key"] == item
            assert row["is_own"] == (item in own)


def test_nothing_later_and_no_customer_of_the_test_is_known(
    spark: SparkSession, lake: Lake
) -> None:
    sales = features(spark, lake, "feat_season_items", purchases(0)).table("feat_season_items")
    for part in by_time(sales, 0.2):
        known, unseen = part.known.toPandas(), part.unseen.toPandas()
        assert known["order_date"].max() < unseen["order_date"].min()
    for part in by_customer(sales):
        known, unseen = part.known.toPandas(), part.unseen.toPandas()
        assert not set(known["customer_key"]) & set(unseen["customer_key"])
    assert {part_of(key) for key in unseen["customer_key"]} == {"test"}


def test_habits_are_found_and_kept(spark: SparkSession, lake: Lake) -> None:
    given = features(spark, lake, "feat_season_items", purchases(0.5))

    training = trained(given)

    assert training.verdict is not None and training.verdict.serves
    assert training.chosen["model"]["own_weight"] == 10.0
    state = json.loads(as_json(training.state))
    tables = [
        Seasons()
        .score(given, Serving("r", True, None, kept), PARAMETERS)["season_items"]
        .toPandas()
        for kept in (training.state, state)
    ]
    fitted, loaded = (t.sort_values(["customer_key", "season", "item_rank"]) for t in tables)
    assert fitted.to_dict("records") == loaded.to_dict("records")
    assert len(fitted) == 60 * 2 * 3
    first = fitted[fitted["item_rank"] == 1]
    assert (first["source"] == "own_purchases").mean() > 0.9

    baseline = Seasons().score(given, Serving("r", False, None, state), PARAMETERS)["season_items"]
    rows = baseline.toPandas()
    assert set(rows["source"]) == {"season_popularity"}
    assert (rows.groupby(["season", "item_rank"])["product_key"].nunique() == 1).all()


def test_purchases_by_lot_are_foretold_by_popularity(spark: SparkSession, lake: Lake) -> None:
    rows = purchases(0, customers=300, is_dated=False)
    training = trained(features(spark, lake, "feat_season_items", rows))
    assert training.verdict is not None and not training.verdict.serves
    assert training.chosen["model"]["own_weight"] is None
    assert "no dates" in " ".join(training.limits)


def test_too_few_purchases_or_days_are_said(spark: SparkSession, lake: Lake) -> None:
    few = features(spark, lake, "feat_season_items", purchases(0, 50))
    with pytest.raises(LakehouseError, match="50 purchases are too few"):
        trained(few)
    rows = purchases(0).assign(order_date=FIRST)
    one_day = features(spark, lake, "feat_season_items", rows)
    with pytest.raises(LakehouseError, match="are 1 days: too few"):
        trained(one_day)
