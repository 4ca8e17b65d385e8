"""The comparison of metrics with gold can fail, and every metric names what it is compared with."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lakehouse.metrics import read_declarations
from tests.python.gold_tables import contract_schema
from tests.python.metrics.declared import declared
from tests.python.metrics.gold_figures import differences, figures

SHOPS = ["a", "b"]


def test_a_metric_names_a_table_by_shop() -> None:
    named = figures(read_declarations())
    assert len(named) > 20
    for figure in named:
        assert "shop_id" in contract_schema(figure.table).names, figure


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
    with pytest.raises(ValueError, match=r"metric net: config\.meta lacks"):
        figures(declared(tmp_path))
