"""Declarations are read as they are written, or refused with what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from lakehouse.metrics import read_declarations
from lakehouse.metrics.declarations import DeclarationError
from tests.python.metrics.declared import METRICS, MODELS, NET, TEXTS, declared


def test_the_figures_of_the_shops_are_declared() -> None:
    assert read_declarations().metrics.keys() >= {
        *("order_count", "customer_count", "item_count", "unit_count", "items_per_order"),
        *("gross_amount", "returned_amount", "net_amount", "average_order_value"),
        *("session_count", "conversion_rate", "cart_abandonment_rate"),
    }


def test_a_declared_dimension_is_of_some_metric() -> None:
    declarations = read_declarations()
    of_some = {d for name in declarations.metrics for d in declarations.dimensions_of([name])}
    assert of_some == declarations.dimensions.keys()


def test_a_metric_has_the_dimensions_of_its_rows_and_of_what_they_belong_to(tmp_path: Path) -> None:
    declarations = declared(tmp_path)
    assert declarations.dimensions_of(["net"]) == ["line_type", "category"]
    assert declarations.dimensions_of(["visit_count"]) == []
    assert declarations.dimensions_of(["net", "visit_count"]) == []
    assert declarations.times == {"ordered_at"}


def _metric(text: str) -> str:
    return f"{METRICS}  - {{name: m, {TEXTS}, {text}}}\n"


@pytest.mark.parametrize(
    ("metrics", "sentence"),
    [
        (_metric("type: cumulative, type_params: {measure: net_amount}"), "cumulative"),
        (_metric("type: simple, type_params: {measure: net_amount}, filter: x"), "filter"),
        (
            _metric("type: simple, type_params: {measure: {name: net_amount, filter: x}}"),
            "measure.filter",
        ),
        (_metric("type: simple, type_params: {measure: gross}"), "Metric m: there is no measure"),
        (
            _metric("type: ratio, type_params: {numerator: net, denominator: gross}"),
            "Metric m: there is no metric gross",
        ),
        (
            _metric("type: derived, type_params: {expr: m + 1, metrics: [m]}"),
            "Metric m is made from itself",
        ),
        (
            _metric(
                "type: derived, type_params: "
                "{expr: net, metrics: [{name: net, offset_window: 1 month}]}"
            ),
            "offset_window",
        ),
        (METRICS + NET, "Metric net is declared 2 times"),
        (METRICS.replace("name: net,", "name: category,"), "The name category stands for 2 things"),
        (METRICS.replace("name: net,", "name: month,"), "The name month stands for 2 things"),
        (METRICS.replace("name: net,", 'name: "net; drop",'), "metrics.0.simple.name"),
        ("metrics: [", "not valid YAML"),
    ],
)
def test_a_metric_that_cannot_be_answered_is_refused(
    tmp_path: Path, metrics: str, sentence: str
) -> None:
    with pytest.raises(DeclarationError) as refused:
        declared(tmp_path, metrics)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("ref('fct_sessions')", "source('a', 'b')", "semantic_models.1.model"),
        ("agg: count,", "agg: percentile,", "measures.0.agg"),
        ("agg: count,", "agg: sum, non_additive_dimension: {name: x},", "non_additive_dimension"),
        ("agg_time_dimension: ordered_at", "agg_time_dimension: sold_at", "has no time sold_at"),
        (
            "ref('fct_sessions')\n    entities: [{name: shop,",
            "ref('fct_sessions')\n    entities: [{name: visit,",
            "visits has no entity shop",
        ),
        ("name: visits\n", "name: lines\n", "The name lines stands for 2 things"),
        (
            "entities: [{name: shop,",
            "entities: [{name: product, type: unique}, {name: shop,",
            "product leads to several semantic models: visits, products",
        ),
        ("time_granularity: day", "time_granularity: hour", "time_granularity"),
    ],
)
def test_a_semantic_model_that_cannot_be_added_up_is_refused(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    assert old in MODELS
    with pytest.raises(DeclarationError) as refused:
        declared(tmp_path, models=MODELS.replace(old, new, 1))
    assert sentence in str(refused.value)
