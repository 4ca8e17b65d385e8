"""Product groups as a model: who labels, who judges, and what a shop without labels gets."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from ml import tables
from ml.features import Features, Versions
from ml.groups.group_labels import Tier
from ml.groups.labels import Part, of_part, read_labels
from ml.groups.model import GroupParameters, ProductGroups
from ml.groups.taxonomy import Taxonomy
from ml.model import Serving, Training
from ml.parameters import read_parameters
from tests.python.gold_tables import write_gold

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MODEL = ProductGroups()
LABELS = read_labels(Taxonomy.read())
PARAMETERS = read_parameters(MODEL.name, GroupParameters)


@pytest.fixture(autouse=True)
def _no_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


def _features(spark: SparkSession, lake: Lake, names: Iterable[str]) -> Features:
    rows = [
        {"shop_id": "s", "product_key": f"s|{number}", "product_name": name, "product_text": name}
        for number, name in enumerate(names)
    ]
    write_gold(lake, "feat_product_texts", rows)
    return Features(spark, lake, "s", Versions(lake))


def _scored(features: Features, training: Training[Any]) -> dict[str, dict[str, Any]]:
    serves_model = training.verdict is not None and training.verdict.serves
    serving = Serving("run", serves_model, training.pipeline, training.state)
    rows = MODEL.score(features, serving, PARAMETERS)["product_groups"]
    assert set(rows.column_names) == set(tables.columns("product_groups")) - {"shop_id", "run_id"}
    return {row["product_key"]: row for row in rows.to_pylist()}


def test_a_shop_without_read_labels_is_labelled_by_rules_and_told_why(
    spark: SparkSession, lake: Lake
) -> None:
    features = _features(spark, lake, ["MY OWN MUG", "A THING"])
    training = Training(PARAMETERS)
    MODEL.train(features, training)
    assert training.verdict is None
    assert training.scores == []
    assert "0 of the shop's 2 product names have a label" in str(training.unjudged)
    scored = _scored(features, training)
    assert {key: row["product_group"] for key, row in scored.items()} == {
        "s|0": "drinkware",
        "s|1": "other",
    }
    assert {row["tier"] for row in scored.values()} == {Tier.RULES.value}
    assert all(0 <= row["confidence"] <= 1 for row in scored.values())


def test_where_labels_are_a_classifier_is_chosen_judged_and_scores_as_it_was_judged(
    spark: SparkSession, lake: Lake
) -> None:
    features = _features(spark, lake, [label.description for label in LABELS])
    few = PARAMETERS.model_copy(
        update={"classifiers": PARAMETERS.classifiers[:1], "feature_count": 512}
    )
    training = Training(few)
    MODEL.train(features, training)
    verdict = training.verdict
    assert verdict is not None
    assert verdict.unit_count == len(of_part(LABELS, Part.TEST))
    told = {
        (score.candidate, score.part): score.value
        for score in training.scores
        if score.metric == "macro_f1"
    }
    assert told[("rules", "test")] == verdict.baseline_score
    assert told[("classifier", "test")] == verdict.model_score
    assert verdict.baseline_score > 0.8
    chosen = f"{training.chosen['classifier']}_{training.chosen['scope']}"
    assert told[(chosen, "development")] == max(
        value
        for (name, part), value in told.items()
        if part == "development" and name != Tier.RULES.value
    )
    # Whichever serves: what the classifier tells from its state is what it was judged by.
    serving = Serving("run", True, training.pipeline, training.state)
    rows = MODEL.score(features, serving, few)["product_groups"].to_pylist()
    groups = {LABELS[int(row["product_key"].split("|")[1])]: row["product_group"] for row in rows}
    right = [groups[label] == label.group_id for label in of_part(LABELS, Part.TEST)]
    [accuracy] = [
        score.value
        for score in training.scores
        if (score.candidate, score.part, score.metric) == ("classifier", "test", "accuracy")
    ]
    assert sum(right) / len(right) == pytest.approx(accuracy)


def test_labels_that_are_dealt_out_anew_are_told_by_chance(
    spark: SparkSession, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups = [label.group_id for label in LABELS]
    random.Random(1).shuffle(groups)
    dealt = [replace(label, group_id=group) for label, group in zip(LABELS, groups, strict=True)]
    monkeypatch.setattr("ml.groups.model.read_labels", lambda _: dealt)
    features = _features(spark, lake, [label.description for label in LABELS])
    few = PARAMETERS.model_copy(
        update={"classifiers": PARAMETERS.classifiers[:1], "feature_count": 512}
    )
    training = Training(few)
    MODEL.train(features, training)
    verdict = training.verdict
    assert verdict is not None
    assert not verdict.serves
    # The groups are some twenty.
    assert max(verdict.model_score, verdict.baseline_score) < 0.15


def test_an_empty_shop_has_a_clear_answer(spark: SparkSession, lake: Lake) -> None:
    write_gold(lake, "feat_product_texts", [])
    features = Features(spark, lake, "s", Versions(lake))
    with pytest.raises(LakehouseError, match="No product of s has a name"):
        MODEL.train(features, Training(PARAMETERS))
