"""Customer lifetime value as a model: tuned before, tested after, and served by whom it names."""

from __future__ import annotations

import datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from ml import tables
from ml.features import Features, Versions
from ml.lifetime.model import CustomerLifetime, LifetimeParameters
from ml.model import Serving, Training
from ml.parameters import read_parameters
from tests.python.gold_tables import write_gold
from tests.python.ml.lifetime_data import HOLDOUT_END, cdnow_days

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import SparkSession

MODEL = CustomerLifetime()
PARAMETERS = read_parameters(MODEL.name, LifetimeParameters)


@cache
def _rows() -> list[dict[str, Any]]:
    return [
        {
            "shop_id": "s",
            "customer_key": f"s|{row['customer_key']}",
            "net_amount": round(float(row["net_amount"]), 2),
            "returned_amount": 0,
            "order_date": row["order_date"].date(),
            "as_of_date": HOLDOUT_END,
        }
        for row in cdnow_days().to_dict("records")
    ]


def _features(spark: SparkSession, lake: Lake, rows: list[dict[str, Any]]) -> Features:
    typed = [
        row | {name: Decimal(f"{row[name]:.2f}") for name in ("net_amount", "returned_amount")}
        for row in rows
    ]
    write_gold(lake, "feat_purchase_days", typed)
    return Features(spark, lake, "s", Versions(lake))


def _scored(features: Features, training: Training[Any], *, by_model: bool) -> pa.Table:
    serving = Serving("run", by_model, None, training.state)
    rows = MODEL.score(features, serving, PARAMETERS)["customer_lifetime"]
    declared = set(tables.columns("customer_lifetime")) - {"shop_id", "run_id"}
    assert set(rows.column_names) == declared
    return rows


def test_cdnow_is_trained_judged_and_scored(spark: SparkSession, lake: Lake) -> None:
    features = _features(spark, lake, _rows())
    training = Training(PARAMETERS)
    MODEL.train(features, training)
    verdict = training.verdict
    assert verdict is not None
    # The cohort of CDNOW buys less and less: nothing that it did before says so.
    assert verdict.serves
    errors = {
        (score.candidate, score.part): score.value
        for score in training.scores
        if score.metric == "rmse_purchases"
    }
    assert errors[("model", "test")] == verdict.model_score
    look_back = training.chosen["look_back"]
    tuned = {name: value for (name, part), value in errors.items() if part == "validation"}
    naive = {name: value for name, value in tuned.items() if name.startswith("last_period")}
    assert naive[f"last_period_{look_back}_days"] == min(naive.values())
    assert set(training.plots) == {"purchases_by_decile", "value_by_decile"}

    rows = _scored(features, training, by_model=True).to_pandas()
    tested, year = sorted(rows["horizon_days"].unique())
    assert (tested, year) == (training.state["tested_day_count"], 365)
    assert rows.groupby("horizon_days").size().tolist() == [2357, 2357]
    assert set(rows["source"]) == {"model"}
    assert rows["probability_alive"].between(0, 1).all()
    by_horizon = rows.pivot_table(
        index="customer_key", columns="horizon_days", values="expected_purchases"
    )
    assert (by_horizon[year] > by_horizon[tested]).all()

    # The baseline can serve, too: it does not know who has left.
    naive_rows = _scored(features, training, by_model=False).to_pandas()
    assert set(naive_rows["source"]) == {"last_period"}
    assert naive_rows["probability_alive"].isna().all()
    since = HOLDOUT_END - datetime.timedelta(days=look_back)
    bought = sum(row["order_date"] > since for row in _rows())
    expected = naive_rows[naive_rows["horizon_days"] == 365]["expected_purchases"].sum()
    assert expected == pytest.approx(bought * 365 / look_back)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([{"order_date": None, "as_of_date": None}], "orders of s have no dates"),
        (
            [{"order_date": datetime.date(2024, 1, 1), "as_of_date": datetime.date(2024, 1, 9)}],
            "are 9 days: too few",
        ),
        (
            [{"order_date": datetime.date(2023, 1, 1), "as_of_date": datetime.date(2024, 1, 1)}],
            "0 of 1 customers bought on a second day",
        ),
    ],
)
def test_a_shop_that_has_not_what_it_takes_has_a_clear_answer(
    spark: SparkSession, lake: Lake, rows: list[dict[str, Any]], sentence: str
) -> None:
    whole = [
        {"shop_id": "s", "customer_key": "s|a", "net_amount": 5, "returned_amount": 0} | row
        for row in rows
    ]
    with pytest.raises(LakehouseError, match=sentence):
        MODEL.train(_features(spark, lake, whole), Training(PARAMETERS))
