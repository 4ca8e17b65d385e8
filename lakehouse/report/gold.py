"""One shop's rows of gold, read without Spark, and what sections do with them."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from lakehouse.lake import Lake
from lakehouse.reading import read_table

if TYPE_CHECKING:
    import pyarrow as pa

UNKNOWN = "unknown"
"""The bucket of what has no name."""
TOP_ROWS = 10


class ShopGold:
    """One shop's rows of gold; a table that is not built has none, and is remembered."""

    def __init__(self, lake: Lake, shop_id: str) -> None:
        """Keeps where to read."""
        self._lake = lake
        self._shop_id = shop_id
        self.not_built: list[str] = []

    def read(self, table: str, columns: tuple[str, ...]) -> pa.Table:
        """The shop's rows of a table."""
        import pyarrow as pa

        if not self._lake.has_table("gold", table):
            if table not in self.not_built:
                self.not_built.append(table)
            return pa.table({column: pa.nulls(0) for column in columns})
        return read_table(self._lake, "gold", table, self._shop_id, columns)


def names(fact: type, *more: str) -> tuple[str, ...]:
    """The columns of a fact whose attributes are named like them."""
    return (*(field.name for field in fields(fact)), *more)


def top(table: pa.Table, rank: str, count: int = TOP_ROWS) -> list[dict[str, Any]]:
    """The rows of the first ranks, in their order, without the rank."""
    import pyarrow.compute as pc

    if not table.num_rows:
        return []
    best = table.filter(pc.field(rank) <= count).sort_by(rank)
    return best.drop_columns([rank]).to_pylist()


def total(table: pa.Table, column: str) -> Any:
    """The sum of a column; 0 without rows."""
    import pyarrow.compute as pc

    return pc.sum(table[column]).as_py() or 0 if table.num_rows else 0


def rate(part: Any, whole: Any) -> float | None:
    """A part of a whole; None of nothing."""
    return float(part / whole) if whole else None


def product_label(product: dict[str, Any]) -> str:
    """What a product is called: its name; without one, its brand, category and id."""
    if product["product_name"]:
        return str(product["product_name"])
    known = (product["brand"], product["category"], product["product_id"])
    return " ".join(part for part in known if part)


def product_labels(gold: ShopGold, product_ids: list[str]) -> dict[str, str]:
    """Product id -> what it is called, of the products that the shop knows."""
    import pyarrow.compute as pc

    products = gold.read("dim_products", ("product_id", "product_name", "brand", "category"))
    found = products.filter(pc.field("product_id").isin(product_ids)).to_pylist()
    return {product["product_id"]: product_label(product) for product in found}
