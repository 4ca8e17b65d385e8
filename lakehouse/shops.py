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


def read_shops(lake: Lake) -> tuple[Shop, ...]:
    """The shops of the lake, by their ids.

    Raises:
        LakehouseError: a lake whose gold is not built.
    """
    if not lake.has_table("gold", "dim_shops"):
        raise LakehouseError(f"Nothing is built in the lake {lake.root}. Run: lakehouse build")
    rows = read_table(lake, "gold", "dim_shops").to_pylist()
    shops = [
        Shop(row["shop_id"], row["name"], row["currency_code"], row["has_order_dates"])
        for row in rows
    ]
    return tuple(sorted(shops, key=lambda shop: shop.shop_id))


def find_shop(lake: Lake, shop_id: str) -> Shop:
    """The shop of that id.

    Raises:
        LakehouseError: gold has no such shop; the message names those there are.
    """
    shops = {shop.shop_id: shop for shop in read_shops(lake)}
    if shop_id in shops:
        return shops[shop_id]
    raise LakehouseError(
        f"The lake {lake.root} has no shop {shop_id!r}. There are: {', '.join(shops) or 'none'}. "
        "One of your own is loaded with lakehouse load, then lakehouse build."
    )
