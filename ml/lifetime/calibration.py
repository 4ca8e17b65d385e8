"""Whether as much came as was predicted, from customers of few purchases to those of many."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ml.metrics import Floats


def deciles(predicted: Floats, actual: Floats) -> pd.DataFrame:
    """A row per tenth of the customers by prediction, lowest first.

    Customers of equal prediction are all in the lowest of their tenths, so that a tenth may be
    empty and then has no row.

    Returns:
        `decile`, `customer_count`, `predicted_mean`, `actual_mean`.
    """
    smaller = np.searchsorted(np.sort(predicted), predicted, side="left")
    return (
        pd.DataFrame(
            {
                "decile": 10 * smaller // len(predicted) + 1,
                "predicted": predicted,
                "actual": actual,
            }
        )
        .groupby("decile", as_index=False)
        .agg(
            customer_count=("actual", "size"),
            predicted_mean=("predicted", "mean"),
            actual_mean=("actual", "mean"),
        )
    )
