"""The classifier learns from the rules, says how sure it is, and speaks where it may."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ml.groups.classifier import (
    ClassifierSettings,
    calibrated,
    in_scope,
    labels,
    probabilities,
    teach,
    temperature,
)
from ml.groups.group_labels import GroupLabel, Tier

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

GROUPS = ["bags", "drinkware"]
GIVEN = np.array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.5, 0.5]])


def _told(description: str, group: str, evidence: str = "word") -> GroupLabel:
    return GroupLabel(description, group, Tier.RULES, 0.8, evidence)


def test_a_temperature_keeps_the_order_and_changes_how_sure_it_is() -> None:
    calm, hot = calibrated(GIVEN, 4.0), calibrated(GIVEN, 0.5)
    assert calibrated(GIVEN, 1.0) == pytest.approx(GIVEN)
    for given in (calm, hot):
        assert given.sum(axis=1) == pytest.approx(np.ones(4))
        assert (given.argmax(axis=1) == GIVEN.argmax(axis=1)).all()
    assert calm[0, 0] < GIVEN[0, 0] < hot[0, 0]


def test_who_is_too_sure_is_calmed_to_how_often_they_are_right() -> None:
    given = np.tile([[0.999, 0.001]], (100, 1))
    right = np.array([0] * 70 + [1] * 30)
    found = temperature(given, right)
    assert found > 1
    assert calibrated(given, found)[0, 0] == pytest.approx(0.7, abs=0.01)


def test_what_was_thought_impossible_is_only_very_unlikely() -> None:
    given = calibrated(np.array([[1.0, 0.0]]), 2.0)
    assert 0 < given[0, 1] < 1e-5


def test_of_equally_likely_groups_the_first_is_told() -> None:
    found = labels(["w", "x", "y", "z"], GIVEN, GROUPS, "naive_bayes_1")
    assert [label.group_id for label in found.values()] == ["bags", "bags", "drinkware", "bags"]
    assert found["w"] == GroupLabel("w", "bags", Tier.CLASSIFIER, 0.9, "naive_bayes_1")


def test_the_rules_speak_first_where_the_classifier_has_what_they_leave() -> None:
    rules = {"MUG": _told("MUG", "drinkware"), "SOFA": _told("SOFA", "other", "")}
    classified = labels(["MUG", "SOFA"], GIVEN[:2], GROUPS, "naive_bayes_1")
    assert in_scope("all", rules, classified) == classified
    assert in_scope("no_keyword", rules, classified) == {
        "MUG": rules["MUG"],
        "SOFA": classified["SOFA"],
    }


@pytest.mark.parametrize("kind", ["naive_bayes", "logistic_regression"])
def test_a_loaded_classifier_tells_what_the_fitted_one_told(
    spark: SparkSession, tmp_path: Path, kind: str
) -> None:
    from pyspark.ml import PipelineModel

    settings = ClassifierSettings.model_validate({"kind": kind, "strength": 0.1})
    taught = [
        *(_told(f"{colour} COFFEE MUG", "drinkware") for colour in ("RED", "BLUE", "PINK")),
        *(_told(f"{colour} SHOPPER BAG", "bags") for colour in ("RED", "BLUE", "PINK")),
    ]
    fitted = teach(spark, settings, 256, GROUPS, taught)
    # No keyword of the rules: the words around them tell.
    unseen = ["GREEN COFFEE CUP", "GREEN SHOPPERS", ""]
    given = probabilities(spark, fitted, unseen)
    assert given.shape == (3, 2)
    assert given[:2].argmax(axis=1).tolist() == [1, 0]
    fitted.write().save(str(tmp_path / "fitted"))
    loaded = PipelineModel.load(str(tmp_path / "fitted"))
    assert np.array_equal(probabilities(spark, loaded, unseen), given)
