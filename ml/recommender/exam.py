"""What customers bought after a day, to hold the lists made on that day to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_array

from lakehouse.errors import LakehouseError
from ml import ranking
from ml.metrics import Floats, Mean
from ml.ranking import Numbers
from ml.recommender.knowledge import Knowledge, histories, numbered, read_histories
from ml.recommender.rankings import Histories, Ranking

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


@dataclass(frozen=True)
class Exam:
    """Customers who bought after a day, and what they had done by then.

    Attributes:
        customer_keys: sorted.
        histories: by then.
        relevant: (customers, products), 1 for what they bought later.
        relevant_counts: (customers,), with what no list could hold: nobody knew it yet.
    """

    customer_keys: tuple[str, ...]
    histories: Histories
    relevant: csr_array[Any]
    relevant_counts: Numbers

    def ndcg(self, lists: Numbers) -> Mean:
        """NDCG per customer."""
        return Mean(ranking.ndcg(ranking.hits(lists, self.relevant), self.relevant_counts))

    def metrics(self, lists: Numbers) -> dict[str, Mean]:
        """Recall, NDCG, MAP and hit rate per customer, by name."""
        k = lists.shape[1]
        hits = ranking.hits(lists, self.relevant)
        return {
            f"ndcg_at_{k}": Mean(ranking.ndcg(hits, self.relevant_counts)),
            f"recall_at_{k}": Mean(ranking.recall(hits, self.relevant_counts)),
            f"map_at_{k}": Mean(ranking.average_precision(hits, self.relevant_counts)),
            f"hit_rate_at_{k}": Mean(ranking.hit_rate(hits)),
        }

    def of_new_products(self) -> Exam:
        """Those who bought what they had not bought before, held to that alone."""
        repeated = self.relevant * self.histories.purchases.sign()
        counts = self.relevant_counts - repeated.sum(axis=1).astype(np.int64)
        kept = np.flatnonzero(counts > 0)
        new = csr_array((self.relevant - repeated)[kept])
        new.eliminate_zeros()
        return Exam(
            tuple(self.customer_keys[row] for row in kept),
            Histories(self.histories.strengths[kept], self.histories.purchases[kept]),
            new,
            counts[kept],
        )

    def lists(self, ranked: Ranking, k: int) -> Numbers:
        """What a ranking gives these customers."""
        return ranked.lists(self.histories, k)[0]


def bought_later(known: DataFrame, later: DataFrame, keeps_bought: bool) -> DataFrame:
    """Products that customers bought after a day: customer_key, product_key.

    Args:
        known: rows of `feat_interactions` as of the day.
        later: those as of a later one.
        keeps_bought: whether what was bought before counts when it is bought again.
    """
    from pyspark.sql import functions as f

    before = known.select(
        "customer_key", "product_key", f.col("purchase_count").alias("bought_before")
    )
    joined = later.join(before, ["customer_key", "product_key"], "left")
    earlier = f.coalesce("bought_before", f.lit(0))
    bought = joined.where(f.col("purchase_count") > earlier)
    return (bought if keeps_bought else bought.where(earlier == 0)).select(
        "customer_key", "product_key"
    )


def draw(customers: DataFrame, count: int) -> DataFrame:
    """As many customers by lot, the same ones each time."""
    from pyspark.sql import functions as f

    return customers.orderBy(f.xxhash64("customer_key"), "customer_key").limit(count)


def set_exam(
    knowledge: Knowledge, later: DataFrame, keeps_bought: bool, customer_count: int
) -> Exam:
    """An exam of customers who were known on the day.

    Args:
        knowledge: as of the day.
        later: rows of `feat_interactions` as of the day that the exam goes to.
        keeps_bought: whether what is bought again is relevant.
        customer_count: at most, drawn by lot.

    Raises:
        LakehouseError: nobody who was known bought anything.
    """
    bought = bought_later(knowledge.rows, later, keeps_bought)
    known = knowledge.rows.select("customer_key").distinct()
    buyers = bought.join(known, "customer_key", "left_semi").select("customer_key").distinct()
    drawn = draw(buyers, customer_count)
    keys = [row["customer_key"] for row in drawn.collect()]
    if not keys:
        raise LakehouseError(
            f"No customer known on {knowledge.as_of_date} bought anything after it: there is "
            "nothing to hold recommendations to."
        )
    return exam_of(knowledge, bought, sorted(keys))


def exam_of(knowledge: Knowledge, bought: DataFrame, customer_keys: list[str]) -> Exam:
    """An exam of certain customers.

    Args:
        knowledge: as of the day.
        bought: what they bought after it: customer_key, product_key.
        customer_keys: sorted; each bought something.
    """
    from pyspark.sql import functions as f

    spark = bought.sparkSession
    wanted = spark.createDataFrame([(key,) for key in customer_keys], "customer_key string")
    known = histories(knowledge.rows.join(wanted, "customer_key", "left_semi"))
    history = wanted.join(known, "customer_key", "left").sort("customer_key").toArrow()
    mine = bought.join(wanted, "customer_key", "left_semi")
    counted = mine.groupBy("customer_key").agg(f.count("*").alias("count"))
    relevant = numbered(mine, knowledge.product_keys).select("customer_key", "item").toArrow()
    places = {key: place for place, key in enumerate(customer_keys)}
    counts = np.zeros(len(places), dtype=np.int64)
    for row in counted.collect():
        counts[places[row["customer_key"]]] = row["count"]
    rows = np.array([places[str(key)] for key in relevant["customer_key"]], dtype=np.int64)
    shape = (len(places), len(knowledge.product_keys))
    ones: Floats = np.ones(len(rows))
    return Exam(
        tuple(customer_keys),
        read_histories(history, shape[1]),
        csr_array((ones, (rows, relevant["item"].to_numpy())), shape=shape),
        counts,
    )
