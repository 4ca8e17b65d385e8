"""The promo model: trees where they beat a tuned logistic regression on customers unseen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from pyspark.ml import PipelineModel
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as f

from lakehouse.errors import LakehouseError
from ml.features import Features
from ml.kept import kept
from ml.metrics import AreaUnderRoc, AveragePrecision, Mean
from ml.model import Model, Parameters, Score, Serving, Training
from ml.parts import draw, in_fixed_order, part_column
from ml.promo.candidates import (
    BOOSTING,
    FOREST,
    LABEL,
    LOGISTIC,
    Candidate,
    Settings,
    assembler,
    calibrated,
    encoding,
    probability,
    tuned,
)
from ml.promo.leakage import refuse_leaks
from ml.promo.reliability import calibration_error, reliability_bins

TABLE, TARGET = "feat_promo_propensity", "is_promo_code_used"
BASE_RATE = "base_rate"
FAMILIES = (LOGISTIC, FOREST, BOOSTING)
GROUPS = ("gender", "age_band")
# A group below this says nothing by having one class only.
MIN_GROUP = 30


class PromoParameters(Parameters):
    """What is fixed before promo propensity is trained.

    Attributes:
        categories: columns of feat_promo_propensity with groups, yes or no.
        numbers: columns with amounts and counts.
        sensitive: those of them without which every candidate is trained a second time.
        settings: what tuning tries.
        calibration_share: of the customers to learn from, kept for calibration.
        min_orders: of a shop, below which nothing is learnt.
        max_test_orders: that are collected to compare candidates.
        bins: of the reliability plot.
        seed: of everything random.
    """

    categories: tuple[str, ...]
    numbers: tuple[str, ...]
    sensitive: tuple[str, ...]
    settings: Settings
    calibration_share: float
    min_orders: int
    max_test_orders: int
    bins: int
    seed: int


@dataclass(frozen=True)
class _Folds:
    """Encoded orders by what they are for; no customer is in two of them."""

    fit: DataFrame
    calibration: DataFrame
    validation: DataFrame
    test: DataFrame


@dataclass(frozen=True)
class _Tested:
    """A candidate's probabilities on the test part, one order per customer, in a fixed order."""

    labels: NDArray[np.bool_]
    probabilities: NDArray[np.float64]
    groups: dict[str, NDArray[np.str_]]


class Promo(Model[PromoParameters]):
    """Random forest and gradient-boosted trees against logistic regression and the base rate."""

    name = "promo"
    purpose = (
        "The probability that an order uses a promo code, to size a promotion. It says who used "
        "codes, not whom a code would make buy."
    )
    features = (TABLE,)
    outputs = ("promo_propensity",)
    form = PromoParameters

    def train(self, features: Features, training: Training[PromoParameters]) -> None:
        """Tunes three families, with and without what is sensitive; compares on the test part."""
        with kept(_orders(features)) as orders:
            _train(orders, training)

    def score(
        self, features: Features, serving: Serving, parameters: PromoParameters
    ) -> Mapping[str, DataFrame]:
        """The probability of each order, by the trees or the logistic regression."""
        assert serving.pipeline is not None
        scored = serving.pipeline.transform(features.table(TABLE))
        return {
            "promo_propensity": scored.select(
                "order_key",
                "customer_key",
                probability().alias("probability"),
                f.lit(serving.state["source"]).alias("source"),
            )
        }


def _train(orders: DataFrame, training: Training[PromoParameters]) -> None:
    given = training.parameters
    _check(orders, given)
    numbers = _known(orders, given.numbers)
    refuse_leaks(orders, [*given.categories, *numbers], LABEL)
    is_fit = f.col("draw") >= given.calibration_share
    encoder = encoding(given.categories, numbers).fit(
        orders.where((f.col("part") == "train") & is_fit)
    )
    with kept(encoder.transform(orders)) as encoded:
        train = encoded.where(f.col("part") == "train")
        folds = _Folds(
            train.where(is_fit),
            train.where(~is_fit),
            encoded.where(f.col("part") == "validation"),
            _one_per_customer(encoded.where(f.col("part") == "test"), given.max_test_orders),
        )
        plain = [name for name in given.categories if name not in given.sensitive]
        served = _compared(folds, training, given.categories, numbers, "")
        without = f" without {' and '.join(given.sensitive)}"
        _compared(folds, training, plain, numbers, without)
        champion = max((served[FOREST], served[BOOSTING]), key=lambda one: one[0].validation_auc)
        _decide(folds, training, encoder, champion, served[LOGISTIC])
    training.limits += _one_sided(orders, given.sensitive) + _unseen_without(training, without)


