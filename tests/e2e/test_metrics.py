"""Each declared metric is the figure of gold that it names, shop by shop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.python.metrics.declared import Metric, declared_metrics, differences

if TYPE_CHECKING:
    from tests.e2e.conftest import GoldenLake


@pytest.mark.parametrize("metric", declared_metrics(), ids=lambda m: m.name)
def test_a_metric_is_its_figure_in_gold(golden: GoldenLake, metric: Metric) -> None:
    shops = sorted(str(row["shop_id"]) for row in golden.rows("gold", "dim_shops"))
    parts = [_by_shop(golden, part.model, part.sql) for part in metric.parts]
    computed = parts[0] if len(parts) == 1 else _ratio(*parts)
    in_gold = _by_shop(golden, metric.gold_table, metric.gold_expr)
    assert differences(metric.name, computed, in_gold, shops) == []
    # Something was compared.
    assert any(value is not None for value in in_gold.values())


def test_a_wrong_row_in_gold_is_found(golden: GoldenLake) -> None:
    (metric,) = (m for m in declared_metrics() if m.name == "order_count")
    (part,) = metric.parts
    computed = _by_shop(golden, part.model, part.sql)
    statement = "update {table} set order_count = order_count + 1 where shop_id = 'thelook'"
    with golden.tampered("gold", "rpt_kpis", statement):
        in_gold = _by_shop(golden, metric.gold_table, metric.gold_expr)
        found = differences(metric.name, computed, in_gold, list(in_gold))
    assert len(found) == 1
    assert found[0].startswith("order_count of thelook")


def _by_shop(golden: GoldenLake, table: str, expression: str) -> dict[str, Any]:
    path = golden.lake.path("gold", table)
    rows = golden.spark.sql(
        f"select shop_id, {expression} as value from delta.`{path}` group by shop_id"
    ).collect()
    return {row["shop_id"]: row["value"] for row in rows}


def _ratio(numerators: dict[str, Any], denominators: dict[str, Any]) -> dict[str, Any]:
    return {
        shop: float(numerators[shop]) / float(whole) if whole else None
        for shop, whole in denominators.items()
        if numerators.get(shop) is not None
    }
