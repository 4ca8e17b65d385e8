"""The segments model: k-means where it is stable and tighter than quartiles of spend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pyarrow as pa
from pyspark.ml.clustering import KMeansModel
from pyspark.ml.functions import vector_to_array
from pyspark.ml.stat import Summarizer
from pyspark.sql import Column, DataFrame, Row
from pyspark.sql import functions as f

from lakehouse.errors import LakehouseError
from ml.features import Features
from ml.kept import kept
from ml.metrics import Mean
from ml.model import Model, Parameters, Score, Serving, Training
from ml.parts import in_fixed_order, part_column
from ml.segments import clusters
from ml.segments.agreement import distances_to, simplified_silhouettes
from ml.segments.clusters import SCALED, SEGMENT
from ml.segments.profiles import Profile, describe, names

TABLE = "feat_customers"
MODEL, BASELINE = "k_means", "spend_quartiles"
QUARTILES = (0.25, 0.5, 0.75)
_PROFILE: dict[str, pa.DataType] = {
    "segment": pa.string(),
    "description": pa.string(),
    "customer_count": pa.int64(),
    "customer_share": pa.float64(),
    "sales_share": pa.float64(),
    "mean_order_count": pa.float64(),
    "mean_spent": pa.float64(),
    "mean_order_value": pa.float64(),
    "mean_profit": pa.float64(),
    "mean_margin": pa.float64(),
    "source": pa.string(),
}


class SegmentParameters(Parameters):
    """What is fixed before segments are trained.

    Attributes:
        measures: columns of feat_customers by which customers are told apart.
        max_skewness: above which a measure is log-transformed.
        min_segments: the fewest that are tried.
        max_segments: the most that are tried.
        resamples: refits by which stability is measured.
        min_stability: mean adjusted Rand index of the refits.
        min_share: of customers, in each segment.
        min_customers: of a shop, below which it has no segments.
        band: how far from the shop's mean is still average, in names.
        seed: of everything random.
    """

    measures: tuple[str, ...]
    max_skewness: float
    min_segments: int
    max_segments: int
    resamples: int
    min_stability: float
    min_share: float
    min_customers: int
    band: float
    seed: int


@dataclass(frozen=True)
class _Shop:
    """The customers of a shop, prepared, all and by what they are for."""

    everybody: DataFrame
    train: DataFrame
    validation: DataFrame
    test: DataFrame


class Segments(Model[SegmentParameters]):
    """k-means of customers against quartiles of what they spent."""

    name = "segments"
    purpose = (
        "Groups of customers who order and spend alike, to be addressed alike. They say what "
        "customers did, not what they will do."
    )
    features = (TABLE,)
    outputs = ("customer_segments", "segment_profiles")
    form = SegmentParameters

    def train(self, features: Features, training: Training[SegmentParameters]) -> None:
        """Chooses k by silhouette among those that are stable; compares with quartiles of spend."""
        with kept(_customers(features, training.parameters)) as customers:
            _train(customers, training)

    def score(
        self, features: Features, serving: Serving, parameters: SegmentParameters
    ) -> Mapping[str, DataFrame | pa.Table]:
        """The segment of each customer, and what each segment is."""
        customers = _customers(features, parameters)
        if serving.serves_model:
            assert serving.pipeline is not None
            assigned, source = serving.pipeline.transform(customers), MODEL
        else:
            bounds = serving.state["quartile_bounds"]
            assigned, source = customers.withColumn(SEGMENT, _quartile(bounds)), BASELINE
        shop = _profiles(assigned.groupBy())
        profiles = _profiles(assigned.groupBy(SEGMENT))
        if not profiles:
            raise LakehouseError(f"{features.shop_id} has no customers to put into segments.")
        shop_profile = shop[None]
        called = dict(
            zip(
                profiles,
                names(list(profiles.values()), shop_profile, parameters.band),
                strict=True,
            )
        )
        name_rows = features.spark.createDataFrame(
            list(called.items()), f"{SEGMENT} int, segment string"
        )
        profile_rows = [
            _profile_row(profile, shop_profile, called[number], parameters.band, source)
            for number, profile in profiles.items()
        ]
        return {
            "customer_segments": assigned.join(f.broadcast(name_rows), SEGMENT).select(
                "customer_key", "segment", f.lit(source).alias("source")
            ),
            "segment_profiles": pa.Table.from_pylist(profile_rows, schema=pa.schema(_PROFILE)),
        }


def _train(customers: DataFrame, training: Training[SegmentParameters]) -> None:
    given = training.parameters
    count = customers.count()
    if count < given.min_customers:
        raise LakehouseError(
            f"{count} customers are too few for segments: {given.min_customers} are needed."
        )
    learnt = customers.where(f.col("part") == "train")
    measures = clusters.usable_measures(learnt, given.measures, given.max_skewness)
    training.limits += measures.left_out
    if not measures.names:
        raise LakehouseError("All customers are alike in every measure: there are no segments.")
    training.limits += _imputed(customers, measures.names, count)
    prepared = clusters.preparation(measures).fit(learnt)
    with kept(prepared.transform(customers)) as everybody:
        parts = {p: everybody.where(f.col("part") == p) for p in ("train", "validation", "test")}
        shop = _Shop(everybody, **parts)
        fitted = _best(shop, training)
        bounds = learnt.approxQuantile("total_spent", list(QUARTILES), 0.0)
        training.chosen |= {"measures": measures.names, "log_transformed": measures.skewed}
        training.state = {"quartile_bounds": bounds}
        _judge(shop, fitted, bounds, training)
        if fitted is not None:
            training.chosen["segments"] = fitted.getK()
            training.pipeline = clusters.joined(prepared, fitted)
    training.limits += [
        "A silhouette rewards compact groups, and k-means makes them: a gain over quartiles of "
        "spend says that segments are tighter, not that acting on them earns more.",
        "Names compare a segment's means with the shop's; its single customers may differ.",
    ]


def _customers(features: Features, given: SegmentParameters) -> DataFrame:
    """The shop's customers as they are now, in a fixed order, measures as doubles."""
    measures = [f.col(name).cast("double").alias(name) for name in given.measures]
    rows = features.table(TABLE).where("is_latest")
    return in_fixed_order(
        rows.select("customer_key", *measures, part_column("customer_key").alias("part")),
        "customer_key",
    )


