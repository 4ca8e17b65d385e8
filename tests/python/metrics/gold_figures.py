"""The figures of gold that declared metrics name, and how the two are held against each other."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lakehouse.metrics import Declarations

RELATIVE_TOLERANCE = 1e-9
# rpt_kpis rounds gross and returned to cents before it takes their difference.
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Figure:
    """The figure of gold that a metric names.

    Attributes:
        expression: how the table's rows of a shop add up to it.
    """

    metric: str
    table: str
    expression: str


def figures(declarations: Declarations) -> list[Figure]:
    """The figure of every metric.

    Raises:
        ValueError: a metric that names none.
    """
    found = []
    for name, metric in declarations.metrics.items():
        meta = metric.config.meta
        if meta.keys() != {"gold_table", "gold_expr"}:
            raise ValueError(f"metric {name}: config.meta lacks gold_table or gold_expr")
        found.append(Figure(name, meta["gold_table"], meta["gold_expr"]))
    return found


def differences(
    metric: str, computed: Mapping[Any, Any], gold: Mapping[Any, Any], groups: Iterable[Any]
) -> list[str]:
    """Shops, or groups of one, of which a metric and gold differ; what has no row has no value.

    A decimal of gold is compared within a cent of its own rounding, a count exactly, a double to
    1e-9 relative.
    """
    return [
        f"{metric} of {group}: gold has {gold.get(group)}, the metric gives {computed.get(group)}"
        for group in groups
        if not _agree(computed.get(group), gold.get(group))
    ]


def _agree(computed: Any, gold: Any) -> bool:
    if computed is None or gold is None:
        return computed is gold
    if isinstance(gold, Decimal):
        exact = computed if isinstance(computed, Decimal) else Decimal(repr(computed))
        return abs(exact.quantize(CENT, rounding=ROUND_HALF_UP) - gold) <= CENT
    if isinstance(gold, float):
        return math.isclose(float(computed), gold, rel_tol=RELATIVE_TOLERANCE)
    return bool(computed == gold)
