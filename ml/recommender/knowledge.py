"""What is known of a shop as of a day: products, histories, popularity and what lies near what.

Counting is Spark's. What comes to one machine grows with the catalogue alone, and with a number of
customers that the caller bounds.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_array, triu

from ml.metrics import Floats
from ml.recommender.rankings import Histories

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

HISTORY_FORM = (
    "customer_key string, items array<int>, strengths array<double>, purchases array<bigint>"
)
# Customers whose pairs of products are counted by one matrix product.
_BATCH = 4_096


@dataclass(frozen=True)
class Knowledge:
    """A shop's interactions as of a day.

    Attributes:
        rows: those of `feat_interactions`, with the product's number as `item`.
        product_keys: by number, sorted.
        as_of_date: the day; None in a shop without dates.
        max_history: interactions of a customer that pairs of products are counted in: the latest.
    """

    rows: DataFrame
    product_keys: tuple[str, ...]
    as_of_date: datetime.date | None
    max_history: int

    @cached_property
    def customer_count(self) -> int:
        """Customers with an interaction."""
        return self.rows.select("customer_key").distinct().count()

    @cached_property
    def popularity(self) -> Floats:
        """(products,), how many customers had to do with each."""
        return self._counted(self.rows)

    def recent_popularity(self, days: int) -> Floats:
        """(products,), how many customers had to do with each in these last days."""
        return self._counted(self.recent(days))

    def recent(self, days: int) -> DataFrame:
        """The rows with an interaction in these last days; all where there are no dates."""
        from pyspark.sql import functions as f

        if self.as_of_date is None:
            return self.rows
        start = self.as_of_date - datetime.timedelta(days=days)
        return self.rows.where(f.to_date("last_at") > f.lit(start))

    def histories(self) -> DataFrame:
        """Customers with what they did, in the form `HISTORY_FORM`."""
        return histories(self.rows)

    def nearness(self, neighbour_count: int, shrinkage: float) -> csr_array[Any]:
        """How near products are by their customers: the cosine, shrunk where few have both.

        Args:
            neighbour_count: of each product, the nearest ones.
            shrinkage: added to the cosine's denominator: what that many customers would be.
        """
        from pyspark.sql import functions as f

        counts = self.popularity
        own = self.rows.sparkSession.createDataFrame(
            [(item, float(count)) for item, count in enumerate(counts)], "item int, own double"
        )
        pairs = (
            self._pairs()
            .join(f.broadcast(own.toDF("a", "own_a")), "a")
            .join(f.broadcast(own.toDF("b", "own_b")), "b")
            .withColumn("cosine_of", f.sqrt("own_a") * f.sqrt("own_b"))
            .select("a", "b", (f.col("both") / (f.col("cosine_of") + shrinkage)).alias("near"))
        )
        return nearest(pairs, len(self.product_keys), neighbour_count)

    def _pairs(self) -> DataFrame:
        """Products a < b and how many customers had to do with both, if more than one."""
        from pyspark.sql import functions as f

        count = len(self.product_keys)

        def together(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            import pyarrow as pa

            for batch in batches:
                for start in range(0, batch.num_rows, _BATCH):
                    met = read_histories(batch.slice(start, _BATCH), count).strengths.sign()
                    both = triu(met.T @ met, k=1, format="coo")
                    yield pa.RecordBatch.from_pydict(
                        {
                            "a": both.row.astype(np.int32),
                            "b": both.col.astype(np.int32),
                            "both": both.data.astype(np.int64),
                        }
                    )

        return (
            histories(self.rows, self.max_history)
            .mapInArrow(together, "a int, b int, both bigint")
            .groupBy("a", "b")
            .agg(f.sum("both").alias("both"))
            .where("both > 1")
        )

    def _counted(self, rows: DataFrame) -> Floats:
        counts = np.zeros(len(self.product_keys))
        # A customer and a product have one row.
        for row in rows.groupBy("item").count().collect():
            counts[row["item"]] = row["count"]
        return counts


def know(rows: DataFrame, as_of_date: datetime.date | None, max_history: int) -> Knowledge:
    """What rows of `feat_interactions` of one day say."""
    keys = tuple(
        row["product_key"]
        for row in rows.select("product_key").distinct().sort("product_key").collect()
    )
    return Knowledge(numbered(rows, keys), keys, as_of_date, max_history)


def numbered(rows: DataFrame, product_keys: tuple[str, ...]) -> DataFrame:
    """Rows whose product has a number, with it as `item`."""
    from pyspark.sql import functions as f

    numbers = rows.sparkSession.createDataFrame(
        list(zip(product_keys, range(len(product_keys)), strict=True)),
        "product_key string, item int",
    )
    return rows.join(f.broadcast(numbers), "product_key")


def nearest(pairs: DataFrame, product_count: int, neighbour_count: int) -> csr_array[Any]:
    """The nearest of each product, from pairs that count both ways.

    Args:
        pairs: columns a, b, near, each pair once; or near and near_back, where it differs.
        product_count: how many products there are.
        neighbour_count: how many of each row stay; ties go by number.

    Returns:
        (products, products).
    """
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    back = "near_back" if "near_back" in pairs.columns else "near"
    both_ways = pairs.select("a", "b", "near").unionByName(
        pairs.select(f.col("b").alias("a"), f.col("a").alias("b"), f.col(back).alias("near"))
    )
    order = Window.partitionBy("a").orderBy(f.desc("near"), "b")
    kept = both_ways.withColumn("place", f.row_number().over(order)).where(
        f.col("place") <= neighbour_count
    )
    table = kept.select("a", "b", "near").toArrow()
    places = (table["a"].to_numpy(), table["b"].to_numpy())
    return csr_array((table["near"].to_numpy(), places), shape=(product_count, product_count))


def histories(rows: DataFrame, count: int | None = None) -> DataFrame:
    """Customers with what they did, in the form `HISTORY_FORM`.

    Args:
        rows: of `feat_interactions`, numbered.
        count: only as many interactions of each customer, the latest; all without it.
    """
    from pyspark.sql import functions as f

    entry = f.struct(
        "last_at", (-f.col("item")).alias("order"), "item", "strength", "purchase_count"
    )
    entries = f.sort_array(f.collect_list(entry), asc=False)
    return (
        rows.groupBy("customer_key")
        .agg((entries if count is None else f.slice(entries, 1, count)).alias("entries"))
        .select(
            "customer_key",
            f.col("entries.item").alias("items"),
            f.col("entries.strength").alias("strengths"),
            f.col("entries.purchase_count").alias("purchases"),
        )
    )


def keep_nearest(nearness: csr_array[Any], neighbour_count: int) -> csr_array[Any]:
    """The same with fewer neighbours of each product; ties go by number."""
    kept = nearness.copy()
    kept.sort_indices()
    for start, end in zip(kept.indptr, kept.indptr[1:], strict=False):
        row = kept.data[start:end]
        row[np.argsort(-row, kind="stable")[neighbour_count:]] = 0.0
    kept.eliminate_zeros()
    return kept


def read_histories(batch: pa.RecordBatch | pa.Table, product_count: int) -> Histories:
    """Histories of `HISTORY_FORM` as matrices; a customer without any has an empty row."""
    import pyarrow.compute as pc

    lengths = pc.fill_null(pc.list_value_length(batch["items"]), 0).to_numpy(zero_copy_only=False)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    items = _flat(batch["items"], np.int64)
    shape = (len(lengths), product_count)

    def matrix(name: str) -> csr_array[Any]:
        made = csr_array((_flat(batch[name], np.float64), items, starts), shape=shape, copy=True)
        made.sort_indices()
        made.eliminate_zeros()
        return made

    return Histories(matrix("strengths"), matrix("purchases"))


def _flat(lists: Any, type_: type[np.generic]) -> Any:
    import pyarrow.compute as pc

    return pc.list_flatten(lists).to_numpy(zero_copy_only=False).astype(type_)
