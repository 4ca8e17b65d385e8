"""Rows dealt the same in every run: `ml.splits.part_of` as a column, and rows in fixed places."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as f

_DIGITS = 16
_PLACES = 4


def part_column(
    key: str, shares: tuple[float, float, float] = (0.6, 0.2, 0.2), salt: str = ""
) -> Column:
    """The part of each row's customer: what `part_of` says of the same key, shares and salt.

    Args:
        key: the column of the customer's key.
        shares: of train, validation and test; they sum to 1.
        salt: another one deals the customers anew.
    """
    place = draw(key, salt)
    return (
        f.when(place < shares[0], "train")
        .when(place < shares[0] + shares[1], "validation")
        .otherwise("test")
    )


def draw(key: str, salt: str) -> Column:
    """A number of [0, 1) for each key, the same on every machine and in every order of rows."""
    digest = f.sha2(f.concat(f.lit(f"{salt}|"), f.col(key)), 256)
    number = f.conv(f.substring(digest, 1, _DIGITS), 16, 10)
    return number.cast("double") / 2.0 ** (4 * _DIGITS)


def in_fixed_order(rows: DataFrame, key: str) -> DataFrame:
    """Rows placed and sorted by a unique key, so that what is drawn of them by seed stays the same.

    MLlib draws within partitions. A sort of all rows would cut them where it drew by lot, and
    otherwise each time.
    """
    return rows.repartition(_PLACES, key).sortWithinPartitions(key)