def _decide(
    folds: _Folds,
    training: Training[PromoParameters],
    encoder: PipelineModel,
    champion: tuple[Candidate, PipelineModel, _Tested],
    baseline: tuple[Candidate, PipelineModel, _Tested],
) -> None:
    tested, floor = champion[2], baseline[2]
    verdict = training.judge(
        AreaUnderRoc(tested.labels, tested.probabilities),
        AreaUnderRoc(floor.labels, floor.probabilities),
    )
    candidate, pipeline, tested = champion if verdict.serves else baseline
    training.chosen |= {"model": champion[0].family}
    training.state = {"source": candidate.family}
    training.pipeline = PipelineModel([*encoder.stages, *pipeline.stages])
    _score_base_rate(folds, training, tested.labels)
    _score_groups(training, candidate.family, tested)


def _orders(features: Features) -> DataFrame:
    """The shop's orders in a fixed order, each with its label and its customer's part."""
    orders = (
        features.table(TABLE)
        .withColumn(LABEL, f.col(TARGET).cast("double"))
        .withColumn("part", part_column("customer_key"))
        .withColumn("draw", draw("customer_key", "calibration"))
    )
    return in_fixed_order(orders, "order_key")


def _check(orders: DataFrame, given: PromoParameters) -> None:
    found = orders.agg(f.count("*").alias("orders"), f.sum(LABEL).alias("uses")).first()
    assert found is not None
    count, uses = found["orders"], found["uses"] or 0
    if count < given.min_orders:
        raise LakehouseError(
            f"{count} orders are too few to learn who uses promo codes: "
            f"{given.min_orders} are needed."
        )
    if uses in (0, count):
        raise LakehouseError(
            f"{'Every' if uses else 'No'} order used a promo code: there is nothing to tell apart."
        )


def _known(orders: DataFrame, numbers: tuple[str, ...]) -> list[str]:
    """The numbers that the shop records at all."""
    counts = orders.agg(*(f.count(name).alias(name) for name in numbers)).first()
    assert counts is not None
    return [name for name in numbers if counts[name]]


def _one_per_customer(orders: DataFrame, most: int) -> DataFrame:
    """An order per customer, by lot: orders of one customer are no independent units."""
    lot = draw("order_key", "test")
    by_customer = Window.partitionBy("customer_key").orderBy(lot, "order_key")
    first = orders.withColumn("place", f.row_number().over(by_customer)).where("place = 1")
    return first.orderBy(draw("customer_key", "test"), "customer_key").limit(most)


def _compared(
    folds: _Folds,
    training: Training[PromoParameters],
    categories: Any,
    numbers: list[str],
    suffix: str,
) -> dict[str, tuple[Candidate, PipelineModel, _Tested]]:
    """Each family, tuned, calibrated and tested on the features of a variant."""
    given = training.parameters
    inputs = assembler(categories, numbers)
    found = {}
    figure = _plot(suffix)
    with (
        kept(inputs.transform(folds.fit)) as learnt,
        kept(inputs.transform(folds.validation)) as unseen,
    ):
        for family in FAMILIES:
            best = tuned(family, inputs, learnt, unseen, given.settings, given.seed)
            called = family + suffix
            training.chosen[called] = best.setting
            training.scores.append(Score(called, "validation", "auc_roc", best.validation_auc))
            pipeline = calibrated(best, folds.calibration)
            tested = _tested(pipeline.transform(folds.test))
            _score(training, called, "test", tested.labels, tested.probabilities)
            bins = reliability_bins(tested.labels, tested.probabilities, given.bins)
            error = calibration_error(bins)
            training.scores.append(Score(called, "test", "calibration_error", error))
            figure.add_scatter(
                x=[one.predicted for one in bins],
                y=[one.observed for one in bins],
                mode="lines+markers",
                name=family,
                text=[f"{one.count} orders" for one in bins],
            )
            found[family] = (best, pipeline, tested)
    training.plots[f"reliability{suffix.replace(' ', '_')}"] = figure
    return found


