"""The comparison of metrics with gold can fail, and what it reads is what is declared."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.python.gold_tables import contract_schema
from tests.python.metrics.declared import Measure, declared_metrics, differences

SHOPS = ["a", "b"]


def test_the_figures_of_the_shops_are_declared() -> None:
    names = {metric.name for metric in declared_metrics()}
    assert names >= {
        *("order_count", "customer_count", "item_count", "unit_count", "items_per_order"),
        *("gross_amount", "returned_amount", "net_amount", "average_order_value"),
        *("session_count", "conversion_rate", "cart_abandonment_rate"),
    }


def test_a_metric_is_the_aggregate_of_its_measure() -> None:
    metrics = {metric.name: metric for metric in declared_metrics()}
    assert metrics["gross_amount"].parts == (Measure("fct_order_items", "sum(gross_amount)"),)
    assert metrics["average_order_value"].parts == (
        Measure("fct_order_items", "sum(gross_amount)"),
        Measure("fct_orders", "sum(case when has_sale then 1 else 0 end)"),
    )


@pytest.mark.parametrize("metric", declared_metrics(), ids=lambda m: m.name)
def test_a_metric_names_a_table_by_shop(metric: Any) -> None:
    for table in (metric.gold_table, *(part.model for part in metric.parts)):
        assert "shop_id" in contract_schema(table).names


@pytest.mark.parametrize(
    ("computed", "gold"),
    [
        (3, 3),
        (None, None),
        (Decimal("10.0050"), Decimal("10.01")),
        (Decimal("10.0000"), Decimal("10.01")),
        (10.333333333333334, Decimal("10.33")),
        (0.1 + 0.2, 0.3),
    ],
)
def test_equal_values_agree(computed: Any, gold: Any) -> None:
    assert differences("m", {"a": computed}, {"a": gold}, ["a"]) == []


@pytest.mark.parametrize(
    ("computed", "gold"),
    [
        (3, 4),
        (0, None),
        (None, 0),
        (Decimal("10.0000"), Decimal("10.02")),
        (10.5, Decimal("10.33")),
        (0.3, 0.3000001),
    ],
)
def test_a_wrong_value_is_named(computed: Any, gold: Any) -> None:
    found = differences("m", {"a": computed, "b": 1}, {"a": gold, "b": 1}, SHOPS)
    assert found == [f"m of a: gold has {gold}, the metric gives {computed}"]


def test_a_shop_that_one_side_lacks_is_named() -> None:
    assert differences("m", {"a": 1}, {"a": 1, "b": 2}, SHOPS) == [
        "m of b: gold has 2, the metric gives None"
    ]


def test_a_metric_that_names_no_figure_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.yml").write_text("metrics:\n  - {name: m, type: simple}\n")
    with pytest.raises(ValueError, match=r"metric m: config\.meta lacks"):
        declared_metrics(tmp_path)


def test_a_metric_of_an_unchecked_type_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.yml").write_text(
        "metrics:\n  - name: m\n    type: cumulative\n    type_params: {}\n"
        "    config: {meta: {gold_table: t, gold_expr: x}}\n"
    )
    with pytest.raises(ValueError, match="cumulative is not checked"):
        declared_metrics(tmp_path)
