"""The metrics that the project declares, their SQL, and how they are held against gold."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import yaml

from lakehouse.session import PROJECT_DIR

DECLARED = Path(PROJECT_DIR) / "models" / "metrics"
AGGREGATES = {
    "sum": "sum({})",
    "count": "count({})",
    "count_distinct": "count(distinct {})",
    "average": "avg({})",
    "min": "min({})",
    "max": "max({})",
}
RELATIVE_TOLERANCE = 1e-9
# rpt_kpis rounds gross and returned to cents before it takes their difference.
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Measure:
    """An aggregate over a model of gold."""

    model: str
    sql: str


@dataclass(frozen=True)
class Metric:
    """A declared metric.

    Attributes:
        parts: the measure, or a ratio's numerator and denominator.
        gold_table: the table of gold that has the figure.
        gold_expr: how that table's rows of a shop add up to it.
    """

    name: str
    parts: tuple[Measure, ...]
    gold_table: str
    gold_expr: str


def declared_metrics(folder: Path = DECLARED) -> list[Metric]:
    """Every simple and ratio metric of the folder's YAML files.

    Raises:
        ValueError: a metric of another type, or one that names no figure of gold.
    """
    documents = [
        yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.yml"))
    ]
    measures = {
        measure["name"]: _measure(model["model"], measure)
        for document in documents
        for model in document.get("semantic_models", [])
        for measure in model.get("measures", [])
    }
    entries = {e["name"]: e for document in documents for e in document.get("metrics", [])}
    metrics = []
    for name, entry in entries.items():
        meta = entry.get("config", {}).get("meta", {})
        if not {"gold_table", "gold_expr"} <= meta.keys():
            raise ValueError(f"metric {name}: config.meta lacks gold_table or gold_expr")
        parts = tuple(measures[part] for part in _measure_names(entry, entries))
        metrics.append(Metric(name, parts, meta["gold_table"], meta["gold_expr"]))
    return metrics


def differences(
    metric: str, computed: Mapping[str, Any], gold: Mapping[str, Any], shops: list[str]
) -> list[str]:
    """Shops of which a metric and gold differ, in words; a shop without a row has no value.

    A decimal of gold is compared within a cent of its own rounding, a count exactly, a double to
    1e-9 relative.
    """
    return [
        f"{metric} of {shop}: gold has {gold.get(shop)}, the metric gives {computed.get(shop)}"
        for shop in shops
        if not _agree(computed.get(shop), gold.get(shop))
    ]


def _measure(model: str, measure: dict[str, Any]) -> Measure:
    ref = re.fullmatch(r"ref\('(\w+)'\)", model)
    if ref is None:
        raise ValueError(f"semantic model of {model}: not a ref")
    aggregate = AGGREGATES[measure["agg"]]
    return Measure(ref[1], aggregate.format(measure.get("expr", measure["name"])))


def _measure_names(entry: dict[str, Any], entries: dict[str, dict[str, Any]]) -> list[str]:
    params = entry["type_params"]
    match entry["type"]:
        case "simple":
            return [params["measure"]]
        case "ratio":
            inputs = [entries[params[part]] for part in ("numerator", "denominator")]
            return [name for part in inputs for name in _measure_names(part, entries)]
        case other:
            raise ValueError(f"metric {entry['name']}: type {other} is not checked yet")


def _agree(computed: Any, gold: Any) -> bool:
    if computed is None or gold is None:
        return computed is gold
    if isinstance(gold, Decimal):
        exact = computed if isinstance(computed, Decimal) else Decimal(repr(computed))
        return abs(exact.quantize(CENT, rounding=ROUND_HALF_UP) - gold) <= CENT
    if isinstance(gold, float):
        return math.isclose(float(computed), gold, rel_tol=RELATIVE_TOLERANCE)
    return bool(computed == gold)
