"""The seasons model: own purchases and those of customers alike, where they beat popularity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

import numpy as np
import plotly.graph_objects as go
from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from lakehouse.errors import LakehouseError
from ml.features import Features
from ml.kept import kept
from ml.metrics import Ratio
from ml.model import Model, Parameters, Score, Serving, Training
from ml.seasons.parts import by_customer, by_time
from ml.seasons.smoothing import Purchases, Weights, best_items

TABLE = "feat_season_items"
MODEL, BASELINE, OVERALL = "smoothed_purchases", "season_popularity", "overall_popularity"
_KEYS = ("customer_key", "season")
# So many purchases that the season's own do not count beside them.
_ALL_SALES = 1e9


class SeasonParameters(Parameters):
    """What is fixed before seasonal items are trained.

    Attributes:
        groups: columns of feat_season_items that may say which customers are alike.
        season_weights: tried for all sales, beside those of the season; the baseline's, too.
        group_weights: tried for the season, beside the group in it.
        own_weights: tried for the level above, beside the customer's own purchases.
        top: items per customer and season.
        test_share: of the days, where there are dates.
        min_purchases: of a shop, below which nothing is learnt.
    """

    groups: tuple[str, ...]
    season_weights: tuple[float, ...]
    group_weights: tuple[float, ...]
    own_weights: tuple[float, ...]
    top: int
    test_share: float
    min_purchases: int


class Seasons(Model[SeasonParameters]):
    """Purchases, smoothed from the customer's own to all sales, against season popularity."""

    name = "seasons"
    purpose = (
        "The items that a customer is likeliest to buy in each season, to fill a seasonal page or "
        "a mailing with."
    )
    features = (TABLE,)
    outputs = ("season_items",)
    form = SeasonParameters

    def train(self, features: Features, training: Training[SeasonParameters]) -> None:
        """Chooses weights on the validation part; compares hit rates on the test part."""
        with kept(_sales(features, training.parameters.groups)) as sales:
            _train(sales, training)

    def score(
        self, features: Features, serving: Serving, parameters: SeasonParameters
    ) -> Mapping[str, DataFrame]:
        """The best items of each customer in each season, by all that is known now."""
        weights = Weights(**serving.state["model" if serving.serves_model else "baseline"])
        sales = _sales(features, parameters.groups)
        customers = sales.select("customer_key", *parameters.groups).distinct()
        wanted = customers.crossJoin(sales.select("season").distinct())
        # Not in a block: the rows are counted once, when they are written.
        best = best_items(Purchases(sales), wanted, weights, parameters.top)
        others = BASELINE if weights.group is None else "group_popularity"
        source = f.when(f.col("is_own"), "own_purchases").otherwise(others)
        return {"season_items": best.withColumn("source", source).drop("is_own")}


def _train(sales: DataFrame, training: Training[SeasonParameters]) -> None:
    given = training.parameters
    count = sales.count()
    if count < given.min_purchases:
        raise LakehouseError(
            f"{count} purchases are too few to tell seasons apart: "
            f"{given.min_purchases} are needed."
        )
    is_dated = not sales.where(f.isnotnull("order_date")).isEmpty()
    validation, test = by_time(sales, given.test_share) if is_dated else by_customer(sales)
    with Purchases(validation.known) as known:
        tuning = _Tuning(known, validation.unseen, given.top)
        baseline = tuning.best([Weights(season=weight) for weight in given.season_weights])
        model = _tuned_model(tuning, baseline, given, is_dated)
    training.scores += [
        Score(_called(weights), "validation", f"hit_rate_at_{given.top}", rate)
        for weights, rate in tuning.rates.items()
    ]
    training.chosen = {"model": asdict(model), "baseline": asdict(baseline)}
    training.state = training.chosen
    candidates = {
        MODEL: model,
        BASELINE: baseline,
        OVERALL: Weights(season=_ALL_SALES),
    }
    with Purchases(test.known) as known:
        hits = {
            name: _hits(known, test.unseen, weights, given.top)
            for name, weights in candidates.items()
        }
    for name, of_candidate in hits.items():
        for k, metric in of_candidate.items():
            training.score(name, "test", f"hit_rate_at_{k}", metric)
    training.plots["hit_rates"] = _plot(training.scores)
    training.judge(hits[MODEL][given.top], hits[BASELINE][given.top])
    training.limits += _limits(is_dated, given.top)


def _sales(features: Features, groups: Sequence[str]) -> DataFrame:
    """The shop's purchases; each customer in one group: the last in the alphabet if in several."""
    sales = features.table(TABLE)
    alike = sales.groupBy("customer_key").agg(
        *(f.coalesce(f.max(f.col(g).cast("string")), f.lit("unknown")).alias(g) for g in groups)
    )
    return sales.select(*_KEYS, "product_key", "order_date").join(alike, "customer_key")


