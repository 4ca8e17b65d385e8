"""Spark deals customers as Python does."""

from __future__ import annotations

from pyspark.sql import SparkSession
from pyspark.sql import functions as f

from ml.parts import in_fixed_order, part_column
from ml.splits import part_of


def test_a_customer_is_in_the_same_part_in_spark(spark: SparkSession) -> None:
    keys = [f"shop|{number}" for number in range(500)] + ["", "ü|€"]
    shares = (0.5, 0.3, 0.2)
    rows = spark.createDataFrame([(key,) for key in keys], "key string")
    found = {
        row["key"]: row
        for row in rows.select(
            "key",
            part_column("key").alias("usual"),
            part_column("key", shares, "salt").alias("salted"),
        ).collect()
    }
    assert {key: row["usual"] for key, row in found.items()} == {k: part_of(k) for k in keys}
    assert {key: row["salted"] for key, row in found.items()} == {
        key: part_of(key, shares, "salt") for key in keys
    }


def test_rows_are_drawn_alike_in_whatever_order_they_come(spark: SparkSession) -> None:
    keys = [(f"s|{number}",) for number in range(2_000)]
    drawn = []
    for given in (keys, keys[::-1]):
        rows = in_fixed_order(spark.createDataFrame(given, "key string"), "key")
        sample = rows.sample(withReplacement=True, fraction=1.0, seed=5)
        drawn.append(sample.withColumn("place", f.spark_partition_id()).collect())
    assert drawn[0] == drawn[1]
