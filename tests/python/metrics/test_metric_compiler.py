"""A question becomes one SELECT, or one sentence."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from lakehouse.errors import LakehouseError
from lakehouse.metrics import (
    Declarations,
    Grain,
    Query,
    Question,
    compile_question,
    read_declarations,
)
from lakehouse.metrics.formula import substituted
from tests.python.metrics.declared import METRICS, TEXTS, declared

DAY = datetime.date(2024, 2, 29)


@pytest.fixture
def small(tmp_path: Path) -> Declarations:
    return declared(tmp_path)


def test_a_question_is_one_select_that_reads_well(small: Declarations) -> None:
    question = Question(["net"], ["category"], Grain.MONTH, first_day=DAY, shop_id="thelook")
    query = compile_question(small, question, "golden_gold")
    assert query == Query(
        """with

lines as (

    select
        shop_id,
        cast(ordered_at as date) as metric_time,
        product_key,
        net_amount
    from golden_gold.fct_order_items
    where shop_id = 'thelook'

),

products as (

    select
        lower(category) as category,
        product_key
    from golden_gold.dim_products
    where shop_id = 'thelook'

),

lines_totals as (

    select
        lines.shop_id,
        cast(date_trunc('month', lines.metric_time) as date) as month,
        products.category,
        sum(lines.net_amount) as net_amount
    from lines
    left join products on lines.product_key = products.product_key
    where lines.metric_time >= date '2024-02-29'
    group by
        lines.shop_id,
        cast(date_trunc('month', lines.metric_time) as date),
        products.category

),

final as (

    select
        shop_id,
        month,
        category,
        net_amount as net
    from lines_totals

)

select * from final
order by shop_id nulls last, month nulls last, category nulls last""",
        keys=("shop_id", "month", "category"),
        metrics=("net",),
        tables=("fct_order_items", "dim_products"),
    )


def test_totals_of_several_models_are_joined_on_all_keys(small: Declarations) -> None:
    sql = compile_question(small, Question(["net", "visit_count", "line_count"])).sql
    assert "full outer join visits_totals" in sql
    assert "on\n            lines_totals.shop_id is not distinct from visits_totals.shop_id" in sql
    assert "coalesce(lines_totals.shop_id, visits_totals.shop_id) as shop_id" in sql
    # Each table is read, and added up, once.
    assert sql.count("from gold.") == 2
    assert sql.count("_totals as (") == 2


def test_a_measure_of_two_metrics_is_added_up_once() -> None:
    question = Question(["average_order_value", "gross_amount", "return_rate"])
    sql = compile_question(read_declarations(), question).sql
    assert sql.count("sum(order_items.gross_amount)") == 1
    assert "/ nullif(cast(orders_with_a_sale as double), 0) as average_order_value" in sql


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (Question([]), "Name at least one metric"),
        (Question(["nett"]), "no metric 'nett'. Did you mean net?"),
        (Question(["zzz"]), "no metric 'zzz'. lakehouse metric lists them"),
        (Question(["net", "category"]), "category is a dimension, not a metric: --by category"),
        (Question(["net"], ["categroy"]), "no dimension 'categroy'. Did you mean category?"),
        (Question(["net"], ["zzz"]), "net can be grouped by: shop, line_type, category."),
        (
            Question(["net", "visit_count"], ["category"]),
            "visit_count cannot be grouped by category. "
            "net and visit_count can be grouped by: shop.",
        ),
        (Question(["net"], ["month"]), "month is a time: --grain month"),
        (Question(["net"], ["ordered_at"]), "ordered_at is a time: --grain day|week|month|"),
        (Question(["net", "visit_count"], grain=Grain.DAY), "What visits counts has no time"),
        (Question(["visit_count"], first_day=DAY), "What visits counts has no time"),
        (
            Question(["net"], first_day=DAY, last_day=datetime.date(2024, 1, 1)),
            "No day is from 2024-02-29 on and up to 2024-01-01",
        ),
        (Question(["net"], shop_id="x' or 'a' = 'a"), "No shop can be called"),
        (Question(["net"], shop_id="x\\"), "No shop can be called"),
        (Question(["net"], shop_id=""), "No shop can be called"),
        (Question(["net"], ["category; drop table gold.rpt_kpis"]), "no dimension 'category; drop"),
        (Question(["net) from x --"]), "no metric 'net) from x --'"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(
    small: Declarations, question: Question, sentence: str
) -> None:
    with pytest.raises(LakehouseError) as refused:
        compile_question(small, question)
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


def test_metrics_are_made_from_metrics(tmp_path: Path) -> None:
    metrics = METRICS + "".join(
        f"  - {{name: {name}, {TEXTS}, {text}}}\n"
        for name, text in {
            "per_line": "type: ratio, type_params: {numerator: net, denominator: line_count}",
            "twice": 'type: derived, type_params: {expr: "2 * p", '
            "metrics: [{name: per_line, alias: p}]}",
        }.items()
    )
    sql = compile_question(declared(tmp_path, metrics), Question(["twice"])).sql
    assert (
        "2 * (cast(net_amount as double) / nullif(cast(lines_sold as double), 0)) as twice" in sql
    )


@pytest.mark.parametrize(
    ("formula", "sql"),
    [
        ("a - b", "x - y"),
        ("a / b", "cast(x as double) / nullif(cast(y as double), 0)"),
        (
            "100 * (a - b) / (a / b) + 1",
            "100 * (cast(x as double) - cast(y as double)) / nullif((cast(x as double) / "
            "nullif(cast(y as double), 0)), 0) + 1",
        ),
        ("a / -abs (b) * 2", "cast(x as double) / nullif(-abs (cast(y as double)), 0) * 2"),
        ("a % b", "cast(x as double) % nullif(cast(y as double), 0)"),
        ("case when a > 0 then 'a/b' end", "case when x > 0 then 'a/b' end"),
    ],
)
def test_a_formula_divides_by_nothing_that_is_0(formula: str, sql: str) -> None:
    assert substituted(formula, {"a": "x", "b": "y"}) == sql
