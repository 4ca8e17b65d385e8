"""The p value of a pair in Spark, against binomial coefficients."""

from __future__ import annotations

from math import comb, exp, fsum, lgamma, log
from typing import TYPE_CHECKING

import pytest
from jinja2 import Environment, FileSystemLoader

from lakehouse.session import PROJECT_DIR

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Baskets with both items, with the first, with the second, and all: even, rare, small and large,
# more and fewer than expected, all and none of those that could be.
TABLES = [
    *((hits, marked, 5, 12) for marked in (5, 8) for hits in range(max(0, marked - 7), 6)),
    *((1, 5, 5, 1000), (0, 300, 40, 1000), (14, 100, 100, 1000), (70, 300, 300, 1000)),
    *((2, 2, 2, 1_000_000), (0, 21, 22, 43), (21, 21, 22, 43), (7, 7, 7, 7)),
    *((100, 450, 700, 36_975), (1500, 4000, 5000, 10_000), (2000, 4000, 5000, 10_000)),
    (50_400, 500_000, 100_000, 1_000_000),
]


@pytest.mark.parametrize("ansi", [False, True])
def test_p_values_are_exact(spark: SparkSession, ansi: bool) -> None:
    macros = Environment(loader=FileSystemLoader(PROJECT_DIR / "macros" / "sql"))
    p_value = macros.from_string(
        "{% from 'hypergeometric.sql' import fisher_p_value %}"
        "{{ fisher_p_value('hits', 'marked', 'drawn', 'total') }}"
    ).render()
    rows = ", ".join(str(tuple(float(cell) for cell in table)) for table in TABLES)
    before = str(spark.conf.get("spark.sql.ansi.enabled"))
    spark.conf.set("spark.sql.ansi.enabled", ansi)
    try:
        found = spark.sql(
            "select cast(hits as double) as hits, cast(marked as double) as marked, "
            "cast(drawn as double) as drawn, cast(total as double) as total "
            f"from values {rows} as tables (hits, marked, drawn, total)"
        ).selectExpr("hits", "marked", "drawn", "total", f"{p_value} as p_value")
        computed = {tuple(int(cell) for cell in row[:4]): row["p_value"] for row in found.collect()}
    finally:
        spark.conf.set("spark.sql.ansi.enabled", before)
    assert computed == {
        table: pytest.approx(_p_value(*table), rel=1e-7, abs=1e-300) for table in TABLES
    }


def _p_value(hits: int, marked: int, drawn: int, total: int) -> float:
    """Twice the smaller tail of the hypergeometric distribution, at most 1."""
    least = max(0, marked + drawn - total)
    chances = [
        exp(_ln_comb(marked, k) + _ln_comb(total - marked, drawn - k) - _ln_comb(total, drawn))
        for k in range(least, min(marked, drawn) + 1)
    ]
    at = hits - least
    return min(1.0, 2 * min(fsum(chances[at:]), fsum(chances[: at + 1])))


def _ln_comb(n: int, k: int) -> float:
    return log(comb(n, k)) if n <= 1000 else lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
