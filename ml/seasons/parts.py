"""What is known and what is to be foretold: by time where there is time, else by customer."""

from __future__ import annotations

from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from ml.parts import part_column
from ml.splits import split_by_time


@dataclass(frozen=True)
class Part:
    """A part to tune or to test on.

    Attributes:
        known: purchases to learn from.
        unseen: purchases that are to be foretold.
    """

    known: DataFrame
    unseen: DataFrame


def by_time(sales: DataFrame, share: float) -> tuple[Part, Part]:
    """The validation and the test part; what is known of each is all before its first day.

    Args:
        sales: with an `order_date`; those without one are left out.
        share: of the days in each part.

    Raises:
        LakehouseError: there are too few days.
    """
    dated = sales.where(f.isnotnull("order_date"))
    days = dated.agg(f.min("order_date").alias("first"), f.max("order_date").alias("last")).first()
    assert days is not None
    split = split_by_time(days["first"], days["last"], share)
    day = f.col("order_date")
    return (
        Part(
            dated.where(day < split.validation_start),
            dated.where((day >= split.validation_start) & (day < split.test_start)),
        ),
        Part(dated.where(day < split.test_start), dated.where(day >= split.test_start)),
    )


def by_customer(sales: DataFrame) -> tuple[Part, Part]:
    """The validation and the test part; nothing is known of the customers in them."""
    part = part_column("customer_key")
    return (
        Part(sales.where(part == "train"), sales.where(part == "validation")),
        Part(sales.where(part != "test"), sales.where(part == "test")),
    )