def _tested(scored: DataFrame) -> _Tested:
    rows = (
        scored.orderBy("order_key")
        .select(LABEL, probability().alias("probability"), *GROUPS)
        .collect()
    )
    return _Tested(
        np.array([row[LABEL] == 1 for row in rows], dtype=np.bool_),
        np.array([row["probability"] for row in rows], dtype=np.float64),
        {
            name: np.array([row[name] or "unknown" for row in rows], dtype=np.str_)
            for name in GROUPS
        },
    )


def _score(
    training: Training[PromoParameters],
    candidate: str,
    part: str,
    labels: NDArray[np.bool_],
    probabilities: NDArray[np.float64],
) -> None:
    """Ranking, where there are two classes, and the squared error of probabilities."""
    if labels.any() and not labels.all():
        training.score(candidate, part, "auc_roc", AreaUnderRoc(labels, probabilities))
        training.score(candidate, part, "auc_pr", AveragePrecision(labels, probabilities))
    training.score(candidate, part, "brier", Mean((probabilities - labels) ** 2))


def _score_base_rate(
    folds: _Folds, training: Training[PromoParameters], labels: NDArray[np.bool_]
) -> None:
    rate = folds.fit.agg(f.mean(LABEL).alias("rate")).first()
    assert rate is not None
    _score(training, BASE_RATE, "test", labels, np.full(len(labels), rate["rate"]))


def _score_groups(training: Training[PromoParameters], candidate: str, tested: _Tested) -> None:
    """How well what serves does in each group of the test part."""
    for column, values in tested.groups.items():
        for value in np.unique(values):
            inside = values == value
            labels, probabilities = tested.labels[inside], tested.probabilities[inside]
            part = f"test: {column} {value}"
            _score(training, candidate, part, labels, probabilities)
            gap = Mean(probabilities - labels)
            training.score(candidate, part, "predicted_minus_observed", gap)


def _one_sided(orders: DataFrame, sensitive: tuple[str, ...]) -> list[str]:
    """A sentence for each sensitive group all or none of whose orders used a code."""
    limits = []
    for name in sensitive:
        groups = orders.groupBy(name).agg(f.count("*").alias("orders"), f.mean(LABEL).alias("rate"))
        for row in groups.orderBy(name).collect():
            if row["orders"] >= MIN_GROUP and row["rate"] in (0.0, 1.0):
                limits.append(
                    f"{'All' if row['rate'] else 'None'} of the {row['orders']:,} orders with "
                    f"{name} {row[name]} used a code: the model learns whom codes were given to, "
                    "not who would have used one. Do not decide by it who is offered a code."
                )
    return limits


def _unseen_without(training: Training[PromoParameters], suffix: str) -> list[str]:
    """A sentence where nothing but the sensitive features tells who uses a code."""
    aucs = [
        score
        for score in training.scores
        if score.candidate.endswith(suffix) and score.part == "test" and score.metric == "auc_roc"
    ]
    if any(score.lower is None or score.lower > 0.5 for score in aucs):
        return []
    best = max(aucs, key=lambda score: score.value)
    return [
        f"Everything it knows is in {' and '.join(training.parameters.sensitive)}: without them "
        f"the best AUC is {best.value:.2f} ({best.lower:.2f} to {best.upper:.2f}), no better than "
        "by lot."
    ]


def _plot(suffix: str) -> go.Figure:
    figure = go.Figure(
        go.Scatter(x=[0, 1], y=[0, 1], mode="lines", name="as predicted", line_dash="dot")
    )
    return figure.update_layout(
        title=f"Orders that used a code, by predicted probability{suffix}",
        xaxis_title="predicted",
        yaxis_title="observed",
    )
