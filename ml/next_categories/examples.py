"""Customers and categories with what was known before a quarter, and whether the quarter had them.

Quarters have 91 days and are counted back from the day as of which features are: quarter 0 is the
last one, quarter -1 the one to come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml.groups.rules import Rules
from ml.groups.taxonomy import OTHER, Taxonomy

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# What a model may learn from: of the pair, of the customer, of the category.
FEATURES = (
    "bought_in_last",
    "bought_in_second",
    "bought_in_third",
    "bought_in_fourth",
    "bought_ever",
    "quarters_since",
    "customer_purchases",
    "customer_last_purchases",
    "customer_categories",
    "category_share",
)


def by_category(purchases: DataFrame, texts: DataFrame) -> DataFrame:
    """Purchases by customer, category and quarter: customer_key, category, quarters_ago, count.

    A product without a category is of the group that its name tells, if the shop has none at all.

    Args:
        purchases: rows of `feat_quarterly_purchases` of a shop.
        texts: those of `feat_product_texts`.
    """
    from pyspark.sql import functions as f

    if purchases.where(f.col("category").isNotNull()).isEmpty():
        purchases = purchases.drop("category").join(f.broadcast(_groups(texts)), "product_key")
    return (
        purchases.where(f.col("category").isNotNull())
        .groupBy("customer_key", "category", "quarters_ago")
        .agg(f.sum("purchase_count").alias("count"))
    )


def examples(purchases: DataFrame, quarter: int) -> DataFrame:
    """Every customer who bought before a quarter, with every category that was bought before it.

    Args:
        purchases: as `by_category` gives them.
        quarter: which is to be told; -1 is the one to come.

    Returns:
        customer_key, category, `FEATURES` as doubles, and label: 1 where the quarter has the
        category. Nothing in the features is of the quarter, or later.
    """
    from pyspark.sql import functions as f

    known = purchases.where(f.col("quarters_ago") > quarter).withColumn(
        "ago", f.col("quarters_ago") - quarter
    )
    last = f.sum(f.when(f.col("ago") == 1, f.col("count")).otherwise(0))
    customers = known.groupBy("customer_key").agg(
        f.log1p(f.sum("count")).alias("customer_purchases"),
        f.log1p(last).alias("customer_last_purchases"),
        f.countDistinct("category").cast("double").alias("customer_categories"),
    )
    active = known.where(f.col("ago") == 1)
    buyers = f.countDistinct(f.when(f.col("ago") == 1, f.col("customer_key")))
    categories = (
        known.groupBy("category")
        .agg(buyers.alias("buyers"))
        .crossJoin(active.agg(f.countDistinct("customer_key").alias("active")))
        .select(
            "category", (f.col("buyers") / f.greatest("active", f.lit(1))).alias("category_share")
        )
    )
    pairs = known.groupBy("customer_key", "category").agg(
        *[
            f.log1p(f.sum(f.when(f.col("ago") == ago, f.col("count")).otherwise(0))).alias(name)
            for ago, name in enumerate(FEATURES[:4], start=1)
        ],
        f.log1p(f.sum("count")).alias("bought_ever"),
        f.min("ago").cast("double").alias("quarters_since"),
    )
    labels = (
        purchases.where(f.col("quarters_ago") == quarter)
        .select("customer_key", "category", f.lit(1.0).alias("label"))
        .distinct()
    )
    # What was never bought was bought longer ago than anything that was.
    never = f.col("longest") + 1
    longest = known.agg(f.max("ago").cast("double").alias("longest"))
    return (
        customers.crossJoin(f.broadcast(categories))
        .crossJoin(f.broadcast(longest))
        .join(pairs, ["customer_key", "category"], "left")
        .join(labels, ["customer_key", "category"], "left")
        .withColumn("quarters_since", f.coalesce("quarters_since", never))
        .na.fill(0.0)
        .select("customer_key", "category", *FEATURES, "label")
    )


def _groups(texts: DataFrame) -> DataFrame:
    """The group that each product's name tells, as its category."""
    rules = Rules.read(Taxonomy.read().ids)
    named = texts.where("product_name is not null").select("product_key", "product_name").collect()
    rows = []
    for row in named:
        match = rules.match(row["product_name"])
        rows.append((row["product_key"], match.group_id if match else OTHER))
    return texts.sparkSession.createDataFrame(rows, "product_key string, category string")
