"""The shops of a lake, as gold names them."""

from __future__ import annotations

from dataclasses import dataclass

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from lakehouse.reading import read_table


@dataclass(frozen=True)
class Shop:
    """A shop of the lake; all its amounts are in its currency."""

    shop_id: str
    name: str
    currency_code: str
    has_order_dates: bool


def find_shop(lake: Lake, shop_id: str) -> Shop:
    """The shop of that id.

    Raises:
        LakehouseError: gold has no such shop; the message names those there are.
    """
    rows = read_table(lake, "gold", "dim_shops").to_pylist()
    for row in rows:
        if row["shop_id"] == shop_id:
            return Shop(shop_id, row["name"], row["currency_code"], row["has_order_dates"])
    known = ", ".join(sorted(row["shop_id"] for row in rows)) or "none"
    raise LakehouseError(
        f"The lake {lake.root} has no shop {shop_id!r}. There are: {known}. "
        "One of your own is loaded with lakehouse load, then lakehouse build."
    )
