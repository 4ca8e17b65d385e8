"""What customers see of whom nothing is known yet: what is popular where they belong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml.recommender.knowledge import Knowledge

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

# From the narrowest to the widest; the first with enough customers is taken.
LEVELS = ("country", "segment", "shop")


def popular_lists(
    knowledge: Knowledge, profiles: DataFrame, days: int, k: int, min_customer_count: int
) -> DataFrame:
    """The most popular products of each group with enough customers.

    Args:
        knowledge: of the shop.
        profiles: rows of `feat_customer_profiles`.
        days: the last ones, which count.
        k: how many products.
        min_customer_count: of a group of country or segment, in these days.

    Returns:
        level, group, rank, item, score: the share of the group's customers.
    """
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    grouped = (
        knowledge.recent(days)
        .join(profiles, "customer_key")
        .select("customer_key", "item", f.explode(_groups()).alias("level", "group"))
        .where("group is not null")
    )
    sizes = grouped.groupBy("level", "group").agg(f.countDistinct("customer_key").alias("size"))
    order = Window.partitionBy("level", "group").orderBy(f.desc("customers"), "item")
    return (
        grouped.groupBy("level", "group", "item")
        .agg(f.countDistinct("customer_key").alias("customers"))
        .join(
            sizes.where((f.col("size") >= min_customer_count) | (f.col("level") == "shop")),
            ["level", "group"],
        )
        .withColumn("rank", f.row_number().over(order))
        .where(f.col("rank") <= k)
        .select(
            "level", "group", "rank", "item", (f.col("customers") / f.col("size")).alias("score")
        )
    )


def fall_back(profiles: DataFrame, lists: DataFrame) -> DataFrame:
    """For each customer the list of the first level that has one.

    Returns:
        customer_key, rank, item, score, source: `popular in country`, `… segment` or `… shop`.
    """
    from pyspark.sql import functions as f

    width = f.array_position(f.array(*map(f.lit, LEVELS)), f.col("level"))
    listed = lists.select("level", "group").distinct()
    chosen = (
        profiles.select("customer_key", f.explode(_groups()).alias("level", "group"))
        .join(f.broadcast(listed), ["level", "group"])
        .groupBy("customer_key")
        .agg(f.min_by(f.struct("level", "group"), width).alias("chosen"))
        .select("customer_key", "chosen.level", "chosen.group")
    )
    return chosen.join(f.broadcast(lists), ["level", "group"]).select(
        "customer_key",
        "rank",
        "item",
        "score",
        f.concat(f.lit("popular in "), "level").alias("source"),
    )


def _groups() -> Column:
    """Each level's group of a customer: null where what it goes by is not known."""
    from pyspark.sql import functions as f

    segment = f.concat_ws(", ", "gender", "age_band")
    groups = {
        "country": f.col("country"),
        "segment": f.when(segment != "", segment),
        "shop": f.lit("all"),
    }
    return f.create_map(*[x for level in LEVELS for x in (f.lit(level), groups[level])])
