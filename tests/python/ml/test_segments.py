"""Segments are found where there are some, and quartiles of spend serve where there are none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyspark.ml import PipelineModel
from pyspark.sql import DataFrame, SparkSession

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from ml.features import Features
from ml.model import Serving, Training
from ml.promotion import Rule
from ml.segments.model import SegmentParameters, Segments
from tests.python.ml.feature_data import features

PARAMETERS = SegmentParameters(
    rule=Rule("simplified_silhouette", "spend_quartiles", margin=0.05),
    measures=("order_count", "total_spent", "average_order_value", "total_profit", "profit_margin"),
    max_skewness=1.0,
    min_segments=3,
    max_segments=4,
    resamples=2,
    min_stability=0.8,
    min_share=0.02,
    min_customers=100,
    band=0.2,
    seed=1,
)


def customers(count: int = 240) -> pd.DataFrame:
    """A third each: many large orders, one large order, one small one; no costs."""
    generator = np.random.default_rng(1)
    kind = np.arange(count) % 3
    orders = np.choose(kind, [generator.integers(18, 23, count), 1, 1])
    value = np.choose(kind, [100.0, 400.0, 20.0]) * generator.uniform(0.9, 1.1, count)
    return pd.DataFrame(
        {
            "customer_key": [f"s|{number}" for number in range(count)],
            "order_count": orders.astype(np.int64),
            "total_spent": orders * value,
            "average_order_value": value,
            "total_profit": pd.Series([None] * count, dtype="float64"),
            "profit_margin": pd.Series([None] * count, dtype="float64"),
            "is_latest": True,
        }
    )


def scored(given: Features, serving: Serving) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The segments of customers and the profiles of segments."""
    tables = Segments().score(given, serving, PARAMETERS)
    segments, profiles = tables["customer_segments"], tables["segment_profiles"]
    assert isinstance(segments, DataFrame) and isinstance(profiles, pa.Table)
    members = segments.toPandas().sort_values("customer_key").reset_index(drop=True)
    return members, profiles.to_pandas()


def test_planted_segments_are_found_named_and_kept(
    spark: SparkSession, lake: Lake, tmp_path: Path
) -> None:
    given = features(spark, lake, "feat_customers", customers())
    training = Training(PARAMETERS)

    Segments().train(given, training)

    assert training.verdict is not None and training.verdict.serves
    assert training.chosen["segments"] == 3
    assert "total_profit is left out" in " ".join(training.limits)
    assert {s.candidate for s in training.scores if s.metric == "silhouette"} == {
        "k_means 3",
        "k_means 4",
    }
    assert training.pipeline is not None
    members, profiles = scored(given, Serving("r", True, training.pipeline, training.state))
    kinds = members.set_index("customer_key")["segment"]
    for number in range(3):
        assert kinds[[f"s|{n}" for n in range(number, 240, 3)]].nunique() == 1
    assert kinds["s|0"] == "High-Value Loyal"
    assert kinds["s|1"] == "Low-Engagement 1"
    assert kinds["s|2"] == "Low-Engagement 2"
    assert profiles["customer_share"].to_list() == pytest.approx([1 / 3] * 3)
    assert profiles["sales_share"].sum() == pytest.approx(1)

    training.pipeline.write().save(str(tmp_path / "saved"))
    loaded = PipelineModel.load(str(tmp_path / "saved"))
    again, _ = scored(given, Serving("r", True, loaded, training.state))
    pd.testing.assert_frame_equal(again, members)


def test_segments_that_are_not_stable_do_not_serve(spark: SparkSession, lake: Lake) -> None:
    given = features(spark, lake, "feat_customers", customers())
    strict = PARAMETERS.model_copy(
        update={"max_segments": 3, "resamples": 1, "min_stability": 1.01}
    )
    training = Training(strict)

    Segments().train(given, training)

    assert training.verdict is not None and not training.verdict.serves
    assert "No number of segments is both stable and large enough" in training.verdict.reason
    assert any("3 segments are refused: refits" in limit for limit in training.limits)
    members, profiles = scored(given, Serving("r", False, None, training.state))
    assert set(members["source"]) == {"spend_quartiles"}
    assert len(profiles) == 4
    assert profiles["customer_count"].sum() == len(members) == 240


def test_a_shop_without_enough_or_different_customers_has_no_segments(
    spark: SparkSession, lake: Lake
) -> None:
    few = features(spark, lake, "feat_customers", customers(60))
    with pytest.raises(LakehouseError, match="60 customers are too few for segments"):
        Segments().train(few, Training(PARAMETERS))
    same = pd.concat([customers(1)] * 120, ignore_index=True)
    same["customer_key"] = [f"s|{number}" for number in range(120)]
    alike = features(spark, lake, "feat_customers", same)
    with pytest.raises(LakehouseError, match="alike in every measure"):
        Segments().train(alike, Training(PARAMETERS))
