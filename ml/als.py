"""ALS on rows of keys: a pipeline that numbers them, and the factors of each key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ml.metrics import Floats

if TYPE_CHECKING:
    from pyspark.ml import Pipeline, PipelineModel
    from pyspark.ml.feature import StringIndexerModel
    from pyspark.ml.recommendation import ALSModel
    from pyspark.sql import DataFrame


def als_pipeline(user: str, item: str, rating: str, **settings: Any) -> Pipeline:
    """ALS that takes texts as users and items.

    Args:
        user: column of keys.
        item: column of keys.
        rating: column of numbers.
        settings: of Spark's ALS.
    """
    from pyspark.ml import Pipeline
    from pyspark.ml.feature import StringIndexer
    from pyspark.ml.recommendation import ALS

    indexers = [
        StringIndexer(inputCol=name, outputCol=f"{name}_number", stringOrderType="alphabetAsc")
        for name in (user, item)
    ]
    als = ALS(userCol=f"{user}_number", itemCol=f"{item}_number", ratingCol=rating, **settings)
    return Pipeline(stages=[*indexers, als])


def user_factors(fitted: PipelineModel) -> dict[str, Floats]:
    """(rank,) factors by key of a user that was learnt from.

    Raises:
        TypeError: no pipeline of `als_pipeline`.
    """
    users, _, als = _stages(fitted)
    return _by_key(als.userFactors, users.labels)


def item_factors(fitted: PipelineModel) -> dict[str, Floats]:
    """(rank,) factors by key of an item that was learnt from.

    Raises:
        TypeError: no pipeline of `als_pipeline`.
    """
    _, items, als = _stages(fitted)
    return _by_key(als.itemFactors, items.labels)


def _stages(fitted: PipelineModel) -> tuple[StringIndexerModel, StringIndexerModel, ALSModel]:
    from pyspark.ml.feature import StringIndexerModel
    from pyspark.ml.recommendation import ALSModel

    match fitted.stages:
        case [StringIndexerModel() as users, StringIndexerModel() as items, ALSModel() as als]:
            return users, items, als
    raise TypeError("no pipeline of ALS")


def _by_key(factors: DataFrame, labels: list[str]) -> dict[str, Floats]:
    return {
        labels[row["id"]]: np.array(row["features"], dtype=np.float64) for row in factors.collect()
    }