class _Tuning:
    """Hit rates of weights on the validation part, each computed once.

    Attributes:
        known: what is learnt from.
        rates: by weights.
    """

    def __init__(self, known: Purchases, unseen: DataFrame, top: int) -> None:
        self.known, self._unseen, self._top = known, unseen, top
        self.rates: dict[Weights, float] = {}

    def best(self, tried: Sequence[Weights]) -> Weights:
        """The weights of the highest hit rate; the first, and simplest, of equal ones."""
        for weights in tried:
            if weights not in self.rates:
                self.rates[weights] = _rate(self.known, self._unseen, weights, self._top)
        return max(tried, key=lambda weights: self.rates[weights])


def _tuned_model(
    tuning: _Tuning, baseline: Weights, given: SeasonParameters, is_dated: bool
) -> Weights:
    """One level after the other, from popularity on; the customer's own only where time tells."""
    in_use = tuning.known.sales.agg(*(f.count_distinct(g).alias(g) for g in given.groups)).first()
    assert in_use is not None
    own = given.own_weights if is_dated else ()
    model = tuning.best([baseline, *(replace(baseline, own_weight=weight) for weight in own)])
    grouped = [
        replace(model, group=group, group_weight=weight)
        for group in given.groups
        if in_use[group] > 1
        for weight in given.group_weights
    ]
    return tuning.best([model, *grouped])


def _called(weights: Weights) -> str:
    """Weights as a candidate's name."""
    levels = [f"season {weights.season:.0f}"]
    if weights.group is not None:
        levels.append(f"{weights.group} {weights.group_weight:.0f}")
    if weights.own_weight is not None:
        levels.append(f"own {weights.own_weight:.0f}")
    return f"{BASELINE if len(levels) == 1 else MODEL}: {' '.join(levels)}"


def _by_customer_hits(known: Purchases, unseen: DataFrame, weights: Weights, top: int) -> DataFrame:
    """Per customer: `seasons` in which they bought, and `hits_<k>`: in how many one of k items."""
    groups = [] if weights.group is None else [weights.group]
    bought = unseen.select(*_KEYS, "product_key").distinct()
    wanted = unseen.select(*_KEYS, *groups).distinct()
    hit = best_items(known, wanted, weights, top).join(bought, [*_KEYS, "product_key"])
    first = hit.groupBy(*_KEYS).agg(f.min("item_rank").alias("first_hit"))
    return (
        wanted.join(first, list(_KEYS), "left")
        .groupBy("customer_key")
        .agg(
            f.count("*").alias("seasons"),
            f.count_if(f.col("first_hit") <= 1).alias("hits_1"),
            f.count_if(f.col("first_hit") <= top).alias(f"hits_{top}"),
        )
    )


def _rate(known: Purchases, unseen: DataFrame, weights: Weights, top: int) -> float:
    hits = _by_customer_hits(known, unseen, weights, top)
    row = hits.agg((f.sum(f"hits_{top}") / f.sum("seasons")).alias("rate")).first()
    if row is None or row["rate"] is None:
        raise LakehouseError("Nobody bought anything in the validation part: nothing can be tuned.")
    return float(row["rate"])


def _hits(known: Purchases, unseen: DataFrame, weights: Weights, top: int) -> dict[int, Ratio]:
    rows = _by_customer_hits(known, unseen, weights, top).orderBy("customer_key").collect()
    seasons = np.array([row["seasons"] for row in rows], dtype=np.float64)
    return {
        k: Ratio(np.array([row[f"hits_{k}"] for row in rows], dtype=np.float64), seasons)
        for k in sorted({1, top})
    }


def _limits(is_dated: bool, top: int) -> list[str]:
    meaning = (
        f"A hit is a season in which a customer bought at least one of the {top} items: a shop "
        "whose customers buy much has more of them."
    )
    if is_dated:
        return [
            meaning,
            "Where own purchases count, items are offered again that the customer bought before: "
            "that fits what is bought often, and finds nothing new.",
            "Items that are no longer sold are not known as such, and may be offered.",
        ]
    return [
        meaning,
        "The shop has no dates: customers were tested who are not known at all, so their own "
        "purchases, which may tell more, could not be held to anything and do not count.",
    ]


def _plot(scores: list[Score]) -> go.Figure:
    figure = go.Figure()
    for metric in dict.fromkeys(s.metric for s in scores if s.part == "test"):
        shown = [s for s in scores if s.part == "test" and s.metric == metric]
        figure.add_bar(x=[s.candidate for s in shown], y=[s.value for s in shown], name=metric)
    return figure.update_layout(title="Hit rates on the test part", yaxis_title="share of seasons")
