"""Promo propensity: what tells is found, what leaks is refused, and by lot is by lot."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pyspark.ml import PipelineModel
from pyspark.sql import SparkSession

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from ml.features import Features
from ml.model import Serving, Training
from ml.parameters import read_parameters
from ml.promo.candidates import Settings
from ml.promo.leakage import FORBIDDEN
from ml.promo.model import Promo, PromoParameters
from ml.promotion import Rule
from tests.python.ml.feature_data import features

PARAMETERS = PromoParameters(
    rule=Rule("auc_roc", "logistic_regression", margin=0.0),
    categories=("gender", "size"),
    numbers=("age", "purchase_amount"),
    sensitive=("gender",),
    settings=Settings((0.01,), 3, (2,), 2, (2,)),
    calibration_share=0.25,
    min_orders=300,
    max_test_orders=1_000,
    bins=5,
    seed=1,
)


def orders(count: int = 600) -> pd.DataFrame:
    """No woman uses a code, and half of the men; nothing else tells. No amount is known."""
    generator = np.random.default_rng(2)
    is_man = generator.random(count) < 0.6
    return pd.DataFrame(
        {
            "order_key": [f"s|{number}" for number in range(count)],
            "customer_key": [f"s|{number // 2}" for number in range(count)],
            "gender": np.where(is_man, "Male", "Female"),
            "size": generator.choice(["S", "M", "L"], count),
            "age": generator.integers(18, 70, count),
            "age_band": "25-34",
            "purchase_amount": pd.Series([None] * count, dtype="float64"),
            "is_promo_code_used": is_man & (generator.random(count) < 0.5),
        }
    )


def probabilities(given: Features, pipeline: PipelineModel, source: str) -> pd.DataFrame:
    """What is written for each order."""
    serving = Serving("r", True, pipeline, {"source": source})
    rows = Promo().score(given, serving, PARAMETERS)["promo_propensity"].toPandas()
    return rows.sort_values("order_key").reset_index(drop=True)


def test_what_tells_is_found_and_what_it_means_is_said(
    spark: SparkSession, lake: Lake, tmp_path: Path
) -> None:
    given = features(spark, lake, "feat_promo_propensity", orders())
    training = Training(PARAMETERS)

    Promo().train(given, training)

    scores = {(s.candidate, s.part, s.metric): s for s in training.scores}
    for family in ("logistic_regression", "random_forest", "gradient_boosted_trees"):
        assert scores[family, "test", "auc_roc"].value > 0.6
        # Without gender nothing tells: as by lot.
        by_lot = scores[f"{family} without gender", "test", "auc_roc"]
        assert by_lot.lower is not None and by_lot.upper is not None
        assert by_lot.lower <= 0.5 <= by_lot.upper
        assert scores[family, "test", "brier"].value < scores["base_rate", "test", "brier"].value
    # One order of each of the customers tested.
    assert scores["base_rate", "test", "brier"].unit_count == pytest.approx(60, abs=20)
    assert ("logistic_regression", "test: gender Female", "auc_roc") not in scores
    limits = " ".join(training.limits)
    assert "orders with gender Female used a code" in limits
    assert "Everything it knows is in gender" in limits

    assert training.pipeline is not None
    source = training.state["source"]
    fitted = probabilities(given, training.pipeline, source)
    assert fitted["probability"].between(0, 1).all() and len(fitted) == 600
    is_man = (orders()["gender"] == "Male").to_numpy()
    by_key = fitted.set_index("order_key")["probability"][orders()["order_key"]]
    assert by_key[is_man].mean() == pytest.approx(0.5, abs=0.12)
    assert by_key[~is_man].mean() < 0.15
    training.pipeline.write().save(str(tmp_path / "saved"))
    loaded = PipelineModel.load(str(tmp_path / "saved"))
    pd.testing.assert_frame_equal(probabilities(given, loaded, source), fitted)


def test_a_feature_that_is_the_target_is_refused(spark: SparkSession, lake: Lake) -> None:
    rows = orders()
    rows["size"] = np.where(rows["is_promo_code_used"], "no", "yes")
    given = features(spark, lake, "feat_promo_propensity", rows)
    with pytest.raises(LakehouseError, match="size tells label in every row"):
        Promo().train(given, Training(PARAMETERS))

    named = PARAMETERS.model_copy(update={"categories": ("gender", "is_discount_applied")})
    rows["is_discount_applied"] = "unlike the target"
    given = features(spark, lake, "feat_promo_propensity", rows)
    with pytest.raises(LakehouseError, match="is_discount_applied stands for the target"):
        Promo().train(given, Training(named))


def test_whether_a_discount_was_applied_is_no_parameter() -> None:
    given = read_parameters("promo", PromoParameters)
    assert FORBIDDEN.isdisjoint([*given.categories, *given.numbers])
    assert set(given.sensitive) == {"gender", "is_subscriber"} <= set(given.categories)


def test_too_few_orders_and_one_class_are_said(spark: SparkSession, lake: Lake) -> None:
    few = features(spark, lake, "feat_promo_propensity", orders(100))
    with pytest.raises(LakehouseError, match="100 orders are too few"):
        Promo().train(few, Training(PARAMETERS))
    never = orders().assign(is_promo_code_used=False)
    given = features(spark, lake, "feat_promo_propensity", never)
    with pytest.raises(LakehouseError, match="No order used a promo code"):
        Promo().train(given, Training(PARAMETERS))
