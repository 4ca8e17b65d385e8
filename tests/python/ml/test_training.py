"""What a training leaves behind, and what scoring makes of it: by a model of one column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from deltalake import write_deltalake
from mlflow import MlflowClient

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from lakehouse.reading import read_table
from ml import parameters, tables, tracking
from ml.features import Features
from ml.metrics import Mean
from ml.model import Model, Parameters, Serving, Training
from ml.runs import Run, Serves, latest_runs
from ml.scoring import load, score
from ml.training import train

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession

SHOPS = {"good": (1.0, 40), "bad": (0.0, 40), "few": (1.0, 3)}
COLUMNS = {"shop_id": "string", "run_id": "string", "customer_key": "string", "scaled": "double"}


class Scaling(Model[Parameters]):
    """Serves where a shop's values are 1: its error is then 0, the baseline's 1."""

    name = "scaling"
    purpose = "To try the commands with."
    features = ("feat_customers",)
    outputs = ("scaled_customers",)
    form = Parameters

    def train(self, features: Features, training: Training[Parameters]) -> None:
        from pyspark.ml import Pipeline
        from pyspark.ml.feature import StandardScaler, VectorAssembler

        rows = features.table("feat_customers")
        errors = np.array([1 - row["order_count"] for row in rows.collect()])
        training.chosen = {"count": np.int64(len(errors))}
        training.limits.append("Of no use.")
        training.score("model", "test", "error", Mean(errors))
        training.judge(Mean(errors), Mean(np.ones(len(errors))))
        vectors = VectorAssembler(inputCols=["order_count"], outputCol="vector")
        scaling = StandardScaler(inputCol="vector", outputCol="scaled_vector", withStd=False)
        training.pipeline = Pipeline(stages=[vectors, scaling]).fit(rows)
        training.state = {"added": 2}

    def score(
        self, features: Features, serving: Serving, parameters: Parameters
    ) -> Mapping[str, DataFrame | pa.Table]:
        from pyspark.ml.functions import vector_to_array
        from pyspark.sql import functions as f

        assert serving.pipeline is not None
        scaled = serving.pipeline.transform(features.table("feat_customers"))
        value = vector_to_array(f.col("scaled_vector"))[0] + serving.state["added"]
        return {"scaled_customers": scaled.select("customer_key", value.alias("scaled"))}


@pytest.fixture
def trained_lake(lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """A lake with features of three shops, for which the model is declared."""
    given = tmp_path / "parameters.yml"
    rule = "{metric: error, baseline: nothing, margin: 0.1, higher_is_better: false}"
    given.write_text(f"scaling:\n  rule: {rule}\n", encoding="utf-8")
    monkeypatch.setattr(parameters, "FILE", given)
    declared = tables.columns
    monkeypatch.setattr(
        tables, "columns", lambda name: COLUMNS if name == "scaled_customers" else declared(name)
    )
    rows = [
        {"shop_id": shop, "customer_key": f"{shop}|{n}", "order_count": value}
        for shop, (value, count) in SHOPS.items()
        for n in range(count)
    ]
    write_deltalake(lake.path("gold", "feat_customers"), pa.Table.from_pylist(rows))
    return lake


def test_what_serves_is_decided_kept_and_scored_with_again(
    spark: SparkSession, trained_lake: Lake
) -> None:
    lake = trained_lake
    told: list[Run] = []
    runs = train(spark, lake, [Scaling()], on_run=told.append)
    assert told == runs
    assert {run.shop_id: run.serves for run in runs} == {
        "good": Serves.MODEL,
        "bad": Serves.BASELINE,
        "few": Serves.NOTHING,
    }
    (few,) = (run for run in runs if run.shop_id == "few")
    assert few.reason.startswith("3 units to test on are too few")
    assert few.model_path is None
    good = latest_runs(lake)["scaling", "good"]
    assert good["feature_versions"] == '{"feat_customers": 0}'
    assert good["chosen"] == '{"count": 40}'
    assert (good["gain_lower"], good["margin"]) == (1.0, 0.1)

    client = MlflowClient(tracking.tracking_uri(lake))
    experiment = client.get_experiment_by_name("scaling")
    assert experiment is not None
    logged = client.search_runs([experiment.experiment_id])
    assert len(logged) == len(SHOPS)
    card = (tracking.folder(lake) / "scaling").rglob("model_card.md")
    assert any("Of no use." in path.read_text() for path in card)

    scored = score(spark, lake, [Scaling()])
    assert {one.shop_id: one.row_counts["scaled_customers"] for one in scored} == {
        "good": 40,
        "bad": 40,
        "few": 0,
    }
    rows = read_table(lake, "ml", "scaled_customers", "good").to_pylist()
    assert {row["scaled"] for row in rows} == {3.0}
    version = lake.version("ml", "scaled_customers")
    assert [one.row_counts for one in score(spark, lake, [Scaling()])] == [{}] * len(SHOPS)
    assert lake.version("ml", "scaled_customers") == version
    assert {row["run_id"] for row in rows} == {good["run_id"]}
    assert load(good).state == {"added": 2}


def test_a_shop_is_scored_again_without_touching_another(
    spark: SparkSession, trained_lake: Lake
) -> None:
    lake = trained_lake
    train(spark, lake, [Scaling()], ["good", "bad"])
    score(spark, lake, [Scaling()])
    before = read_table(lake, "ml", "scaled_customers", "bad").to_pylist()
    (again,) = train(spark, lake, [Scaling()], ["good"])
    counts = {one.shop_id: one.row_counts for one in score(spark, lake, [Scaling()])}
    assert counts == {"bad": {}, "good": {"scaled_customers": 40}}
    after = read_table(lake, "ml", "scaled_customers").to_pylist()
    assert [row for row in after if row["shop_id"] == "bad"] == before
    assert {row["run_id"] for row in after if row["shop_id"] == "good"} == {again.run_id}


def test_new_features_are_scored(spark: SparkSession, trained_lake: Lake) -> None:
    lake = trained_lake
    train(spark, lake, [Scaling()], ["good"])
    score(spark, lake, [Scaling()])
    new = {"shop_id": "good", "customer_key": "good|new", "order_count": 1.0}
    write_deltalake(lake.path("gold", "feat_customers"), pa.Table.from_pylist([new]), mode="append")
    (scored,) = score(spark, lake, [Scaling()])
    assert scored.row_counts == {"scaled_customers": 41}


def test_what_is_not_there_is_named(spark: SparkSession, lake: Lake, trained_lake: Lake) -> None:
    with pytest.raises(LakehouseError, match="No features of a shop 'nowhere' for scaling"):
        train(spark, trained_lake, [Scaling()], ["nowhere"])
    with pytest.raises(LakehouseError, match=r"scaling was not trained\. Run: lakehouse train"):
        score(spark, trained_lake, [Scaling()])


def test_a_lake_without_gold_says_what_to_run(spark: SparkSession, tmp_path: Path) -> None:
    with pytest.raises(LakehouseError, match=r"no features to learn from\. Run: lakehouse build"):
        train(spark, Lake.at(tmp_path / "empty"), [Scaling()])


def test_models_read_nothing_but_features(spark: SparkSession, trained_lake: Lake) -> None:
    class Peeking(Scaling):
        def train(self, features: Features, training: Training[Any]) -> None:
            features.table("fct_orders")

    with pytest.raises(ValueError, match="fct_orders is no table of features"):
        train(spark, trained_lake, [Peeking()])


def test_the_test_part_is_read_once() -> None:
    rule = {"metric": "error", "baseline": "nothing", "margin": 0}
    training: Training[Parameters] = Training(Parameters.model_validate({"rule": rule}))
    metric = Mean(np.ones(40))
    training.judge(metric, metric)
    with pytest.raises(ValueError, match="read once"):
        training.judge(metric, metric)
