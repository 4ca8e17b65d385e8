"""k-means on what customers did: prepared, fitted and held to other customers, all in MLlib."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pyspark.ml import Pipeline, PipelineModel
from pyspark.ml.clustering import KMeans, KMeansModel
from pyspark.ml.evaluation import ClusteringEvaluator
from pyspark.ml.feature import Imputer, SQLTransformer, StandardScaler, VectorAssembler
from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from ml.segments.agreement import Counts, adjusted_rand

SCALED, SEGMENT = "scaled", "segment_number"
_REFIT = "refit"


@dataclass(frozen=True)
class Measures:
    """What customers are told apart by.

    Attributes:
        names: columns, in order.
        skewed: those of them that are log-transformed.
        left_out: a sentence for each column that the shop does not tell customers apart by.
    """

    names: list[str]
    skewed: list[str]
    left_out: list[str]


def usable_measures(customers: DataFrame, names: Sequence[str], max_skewness: float) -> Measures:
    """The measures in which customers differ, without copies of one another.

    Args:
        customers: those to learn from, with the measures as doubles.
        names: the measures that are wanted; of two that are equal in every row the first stays.
        max_skewness: above which a measure is log-transformed.
    """
    pairs = [(one, other) for i, one in enumerate(names) for other in names[i + 1 :]]
    found = customers.agg(
        *(f.stddev_pop(n).alias(f"spread {n}") for n in names),
        *(f.skewness(n).alias(f"skewness {n}") for n in names),
        *(f.every(f.col(a).eqNullSafe(f.col(b))).alias(f"{a} {b}") for a, b in pairs),
    ).first()
    assert found is not None
    used: list[str] = []
    left_out: list[str] = []
    for name in names:
        twins = [one for one in used if found[f"{one} {name}"]]
        if not found[f"spread {name}"]:
            left_out.append(f"{name} is left out: the shop does not tell customers apart by it.")
        elif twins:
            left_out.append(f"{name} is left out: it equals {twins[0]} in every row.")
        else:
            used.append(name)
    return Measures(used, [n for n in used if found[f"skewness {n}"] > max_skewness], left_out)


def preparation(measures: Measures) -> Pipeline:
    """Measures to comparable numbers: skewed ones by sign(x) log(1 + |x|), all standardised.

    A missing value becomes the median: the customer counts as ordinary in it.
    """
    ready = ", ".join(
        f"{f'signum({n}) * log1p(abs({n}))' if n in measures.skewed else n} as ready_{n}"
        for n in measures.names
    )
    filled = [f"filled_{n}" for n in measures.names]
    return Pipeline(
        stages=[
            SQLTransformer(statement=f"select *, {ready} from __THIS__"),
            Imputer(
                strategy="median",
                inputCols=[f"ready_{n}" for n in measures.names],
                outputCols=filled,
            ),
            VectorAssembler(inputCols=filled, outputCol="assembled"),
            StandardScaler(withMean=True, inputCol="assembled", outputCol=SCALED),
        ]
    )


def k_means(prepared: DataFrame, k: int, seed: int) -> KMeansModel:
    """Fits k segments."""
    return KMeans(k=k, seed=seed, featuresCol=SCALED, predictionCol=SEGMENT).fit(prepared)


def silhouette(prepared: DataFrame, fitted: KMeansModel) -> float:
    """The mean silhouette of customers, by squared Euclidean distances; -1 if one segment has all.

    Rousseeuw, Silhouettes, Journal of Computational and Applied Mathematics 20, 1987.
    """
    assigned = fitted.transform(prepared)
    if assigned.select(SEGMENT).distinct().count() < 2:
        return -1.0
    return float(ClusteringEvaluator(featuresCol=SCALED, predictionCol=SEGMENT).evaluate(assigned))


def stability(
    learnt_from: DataFrame,
    everybody: DataFrame,
    fitted: KMeansModel,
    resamples: int,
    seed: int,
    needed: float,
) -> float:
    """The mean adjusted Rand index between the segments and those of refits on resamples.

    Hennig, Cluster-wise assessment of cluster stability, Computational Statistics & Data Analysis
    52, 2007: refits on bootstrap resamples, compared on all customers.

    Args:
        learnt_from: what is resampled.
        everybody: all customers.
        fitted: the segments.
        resamples: how many.
        seed: of the resamples.
        needed: once the mean cannot reach it any more, that of the refits so far is returned.
    """
    assigned = fitted.transform(everybody)
    indices = []
    for number in range(1, resamples + 1):
        resample = learnt_from.sample(withReplacement=True, fraction=1.0, seed=seed + number)
        refit = k_means(resample, fitted.getK(), seed + number).setPredictionCol(_REFIT)
        rows = refit.transform(assigned).groupBy(SEGMENT, _REFIT).count().collect()
        indices.append(adjusted_rand(_table([(r[SEGMENT], r[_REFIT], r["count"]) for r in rows])))
        if sum(indices) + resamples - number < needed * resamples:
            break
    return float(np.mean(indices))


def smallest_share(everybody: DataFrame, fitted: KMeansModel) -> float:
    """The share of customers in the smallest segment."""
    counts = [
        row["count"] for row in fitted.transform(everybody).groupBy(SEGMENT).count().collect()
    ]
    return float(min(counts) / sum(counts)) if len(counts) == fitted.getK() else 0.0


def joined(prepared: PipelineModel, fitted: KMeansModel) -> PipelineModel:
    """Preparation and segments as one pipeline."""
    return PipelineModel([*prepared.stages, fitted])


def _table(cells: Sequence[tuple[int, int, int]]) -> Counts:
    rows, columns = max(c[0] for c in cells) + 1, max(c[1] for c in cells) + 1
    table = np.zeros((rows, columns), dtype=np.int64)
    for row, column, count in cells:
        table[row, column] = count
    return table
