"""The embedded classifier: words and runs of letters of a description, taught by the rules.

It needs no network and no labels that a person gave: the keyword rules label every description of
the shop in which they find a word, and what else is in these descriptions is learnt from that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, PositiveFloat
from scipy.optimize import minimize_scalar

from ml.groups.group_labels import GroupLabel, Tier

if TYPE_CHECKING:
    from pyspark.ml import Pipeline, PipelineModel
    from pyspark.sql import SparkSession

Probabilities = NDArray[np.float64]

# What a classifier tells: every description, or those in which the rules find no keyword.
Scope = Literal["all", "no_keyword"]
SCOPES: tuple[Scope, ...] = ("all", "no_keyword")

LETTERS = 4
ITERATIONS = 50
# A group that is impossible to the classifier is very unlikely, so that its logarithm is finite.
_LEAST = 1e-12
_MAX_LOG_TEMPERATURE = 3.0


class ClassifierSettings(BaseModel):
    """What kind of classifier is tried, and how strongly it is held back.

    Attributes:
        kind: of MLlib.
        strength: the smoothing of naive Bayes, or the L2 penalty of the regression.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["naive_bayes", "logistic_regression"]
    strength: PositiveFloat

    @property
    def name(self) -> str:
        """As a candidate is called."""
        return f"{self.kind}_{self.strength:g}"


def pipeline(settings: ClassifierSettings, feature_count: int) -> Pipeline:
    """Words, and every four letters in a row, hashed and classified.

    Args:
        settings: of the classifier.
        feature_count: places that words are hashed to, and as many for letters.
    """
    from pyspark.ml import Pipeline
    from pyspark.ml.classification import LogisticRegression, NaiveBayes
    from pyspark.ml.feature import HashingTF, NGram, RegexTokenizer, VectorAssembler

    classifier: NaiveBayes | LogisticRegression = (
        NaiveBayes(smoothing=settings.strength)
        if settings.kind == "naive_bayes"
        else LogisticRegression(
            family="multinomial", regParam=settings.strength, maxIter=ITERATIONS
        )
    )
    return Pipeline(
        stages=[
            RegexTokenizer(inputCol="description", outputCol="words", pattern=r"[^\p{L}\p{N}]+"),
            RegexTokenizer(inputCol="description", outputCol="letters", pattern=""),
            NGram(n=LETTERS, inputCol="letters", outputCol="runs"),
            HashingTF(
                inputCol="words", outputCol="word_places", numFeatures=feature_count, binary=True
            ),
            HashingTF(
                inputCol="runs", outputCol="run_places", numFeatures=feature_count, binary=True
            ),
            VectorAssembler(inputCols=["word_places", "run_places"], outputCol="features"),
            classifier,
        ]
    )


def teach(
    spark: SparkSession,
    settings: ClassifierSettings,
    feature_count: int,
    groups: Sequence[str],
    told: Sequence[GroupLabel],
) -> PipelineModel:
    """The classifier that learnt what the rules told.

    Args:
        spark: the session.
        settings: of the classifier.
        feature_count: as of `pipeline`.
        groups: by their number; each is told at least once.
        told: descriptions with their groups, in a fixed order.
    """
    number = {group: float(place) for place, group in enumerate(groups)}
    rows = [(label.description, number[label.group_id]) for label in told]
    # One partition: sums of a fit do not depend on how many cores there are.
    taught = spark.createDataFrame(rows, "description string, label double").coalesce(1)
    return pipeline(settings, feature_count).fit(taught)


def probabilities(
    spark: SparkSession, fitted: PipelineModel, descriptions: Sequence[str]
) -> Probabilities:
    """How likely each group is, of shape (descriptions, groups)."""
    from pyspark.ml.functions import vector_to_array
    from pyspark.sql import functions as f

    frame = spark.createDataFrame(list(enumerate(descriptions)), "number int, description string")
    found = (
        fitted.transform(frame)
        .select("number", vector_to_array(f.col("probability")).alias("probability"))
        .orderBy("number")
        .toArrow()
    )
    return np.array(found["probability"].to_pylist(), dtype=np.float64)


def temperature(given: Probabilities, right: NDArray[np.int64]) -> float:
    """How much less sure the classifier is than it says, where above 1.

    It makes the right groups of labels that a person gave likeliest: temperature scaling, Guo et
    al., On Calibration of Modern Neural Networks, ICML 2017, section 4.2.

    Args:
        given: of shape (labels, groups).
        right: the number of each label's group.
    """

    def surprise(log_temperature: float) -> float:
        calm = calibrated(given, float(np.exp(log_temperature)))
        return float(-np.log(np.maximum(calm[np.arange(len(right)), right], _LEAST)).mean())

    found = minimize_scalar(
        surprise, bounds=(-_MAX_LOG_TEMPERATURE, _MAX_LOG_TEMPERATURE), method="bounded"
    )
    return float(np.exp(found.x))


def calibrated(given: Probabilities, at: float) -> Probabilities:
    """Probabilities at a temperature; the order of groups stays."""
    logs = np.log(np.maximum(given, _LEAST)) / at
    odds = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def labels(
    descriptions: Sequence[str], given: Probabilities, groups: Sequence[str], evidence: str
) -> dict[str, GroupLabel]:
    """The likeliest group of each description, by it; of equally likely ones the first."""
    best = given.argmax(axis=1)
    return {
        text: GroupLabel(text, groups[place], Tier.CLASSIFIER, float(row[place]), evidence)
        for text, place, row in zip(descriptions, best, given, strict=True)
    }


def in_scope(
    scope: Scope, rules: Mapping[str, GroupLabel], classified: Mapping[str, GroupLabel]
) -> dict[str, GroupLabel]:
    """What the classifier tells in its scope, and the rules elsewhere."""
    return {
        text: label if scope == "no_keyword" and label.evidence else classified[text]
        for text, label in rules.items()
    }
