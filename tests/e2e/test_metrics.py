"""Declared metrics are figures of gold, and both engines group them by every dimension alike."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from lakehouse.metrics import Grain, Question, compile_question, read_declarations
from lakehouse.metrics.answer import run
from lakehouse.metrics.model import Measure
from tests.e2e.conftest import SHOPS
from tests.python.metrics.gold_figures import Figure, differences, figures

if TYPE_CHECKING:
    from tests.e2e.conftest import GoldenLake

DECLARED = read_declarations()
Rows = list[tuple[Any, ...]]


@pytest.mark.parametrize("figure", figures(DECLARED), ids=lambda f: f.metric)
def test_a_metric_is_its_figure_in_gold(golden: GoldenLake, figure: Figure) -> None:
    computed = _of_shops(golden, figure)
    in_gold = _in_gold(golden, figure)
    assert differences(figure.metric, computed, in_gold, sorted(SHOPS)) == []
    # Something was compared.
    assert any(value is not None for value in in_gold.values())


def test_a_wrong_row_in_gold_is_found(golden: GoldenLake) -> None:
    (figure,) = (f for f in figures(DECLARED) if f.metric == "order_count")
    computed = _of_shops(golden, figure)
    statement = "update {table} set order_count = order_count + 1 where shop_id = 'thelook'"
    with golden.tampered("gold", "rpt_kpis", statement):
        in_gold = _in_gold(golden, figure)
        found = differences("order_count", computed, in_gold, sorted(SHOPS))
    assert len(found) == 1
    assert found[0].startswith("order_count of thelook")


@pytest.mark.parametrize("dimension", DECLARED.dimensions)
def test_both_engines_group_by_a_dimension_alike(golden: GoldenLake, dimension: str) -> None:
    metrics = _metrics_by(dimension)
    together = Question(metrics, [dimension])
    rows = _by_duckdb(golden, together)
    assert rows
    _require_same_in_spark(golden, together, rows)
    # Asked alone, a metric says what it says beside others, which may have groups of their own.
    for place, metric in enumerate(metrics, start=2):
        alone = {row[:2]: row[2] for row in _by_duckdb(golden, Question([metric], [dimension]))}
        assert {row[:2]: row[place] for row in rows} == dict.fromkeys(
            (row[:2] for row in rows), None
        ) | alone, metric


@pytest.mark.parametrize("dimension", DECLARED.dimensions)
def test_no_group_loses_or_doubles_a_row(golden: GoldenLake, dimension: str) -> None:
    sums = [metric for metric in _metrics_by(dimension) if _adds_up(metric)]
    assert sums
    totals = {row[0]: list(row[1:]) for row in _by_duckdb(golden, Question(sums))}
    added: dict[str, list[Any]] = {shop: [None] * len(sums) for shop in totals}
    for shop, _, *values in _by_duckdb(golden, Question(sums, [dimension])):
        added[shop] = [
            value if old is None else old if value is None else old + value
            for old, value in zip(added[shop], values, strict=True)
        ]
    assert added == totals


@pytest.mark.parametrize("grain", Grain)
def test_both_engines_group_by_time_alike(golden: GoldenLake, grain: Grain) -> None:
    question = Question(list(DECLARED.metrics), grain=grain)
    rows = _by_duckdb(golden, question)
    _require_same_in_spark(golden, question, rows)
    assert {row[1] is None for row in rows} == {True, False}


def test_both_engines_select_days_and_a_shop_alike(golden: GoldenLake) -> None:
    question = Question(
        ["net_amount", "average_order_value", "session_count", "net_amount_per_session"],
        ["age_band", "customer_traffic_source"],
        grain=Grain.DAY,
        first_day=datetime.date(2024, 1, 1),
        last_day=datetime.date(2024, 2, 29),
        shop_id="thelook",
    )
    rows = _by_duckdb(golden, question)
    assert {row[0] for row in rows} == {"thelook"}
    _require_same_in_spark(golden, question, rows)


SALES = ("order_count", "customer_count", "unit_count", "gross_amount", "net_amount")


@pytest.mark.parametrize(
    ("table", "key", "question"),
    [
        ("rpt_sales_by_country", "country", Question([*SALES, "average_order_value"], ["country"])),
        ("rpt_sales_by_category", "category", Question([*SALES, "margin_rate"], ["category"])),
        ("rpt_sales_by_department", "department", Question(SALES, ["department"])),
        ("rpt_sales_by_season", "season", Question([*SALES, "returned_amount"], ["season"])),
        (
            "rpt_product_performance",
            "product_id",
            Question([*SALES, "return_rate"], ["product_id"]),
        ),
        (
            "rpt_payment_methods",
            "payment_method",
            Question(["order_count", "customer_count", "net_amount"], ["payment_method"]),
        ),
        (
            "rpt_funnel_daily",
            "session_date",
            Question(["cart_abandonment_rate"], grain=Grain.DAY),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_groups_are_those_of_the_reports(
    golden: GoldenLake, table: str, key: str, question: Question
) -> None:
    query = compile_question(DECLARED, question)
    rows = [dict(zip(query.columns, row, strict=True)) for row in run(golden.lake, query)]
    # Reports say `unknown` where a group is null.
    computed = {
        (row["shop_id"], "unknown" if row[query.keys[1]] is None else row[query.keys[1]]): row
        for row in rows
    }
    reported = {(row["shop_id"], row[key]): row for row in golden.rows("gold", table)}
    assert reported
    for metric in question.metrics:
        assert not differences(
            metric,
            {group: row[metric] for group, row in computed.items()},
            {group: row[metric] for group, row in reported.items()},
            reported,
        )


def _by_duckdb(golden: GoldenLake, question: Question) -> Rows:
    return run(golden.lake, compile_question(DECLARED, question))


def _require_same_in_spark(golden: GoldenLake, question: Question, rows: Rows) -> None:
    """Spark runs the same SQL, with ANSI mode on and off; sums of doubles may differ at the end."""
    query = compile_question(DECLARED, question, golden.lake.schema("gold"))
    for ansi in ("true", "false"):
        with _ansi(golden, ansi):
            found = [tuple(row) for row in golden.spark.sql(query.sql).collect()]
        expected = [tuple(map(_expected, row)) for row in rows]
        assert found == expected, f"with ANSI mode {ansi}:\n{query.sql}"


def _expected(value: Any) -> Any:
    return pytest.approx(value, rel=1e-12) if isinstance(value, float) else value


@contextmanager
def _ansi(golden: GoldenLake, value: str) -> Iterator[None]:
    before = golden.spark.conf.get("spark.sql.ansi.enabled")
    golden.spark.conf.set("spark.sql.ansi.enabled", value)
    try:
        yield
    finally:
        golden.spark.conf.set("spark.sql.ansi.enabled", before or "true")


def _metrics_by(dimension: str) -> list[str]:
    return [name for name in DECLARED.metrics if dimension in DECLARED.dimensions_of([name])]


def _adds_up(metric: str) -> bool:
    def is_sum(measure: Measure) -> bool:
        return measure.agg in ("sum", "count")

    declared = DECLARED.metrics[metric]
    return declared.type == "simple" and all(map(is_sum, DECLARED.measures_of(metric)))


def _of_shops(golden: GoldenLake, figure: Figure) -> dict[str, Any]:
    return dict(row for row in _by_duckdb(golden, Question([figure.metric])))


def _in_gold(golden: GoldenLake, figure: Figure) -> dict[str, Any]:
    path = golden.lake.path("gold", figure.table)
    rows = golden.spark.sql(
        f"select shop_id, {figure.expression} as value from delta.`{path}` group by shop_id"
    ).collect()
    return {row["shop_id"]: row["value"] for row in rows}
