"""Features that tell the target: they are the target under another name, and teach nothing."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from lakehouse.errors import LakehouseError

# Whether a discount was applied: in the published data it equals the target in every row.
FORBIDDEN = frozenset({"is_discount_applied", "discount_applied", "is_promo_code_used"})


def refuse_leaks(rows: DataFrame, names: Sequence[str], target: str) -> None:
    """Refuses features that stand for the target.

    Args:
        rows: with the features and the target, which has two values.
        names: of the features.
        target: its column.

    Raises:
        LakehouseError: a feature is forbidden, or each of its values goes with one value of the
            target. Values that stand for one or two rows each tell nothing by doing so.
    """
    forbidden = sorted(FORBIDDEN.intersection(names))
    if forbidden:
        raise LakehouseError(f"{forbidden[0]} stands for the target and is no feature.")
    for name in names:
        by_value = rows.groupBy(name).agg(
            f.count("*").alias("rows"),
            (f.min(target) == f.max(target)).alias("tells"),
        )
        found = by_value.agg(f.every("tells").alias("tells"), f.avg("rows").alias("rows")).first()
        if found is not None and found["tells"] and found["rows"] > 2:
            raise LakehouseError(f"{name} tells {target} in every row: it is no feature.")