def _imputed(customers: DataFrame, measures: list[str], count: int) -> list[str]:
    """A sentence for each measure that some customers lack."""
    row = customers.agg(*(f.count_if(f.isnull(n)).alias(n) for n in measures)).first()
    assert row is not None
    return [
        f"{name} is unknown for {row[name] / count:.1%} of customers; they count as the median."
        for name in measures
        if row[name]
    ]


def _best(shop: _Shop, training: Training[SegmentParameters]) -> KMeansModel | None:
    """The k with the best silhouette among those that are stable and large enough; None if none."""
    given = training.parameters
    unseen = shop.validation.count()
    curve: list[tuple[float, KMeansModel]] = []
    for k in range(given.min_segments, given.max_segments + 1):
        fitted = clusters.k_means(shop.train, k, given.seed)
        value = clusters.silhouette(shop.validation, fitted)
        curve.append((value, fitted))
        training.scores.append(Score(_k(k), "validation", "silhouette", value, unit_count=unseen))
    training.plots["silhouette"] = _plot(curve)
    for _, fitted in sorted(curve, key=lambda entry: -entry[0]):
        k = fitted.getK()
        smallest = clusters.smallest_share(shop.everybody, fitted)
        training.scores.append(Score(_k(k), "all", "smallest_share", smallest))
        if smallest < given.min_share:
            training.limits.append(
                f"{k} segments are refused: the smallest has {smallest:.1%} of customers, "
                f"{given.min_share:.0%} are needed."
            )
            continue
        agreement = clusters.stability(
            shop.train,
            shop.everybody,
            fitted,
            given.resamples,
            given.seed,
            given.min_stability,
        )
        training.scores.append(Score(_k(k), "all", "adjusted_rand", agreement))
        if agreement >= given.min_stability:
            return fitted
        training.limits.append(
            f"{k} segments are refused: refits on resamples agree by {agreement:.2f} only "
            f"(adjusted Rand index), {given.min_stability:g} are needed."
        )
    return None


