"""Orders of gold as outcomes: whose count, which, and with what value."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from ml.experiments.gold import customers, orders
from tests.python.gold_tables import write_gold
from tests.python.ml.experiment_data import START, experiment, exposure_table

DAY = timedelta(days=1)
RATE = {"kind": "conversion", "baseline_rate": 0.1}


@pytest.fixture
def gold(lake: Lake) -> Lake:
    """Three customers of two shops; a sale, a credit note, and what nobody can place in time."""
    shops = [("a", True), ("b", False), ("c", True)]
    write_gold(
        lake, "dim_shops", [{"shop_id": shop, "has_order_dates": dated} for shop, dated in shops]
    )
    keys = ["a|2", "a|1", "c|1"]
    write_gold(lake, "dim_customers", [{"shop_id": key[0], "customer_key": key} for key in keys])
    write_gold(
        lake,
        "fct_orders",
        [
            _order("a|1", START, "12.50"),
            _order("a|1", START + DAY, "-2.50", has_sale=False),
            _order("a|1", None, "99"),
            _order("a|2", START, "7"),
            _order(None, START, "5"),
            _order("c|1", START, "3"),
        ],
    )
    return lake


def _order(key: str | None, moment: Any, amount: str, has_sale: bool = True) -> dict[str, Any]:
    return {
        "shop_id": (key or "a")[0],
        "customer_key": key,
        "ordered_at": moment,
        "net_amount": Decimal(amount),
        "has_sale": has_sale,
    }


EXPOSED = exposure_table(["a|1", "c|1", "a|1"], ["als", "als", "als"], [START] * 3)


def test_a_mean_sums_what_was_sold_and_credited(gold: Lake) -> None:
    found = orders(gold, experiment(), EXPOSED).sort_by([("value", "ascending")]).to_pylist()
    assert found == [
        {"unit_id": "a|1", "occurred_at": START + DAY, "value": -2.5},
        {"unit_id": "c|1", "occurred_at": START, "value": 3.0},
        {"unit_id": "a|1", "occurred_at": START, "value": 12.5},
    ]


def test_a_conversion_is_an_order_with_a_sale(gold: Lake) -> None:
    found = orders(gold, experiment(metric=RATE), EXPOSED, "a").to_pylist()
    assert [(row["unit_id"], row["occurred_at"]) for row in found] == [("a|1", START)]


def test_orders_may_be_of_one_shop(gold: Lake) -> None:
    assert set(orders(gold, experiment(), EXPOSED, "c")["unit_id"].to_pylist()) == {"c|1"}


def test_what_cannot_be_told_from_gold_is_said(gold: Lake) -> None:
    with pytest.raises(LakehouseError, match="orders of b have no dates: name --outcomes"):
        orders(gold, experiment(), EXPOSED, "b")
    with pytest.raises(LakehouseError, match="has no shop 'd'"):
        orders(gold, experiment(), EXPOSED, "d")
    visitors = exposure_table(["v1"], ["als"], [START])
    with pytest.raises(LakehouseError, match=r"No unit .* is a customer_key of gold\.dim_custo"):
        orders(gold, experiment(), visitors)


def test_units_may_be_all_customers_of_a_shop(gold: Lake) -> None:
    assert customers(gold, "a") == ["a|1", "a|2"]
    with pytest.raises(LakehouseError, match="has no shop 'd'"):
        customers(gold, "d")
