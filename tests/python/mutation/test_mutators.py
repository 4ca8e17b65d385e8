"""Changes of SQL: each is one change, each is found again, and the query stays as it was."""

from __future__ import annotations

import pytest

from tests.mutation.mutators import mutate, mutations
from tests.mutation.query import parse, relations, render, with_tables


@pytest.mark.parametrize(
    ("sql", "kind", "mutants"),
    [
        ("select a < b", "comparison", {"SELECT a <= b", "SELECT a >= b"}),
        ("select a + b", "arithmetic", {"SELECT a - b"}),
        ("select a and b", "and or", {"SELECT a OR b"}),
        ("select a and b", "condition lost", {"SELECT a", "SELECT b"}),
        ("select 1 from t where a", "condition lost", {"SELECT 1 FROM t WHERE TRUE"}),
        (
            "select sum(a) filter (where b) from t",
            "condition lost",
            {"SELECT SUM(a) FILTER(WHERE TRUE) FROM t"},
        ),
        ("select a is null", "negation", {"SELECT NOT a IS NULL"}),
        ("select a is not null", "negation", {"SELECT a IS NULL"}),
        (
            "select x from a left join b using (c)",
            "join",
            {"SELECT x FROM a INNER JOIN b USING (c)"},
        ),
        (
            "select x from a inner join b using (c)",
            "join",
            {"SELECT x FROM a LEFT JOIN b USING (c)"},
        ),
        ("select distinct a from t", "distinct", {"SELECT a FROM t"}),
        ("select count(distinct a) from t", "distinct", {"SELECT COUNT(a) FROM t"}),
        ("select max_by(a, b) from t", "aggregate", {"SELECT MIN_BY(a, b) FROM t"}),
        (
            "with c as (select 1 as x) select x from c union all select 2",
            "union branch",
            {"WITH c AS (SELECT 1 AS x) SELECT x FROM c", "WITH c AS (SELECT 1 AS x) SELECT 2"},
        ),
        (
            "select row_number() over (partition by a order by b) from t",
            "window order",
            {"SELECT ROW_NUMBER() OVER (PARTITION BY a ORDER BY b DESC) FROM t"},
        ),
        (
            "select row_number() over (partition by a order by b) from t",
            "window partition",
            {"SELECT ROW_NUMBER() OVER (ORDER BY b) FROM t"},
        ),
        (
            "select rank() over (order by b) from t",
            "rank",
            {
                "SELECT DENSE_RANK() OVER (ORDER BY b) FROM t",
                "SELECT ROW_NUMBER() OVER (ORDER BY b) FROM t",
            },
        ),
        ("select coalesce(a, 0)", "default", {"SELECT a", "SELECT 0"}),
        ("select 0.5", "constant", {"SELECT 0.25"}),
        (
            "select cast(a as decimal(18, 2)), 1",
            "constant",
            {"SELECT CAST(a AS DECIMAL(18, 2)), 0"},
        ),
        (
            "select case when a then 'x' else 'y' end",
            "case branch",
            {"SELECT CASE WHEN a THEN 'x' END"},
        ),
        ("select if(a, b, c)", "case branch", {"SELECT b", "SELECT c"}),
        ("select trunc(a, 'MM')", "date part", {"SELECT TRUNC(a, 'YEAR')"}),
        ("select a in (b, c)", "list element", {"SELECT a IN (c)", "SELECT a IN (b)"}),
        ("select a between b and c", "condition lost", {"SELECT a >= b", "SELECT a <= c"}),
        ("select nullif(a, b)", "function lost", {"SELECT a"}),
    ],
)
def test_a_change_of_a_kind(sql: str, kind: str, mutants: set[str]) -> None:
    query = parse(sql)
    made = {render(mutate(query, m)) for m in mutations(query) if m.kind == kind}
    assert made == mutants
    assert render(query) == render(parse(sql))


def test_a_change_says_what_it_changes_and_where() -> None:
    query = parse("select a\nfrom t\nwhere a > 1")
    [boundary] = [m for m in mutations(query) if ">=" in m.change]
    assert (boundary.line, boundary.change) == (3, "a [> → >=] 1")


def test_a_change_that_a_query_has_no_place_for_is_refused() -> None:
    [boundary, *_] = mutations(parse("select a > 1"))
    with pytest.raises(LookupError, match="comparison"):
        mutate(parse("select a"), boundary)


def test_a_cte_inside_a_cte_stays_there_and_tables_are_renamed() -> None:
    sql = "with a as (with b as (select 1 from s.t) select * from b) select * from a join s.t on x"
    assert render(with_tables(parse(sql), lambda table: f"lake_{table}")) == (
        "WITH a AS (WITH b AS (SELECT 1 FROM lake_t AS t) SELECT * FROM b) "
        "SELECT * FROM a JOIN lake_t AS t ON x"
    )


def test_a_prediction_and_a_seed_of_one_name_are_two_tables() -> None:
    query = parse("select * from x_ml.kinds join x_silver.kinds as seed on x")
    assert relations(query) == {"x_ml__kinds": "x_ml.kinds", "kinds": "x_silver.kinds"}
    assert render(with_tables(query, lambda table: f"lake_{table}")) == (
        "SELECT * FROM lake_x_ml__kinds AS kinds JOIN lake_kinds AS seed ON x"
    )
