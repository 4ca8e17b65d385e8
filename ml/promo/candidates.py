"""The classifiers that are compared, all on the same encoded orders, each calibrated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pyspark.ml import Estimator, Pipeline, PipelineModel, Transformer
from pyspark.ml.classification import GBTClassifier, LogisticRegression, RandomForestClassifier
from pyspark.ml.evaluation import BinaryClassificationEvaluator
from pyspark.ml.feature import (
    Imputer,
    OneHotEncoder,
    SQLTransformer,
    StringIndexer,
    VectorAssembler,
    VectorSlicer,
)
from pyspark.ml.functions import vector_to_array
from pyspark.ml.linalg import Matrices
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as f

LOGISTIC, FOREST, BOOSTING = "logistic_regression", "random_forest", "gradient_boosted_trees"
LABEL = "label"
_INPUTS, _CALIBRATED = "inputs", "calibrated"


@dataclass(frozen=True)
class Settings:
    """What tuning tries.

    Attributes:
        penalties: ridge penalties of the logistic regression.
        forest_trees: trees of a random forest.
        forest_depths: their depths.
        boosting_rounds: trees of gradient boosting.
        boosting_depths: their depths.
    """

    penalties: tuple[float, ...]
    forest_trees: int
    forest_depths: tuple[int, ...]
    boosting_rounds: int
    boosting_depths: tuple[int, ...]


@dataclass(frozen=True)
class Candidate:
    """A classifier as tuning chose it.

    Attributes:
        family: which of the three it is.
        setting: e.g. `depth 4`.
        stages: from encoded orders to its raw prediction.
        validation_auc: area under the ROC curve on the validation part.
    """

    family: str
    setting: str
    stages: list[Transformer]
    validation_auc: float


def encoding(categories: Sequence[str], numbers: Sequence[str]) -> Pipeline:
    """Categories to indicators, one each, unknown being one of them; unknown numbers the median."""
    texts = ", ".join(f"coalesce(cast({n} as string), 'unknown') as text_{n}" for n in categories)
    stages: list[Any] = [
        SQLTransformer(statement=f"select *, {texts} from __THIS__"),
        StringIndexer(
            inputCols=[f"text_{n}" for n in categories],
            outputCols=[f"index_{n}" for n in categories],
            handleInvalid="keep",
        ),
        OneHotEncoder(
            inputCols=[f"index_{n}" for n in categories],
            outputCols=[f"is_{n}" for n in categories],
        ),
        Imputer(
            strategy="median",
            inputCols=list(numbers),
            outputCols=[f"number_{n}" for n in numbers],
        ),
    ]
    return Pipeline(stages=stages if numbers else stages[:-1])


def assembler(categories: Sequence[str], numbers: Sequence[str]) -> VectorAssembler:
    """Encoded columns to one vector."""
    columns = [f"is_{n}" for n in categories] + [f"number_{n}" for n in numbers]
    return VectorAssembler(inputCols=columns, outputCol=_INPUTS)


def tuned(
    family: str,
    inputs: VectorAssembler,
    learnt: DataFrame,
    unseen: DataFrame,
    settings: Settings,
    seed: int,
) -> Candidate:
    """The classifier of a family that is best on the validation part.

    Args:
        family: which of the three.
        inputs: the features that it sees.
        learnt: assembled orders to learn from.
        unseen: assembled orders to choose by.
        settings: to try.
        seed: of trees.
    """
    evaluator = BinaryClassificationEvaluator(labelCol=LABEL)
    found = []
    for setting, classifier in _classifiers(family, settings, seed):
        fitted = classifier.fit(learnt)
        auc = float(evaluator.evaluate(fitted.transform(unseen)))
        found.append(Candidate(family, setting, [inputs, fitted], auc))
    return max(found, key=lambda candidate: candidate.validation_auc)


def calibrated(candidate: Candidate, fold: DataFrame) -> PipelineModel:
    """The candidate with its scores turned into probabilities, learnt on orders of their own.

    Platt, Probabilistic outputs for support vector machines, 1999: a sigmoid of the score. Its
    slope is not negative, so that orders keep their ranks, and it needs fewer orders than isotonic
    regression (Niculescu-Mizil & Caruana, Predicting good probabilities, ICML 2005).
    """
    slicer = VectorSlicer(inputCol="rawPrediction", outputCol="raw_score", indices=[1])
    sigmoid = LogisticRegression(
        featuresCol="raw_score",
        labelCol=LABEL,
        predictionCol="calibrated_prediction",
        rawPredictionCol="calibrated_raw",
        probabilityCol=_CALIBRATED,
        lowerBoundsOnCoefficients=Matrices.dense(1, 1, [0.0]),
    )
    scored = PipelineModel([*candidate.stages, slicer])
    return PipelineModel([*scored.stages, sigmoid.fit(scored.transform(fold))])


def probability() -> Column:
    """The column of calibrated probabilities."""
    return vector_to_array(f.col(_CALIBRATED))[1]


def _classifiers(
    family: str, settings: Settings, seed: int
) -> Iterator[tuple[str, Estimator[Any]]]:
    if family == LOGISTIC:
        for penalty in settings.penalties:
            yield (
                f"penalty {penalty:g}",
                LogisticRegression(featuresCol=_INPUTS, labelCol=LABEL, regParam=penalty),
            )
    if family == FOREST:
        for depth in settings.forest_depths:
            forest = RandomForestClassifier(featuresCol=_INPUTS, labelCol=LABEL, seed=seed)
            yield f"depth {depth}", forest.setNumTrees(settings.forest_trees).setMaxDepth(depth)
    if family == BOOSTING:
        for depth in settings.boosting_depths:
            boosting = GBTClassifier(featuresCol=_INPUTS, labelCol=LABEL, seed=seed)
            yield f"depth {depth}", boosting.setMaxIter(settings.boosting_rounds).setMaxDepth(depth)
