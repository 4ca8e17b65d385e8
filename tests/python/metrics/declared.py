"""Declarations as a user might write them, in a folder of their own."""

from __future__ import annotations

from pathlib import Path

from lakehouse.metrics import Declarations, read_declarations

MODELS = """
semantic_models:
  - name: lines
    model: ref('fct_order_items')
    defaults: {agg_time_dimension: ordered_at}
    entities:
      - {name: shop, type: foreign, expr: shop_id}
      - {name: product, type: foreign, expr: product_key}
    dimensions:
      - {name: ordered_at, type: time, type_params: {time_granularity: day}}
      - {name: line_type, type: categorical}
    measures:
      - {name: net_amount, agg: sum}
      - {name: lines_sold, agg: sum, expr: case when is_sale then 1 else 0 end}
  - name: visits
    model: ref('fct_sessions')
    entities: [{name: shop, type: foreign, expr: shop_id}]
    measures: [{name: visits_made, agg: count, expr: session_key}]
  - name: products
    model: ref('dim_products')
    entities:
      - {name: product, type: primary, expr: product_key}
      - {name: shop, type: foreign, expr: shop_id}
    dimensions: [{name: category, type: categorical, expr: lower(category)}]
"""
TEXTS = "label: Label, description: Text."
NET = f"  - {{name: net, {TEXTS}, type: simple, type_params: {{measure: net_amount}}}}\n"
LINES = f"  - {{name: line_count, {TEXTS}, type: simple, type_params: {{measure: lines_sold}}}}\n"
VISITS = (
    f"  - {{name: visit_count, {TEXTS}, type: simple, type_params: {{measure: visits_made}}}}\n"
)
METRICS = f"metrics:\n{NET}{LINES}{VISITS}"


def declared(folder: Path, metrics: str = METRICS, models: str = MODELS) -> Declarations:
    """What the texts declare, written to a folder."""
    (folder / "models.yml").write_text(models)
    (folder / "metrics.yml").write_text(metrics)
    return read_declarations(folder)
