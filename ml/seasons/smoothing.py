"""Shares of items, each level drawn towards the one above it by how little is known.

What a customer buys in a season is told by their own purchases; as far as these are few, by those
of customers like them in that season; as far as these are few, by all of the season, and these by
all sales. Each level is the posterior mean of a Dirichlet prior around the one above it: n of N
purchases and a prior p of weight w give (n + w p) / (N + w) (MacKay & Bauman Peto, A hierarchical
Dirichlet language model, Natural Language Engineering 1, 1995).

Only what may be among the best is computed: of the items that a level did not see, those rank first
that rank first above it. So all that was seen, with the best of the level above, holds the best.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import Self

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as f

from ml.kept import kept


@dataclass(frozen=True)
class Weights:
    """How many purchases the level above counts for.

    Attributes:
        season: of all sales, beside those of the season.
        group: column that says which customers are alike; None for no such level.
        group_weight: of the season, beside the group in it.
        own_weight: of the level above, beside the customer's own purchases; None to leave them out.
    """

    season: float
    group: str | None = None
    group_weight: float = 0.0
    own_weight: float | None = None


class Purchases:
    """What is known, counted by level; whatever the weights, a count is made once.

    Within a `with` block, whose end gives the memory of the counts back.

    Attributes:
        sales: a row each: `customer_key`, `season`, `product_key` and the columns of groups.
    """

    def __init__(self, sales: DataFrame) -> None:
        """Counts nothing yet."""
        self.sales = sales
        self._counts: dict[tuple[str, ...], DataFrame] = {}
        self._kept = ExitStack()

    def __enter__(self) -> Self:
        """Begins to keep counts."""
        return self

    def __exit__(self, *_: object) -> None:
        """Gives their memory back."""
        self._counts.clear()
        self._kept.close()

    def counts(self, *keys: str) -> DataFrame:
        """How often each item was bought: the keys, `product_key` and `n`."""
        if keys not in self._counts:
            counted = self.sales.groupBy(*keys, "product_key").agg(f.count("*").alias("n"))
            self._counts[keys] = self._kept.enter_context(kept(counted))
        return self._counts[keys]


def best_items(known: Purchases, wanted: DataFrame, weights: Weights, top: int) -> DataFrame:
    """The likeliest items of each customer and season.

    Args:
        known: what was bought.
        wanted: `customer_key`, `season` and the group's column, one row each.
        weights: of the levels.
        top: how many items.

    Returns:
        `customer_key`, `season`, `product_key`, `score` (the probability that a purchase is of this
        item), `is_own` (bought before) and `item_rank` from 1; equal scores by product_key.
    """
    by_season = _season_scores(known, weights.season)
    best, level = _best(by_season, ["season"], top), ["season"]
    in_group = None
    if weights.group is not None:
        level = ["season", weights.group]
        in_group = known.counts(*level)
        possible = _merged(
            in_group.drop("n").join(by_season, ["season", "product_key"]),
            best.join(wanted.select(level).distinct(), "season"),
            level,
        )
        best = _best(_drawn(possible, in_group, level, weights.group_weight), level, top)
    offered = wanted.join(best, level).withColumn("is_own", f.lit(False))
    if weights.own_weight is not None:
        own = known.counts("customer_key")
        bought = wanted.join(own.drop("n"), "customer_key").join(
            by_season, ["season", "product_key"]
        )
        if in_group is not None:
            bought = _drawn(bought, in_group, level, weights.group_weight)
        possible = _merged(bought, offered, ["customer_key", "season"])
        offered = _drawn(possible, own, ["customer_key"], weights.own_weight)
    place = _place(["customer_key", "season"])
    return (
        offered.withColumn("item_rank", place)
        .where(f.col("item_rank") <= top)
        .select("customer_key", "season", "product_key", "score", "is_own", "item_rank")
    )


def _season_scores(known: Purchases, weight: float) -> DataFrame:
    """The share of every item in every season, also of those that it did not sell."""
    all_sales = f.sum("n").over(Window.partitionBy())
    items = known.counts().withColumn("score", f.col("n") / all_sales).drop("n")
    in_season = known.counts("season")
    possible = items.crossJoin(in_season.select("season").distinct())
    return _drawn(possible, in_season, ["season"], weight).drop("is_own")


def _drawn(possible: DataFrame, seen: DataFrame, keys: list[str], weight: float) -> DataFrame:
    """Scores of a level from those above it, `score`, and its counts; `is_own`: it has a count."""
    totals = seen.groupBy(*keys).agg(f.sum("n").alias("total"))
    n, total = f.coalesce("n", f.lit(0)), f.coalesce("total", f.lit(0))
    return (
        possible.join(seen, [*keys, "product_key"], "left")
        .join(totals, keys, "left")
        .withColumn("score", (n + weight * f.col("score")) / (total + weight))
        .withColumn("is_own", f.isnotnull("n"))
        .drop("n", "total")
    )


def _merged(one: DataFrame, other: DataFrame, keys: list[str]) -> DataFrame:
    columns = sorted(set(one.columns) & set(other.columns))
    both = one.select(columns).unionByName(other.select(columns))
    return both.dropDuplicates([*keys, "product_key"])


def _best(scored: DataFrame, keys: list[str], top: int) -> DataFrame:
    ranked = scored.withColumn("place", _place(keys)).where(f.col("place") <= top)
    return ranked.select(*keys, "product_key", "score")


def _place(keys: list[str]) -> Column:
    return f.row_number().over(
        Window.partitionBy(*keys).orderBy(f.desc("score"), f.asc("product_key"))
    )