def _judge(
    shop: _Shop,
    fitted: KMeansModel | None,
    bounds: list[float],
    training: Training[SegmentParameters],
) -> None:
    quartiles = shop.train.withColumn(SEGMENT, _quartile(bounds)).groupBy(SEGMENT)
    means = quartiles.agg(Summarizer.mean(f.col(SCALED)).alias("centre")).orderBy(SEGMENT)
    found = [(row[SEGMENT], row["centre"].toArray()) for row in means.collect()]
    place = {number: i for i, (number, _) in enumerate(found)}
    columns = [vector_to_array(f.col(SCALED)).alias(SCALED), _quartile(bounds).alias("quartile")]
    unseen = shop.test.orderBy("customer_key").select(columns).collect()
    points = np.array([row[SCALED] for row in unseen], dtype=np.float64)
    if len(found) < 2:
        raise LakehouseError(
            "All customers spent the same: there are no quartiles to compare with."
        )
    of_quartiles = Mean(
        simplified_silhouettes(
            points,
            np.array([place[row["quartile"]] for row in unseen]),
            np.array([centre for _, centre in found]),
        )
    )
    training.score(BASELINE, "test", training.parameters.rule.metric, of_quartiles)
    if fitted is None:
        verdict = training.judge(of_quartiles, of_quartiles)
        training.verdict = replace(
            verdict,
            reason="No number of segments is both stable and large enough in each, so quartiles "
            "of spend serve.",
        )
        return
    centres = np.array(fitted.clusterCenters())
    nearest = distances_to(points, centres).argmin(axis=1)
    of_model = Mean(simplified_silhouettes(points, nearest, centres))
    training.score(MODEL, "test", training.parameters.rule.metric, of_model)
    training.judge(of_model, of_quartiles)


def _quartile(bounds: list[float]) -> Column:
    """0 for the least spenders to 3; who spent as much as a bound is in the lower quartile."""
    above = [(f.col("total_spent") > bound).cast("int") for bound in bounds]
    return above[0] + above[1] + above[2]


def _profiles(groups: Any) -> dict[int | None, Profile]:
    """The profile of each group, by its number."""
    rows: list[Row] = groups.agg(
        f.count("*").alias("customer_count"),
        *(
            f.mean(column).alias(name)
            for name, column in {
                "mean_order_count": "order_count",
                "mean_spent": "total_spent",
                "mean_order_value": "average_order_value",
                "mean_profit": "total_profit",
                "mean_margin": "profit_margin",
            }.items()
        ),
    ).collect()
    found = [row.asDict() for row in rows]
    numbered = sorted((row.pop(SEGMENT, None), row) for row in found if row["customer_count"])
    return {number: Profile(**row) for number, row in numbered}


def _profile_row(
    profile: Profile, shop: Profile, name: str, band: float, source: str
) -> dict[str, Any]:
    return {
        "segment": name,
        "description": describe(profile, shop, band),
        "customer_count": profile.customer_count,
        "customer_share": profile.customer_count / shop.customer_count,
        "sales_share": profile.spent / shop.spent,
        "mean_order_count": profile.mean_order_count,
        "mean_spent": profile.mean_spent,
        "mean_order_value": profile.mean_order_value,
        "mean_profit": profile.mean_profit,
        "mean_margin": profile.mean_margin,
        "source": source,
    }


def _k(k: int) -> str:
    return f"{MODEL} {k}"


def _plot(curve: list[tuple[float, KMeansModel]]) -> go.Figure:
    figure = go.Figure(
        go.Scatter(
            x=[fitted.getK() for _, fitted in curve],
            y=[value for value, _ in curve],
            mode="lines+markers",
        )
    )
    return figure.update_layout(
        title="Silhouette by number of segments, of customers not learnt from",
        xaxis_title="segments",
        yaxis_title="mean silhouette",
    )
