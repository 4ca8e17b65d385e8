"""What a customer's purchases say up to a day: how many, how recent, since when, for how much.

The summary is that of Fader, Hardie & Lee, "Counting Your Customers the Easy Way", Marketing
Science 24(2), 2005, section 3: frequency x, recency t_x and age T. Purchases of one day are one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from lakehouse.errors import LakehouseError

FloatArray = NDArray[np.float64]
Unit = Literal["days", "weeks"]

COLUMNS = ["customer_id", "order_date", "amount"]
DAYS_IN = {"days": 1, "weeks": 7}


@dataclass(frozen=True)
class PurchaseDays:
    """The days on which customers bought.

    Attributes:
        table: one row per customer and day, in that order: `customer_id`, `day` (datetime64) and
            `amount`, the day's net value.
        return_day_count: days on which no less was given back than bought; they are no purchases.
        return_amount: the net value of those days, zero or negative.
    """

    table: pd.DataFrame
    return_day_count: int
    return_amount: float


@dataclass(frozen=True)
class History:
    """What BG/NBD and Gamma-Gamma know of each customer; all arrays have one value per customer.

    Attributes:
        customer_ids: in ascending order.
        frequency: x, the days with a purchase after the first such day.
        recency: t_x, the time from the first to the last purchase, in `unit`; 0 where x is 0.
        age: T, the time from the first purchase to `end`, in `unit`.
        mean_value: the mean net value of the repeat purchase days; 0 where x is 0.
        end: the last day of the calibration period.
        unit: of time.
    """

    customer_ids: NDArray[Any]
    frequency: FloatArray
    recency: FloatArray
    age: FloatArray
    mean_value: FloatArray
    end: date
    unit: Unit


@dataclass(frozen=True)
class Activity:
    """What customers did in a period: purchase days and their net value, one per customer."""

    purchases: FloatArray
    value: FloatArray


def purchase_days(rows: pd.DataFrame | pa.Table) -> PurchaseDays:
    """Nets the orders of each customer and day.

    A day is a purchase unless what was given back on it is worth at least what was bought: days
    with a negative row and a sum of zero or less are set aside. An order that was free is a
    purchase of 0, as in the published CDNOW data. A return on a later day takes nothing from the
    purchase: values are those of sales. Rows without a customer are nobody's and left out.

    Args:
        rows: one row per order or line: `customer_id`, `order_date` (a date or a time, of which
            the local day counts), `amount` (net, negative for returns).

    Raises:
        LakehouseError: a column, or in a row the date or amount, is missing.
    """
    frame = _as_frame(rows)
    frame = frame[frame["customer_id"].notna()]
    days = pd.to_datetime(frame["order_date"]).dt.tz_localize(None).dt.normalize()
    amounts = frame["amount"].astype("float64")
    incomplete = int((days.isna() | ~np.isfinite(amounts)).sum())
    if incomplete:
        raise LakehouseError(
            f"{incomplete} of {len(frame)} orders have no date or no amount: leave them out first."
        )
    netted = (
        pd.DataFrame({"customer_id": frame["customer_id"], "day": days, "amount": amounts})
        .groupby(["customer_id", "day"])["amount"]
        .agg(["sum", "min"])
        .reset_index()
        .rename(columns={"sum": "amount"})
    )
    is_return = (netted["amount"] <= 0) & (netted["min"] < 0)
    return PurchaseDays(
        table=netted.loc[~is_return, ["customer_id", "day", "amount"]].reset_index(drop=True),
        return_day_count=int(is_return.sum()),
        return_amount=float(netted.loc[is_return, "amount"].sum()),
    )


def summarise(days: PurchaseDays, end: date, unit: Unit = "weeks") -> History:
    """The history of every customer who bought up to a day, that day included.

    Raises:
        LakehouseError: nobody bought up to then.
    """
    table = days.table[days.table["day"] <= pd.Timestamp(end)]
    if table.empty:
        raise LakehouseError(f"Nobody bought up to {end}: choose a later end of the calibration.")
    by_customer = table.groupby("customer_id").agg(
        first=("day", "min"),
        last=("day", "max"),
        count=("day", "size"),
        value=("amount", "sum"),
        first_value=("amount", "first"),
    )
    frequency = by_customer["count"].to_numpy("float64") - 1
    repeat_value = (by_customer["value"] - by_customer["first_value"]).to_numpy("float64")
    recency = by_customer["last"] - by_customer["first"]
    age = pd.Timestamp(end) - by_customer["first"]
    return History(
        customer_ids=by_customer.index.to_numpy(),
        frequency=frequency,
        recency=recency.dt.days.to_numpy("float64") / DAYS_IN[unit],
        age=age.dt.days.to_numpy("float64") / DAYS_IN[unit],
        mean_value=np.where(frequency > 0, repeat_value / np.maximum(frequency, 1), 0.0),
        end=end,
        unit=unit,
    )


def activity(days: PurchaseDays, customer_ids: NDArray[Any], after: date, until: date) -> Activity:
    """What customers bought in (after, until], in their order; 0 of who bought nothing."""
    day = days.table["day"]
    within = days.table[(day > pd.Timestamp(after)) & (day <= pd.Timestamp(until))]
    by_customer = within.groupby("customer_id")["amount"].agg(["size", "sum"])
    found = by_customer.reindex(pd.Index(customer_ids), fill_value=0)
    return Activity(found["size"].to_numpy("float64"), found["sum"].to_numpy("float64"))


def _as_frame(rows: pd.DataFrame | pa.Table) -> pd.DataFrame:
    names = rows.column_names if isinstance(rows, pa.Table) else list(rows.columns)
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise LakehouseError(f"The orders have no column {', '.join(missing)}.")
    return rows.select(COLUMNS).to_pandas() if isinstance(rows, pa.Table) else rows[COLUMNS]
