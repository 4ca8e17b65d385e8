"""Customers and their orders as gold has them: units of an experiment, and what they did."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from lakehouse.reading import open_dataset, read_table
from lakehouse.shops import find_shop
from ml.experiments.declaration import ConversionRate, Experiment
from ml.experiments.exposures import OUTCOMES


def customers(lake: Lake, shop_id: str) -> list[str]:
    """The keys of a shop's customers, sorted.

    Raises:
        LakehouseError: gold is not built or has no such shop.
    """
    find_shop(lake, shop_id)
    keys = read_table(lake, "gold", "dim_customers", shop_id, ["customer_key"])
    return sorted(str(key) for key in keys["customer_key"].to_pylist())


def orders(
    lake: Lake, experiment: Experiment, exposures: pa.Table, shop_id: str | None = None
) -> pa.Table:
    """The orders of the units that were exposed, as outcomes: of the schema `OUTCOMES`.

    A conversion is an order with a sale. A mean is of net amounts, those of credit notes included.

    Args:
        lake: whose gold is read.
        experiment: whose metric they count for.
        exposures: of it; their units are keys of customers.
        shop_id: only orders of this shop; None for all.

    Raises:
        LakehouseError: gold is not built, it has no such shop, the shop's orders have no dates, or
            no unit is a customer.
    """
    if shop_id is not None and not find_shop(lake, shop_id).has_order_dates:
        raise LakehouseError(f"The orders of {shop_id} have no dates: name --outcomes FILE.csv.")
    is_unit = ds.field("customer_key").isin(pc.unique(exposures["unit_id"]))
    if not open_dataset(lake, "gold", "dim_customers").count_rows(filter=is_unit):
        raise LakehouseError(
            f"No unit of the experiment {experiment.name} is a customer_key of "
            "gold.dim_customers: name what its units did with --outcomes FILE.csv."
        )
    wanted = is_unit & ds.field("ordered_at").is_valid()
    if shop_id is not None:
        wanted &= ds.field("shop_id") == shop_id
    if isinstance(experiment.metric, ConversionRate):
        wanted &= ds.field("has_sale")
    columns = ["customer_key", "ordered_at", "net_amount"]
    found = open_dataset(lake, "gold", "fct_orders").to_table(columns=columns, filter=wanted)
    return found.rename_columns(OUTCOMES.names).cast(OUTCOMES)
