"""A least-squares line and its interval in Spark, against numpy and the tables of Student's t."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
import pytest
from jinja2 import Environment, FileSystemLoader

from lakehouse.session import PROJECT_DIR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession

# Degrees of freedom → 97.5th percentile, as statistical tables print it.
STUDENT_T = {
    **{1: 12.7062, 2: 4.3027, 3: 3.1824, 4: 2.7764, 5: 2.5706, 6: 2.4469, 7: 2.3646, 8: 2.3060},
    **{9: 2.2622, 10: 2.2281, 11: 2.2010, 12: 2.1788, 18: 2.1009, 20: 2.0860, 30: 2.0423},
    **{100: 1.9840, 1000: 1.9623, 1_000_000: 1.9600},
}


@pytest.fixture(params=[False, True], ids=["ansi off", "ansi on"])
def session(spark: SparkSession, request: pytest.FixtureRequest) -> Iterator[SparkSession]:
    before = str(spark.conf.get("spark.sql.ansi.enabled"))
    spark.conf.set("spark.sql.ansi.enabled", request.param)
    yield spark
    spark.conf.set("spark.sql.ansi.enabled", before)


def _sql(macro: str, *arguments: str) -> str:
    macros = Environment(loader=FileSystemLoader(PROJECT_DIR / "macros" / "sql"))
    return str(getattr(macros.get_template("regression.sql").module, macro)(*arguments))


def test_students_t_is_as_in_tables(session: SparkSession) -> None:
    rows = ", ".join(f"({degrees}L)" for degrees in STUDENT_T)
    found = session.sql(
        f"select degrees, {_sql('student_t_975', 'degrees')} as t "
        f"from values {rows}, (cast(null as bigint)) as given (degrees)"
    ).collect()
    bounds = {row["degrees"]: row["t"] for row in found}
    assert bounds.pop(None) is None
    assert bounds == {degrees: pytest.approx(t, abs=6e-5) for degrees, t in STUDENT_T.items()}


@pytest.mark.parametrize("count", [3, 20, 5000])
def test_a_line_is_that_of_numpy(session: SparkSession, count: int) -> None:
    random = np.random.default_rng(count)
    x = random.uniform(-9, 14, count)
    y = 1.5 - 0.8 * x + random.normal(0, 2, count)
    rows = ", ".join(f"({a!r}D, {b!r}D)" for a, b in zip(x.tolist(), y.tolist(), strict=True))
    [line] = session.sql(
        f"""
        with points as (
            select
                {_sql("regression_value", "given.x")} as x,
                {_sql("regression_value", "given.y")} as y
            from values {rows}, (null, null) as given (x, y)
        ),
        sums as (
            select
                count(x) - 2 as degrees,
                {_sql("scaled_covariance", "x", "x")} as xx,
                {_sql("scaled_covariance", "x", "y")} as xy,
                {_sql("scaled_covariance", "y", "y")} as yy
            from points
        )
        select
            xy / xx as slope,
            {_sql("slope_standard_error", "degrees", "xx", "xy", "yy")} as error
        from sums
        """
    ).collect()
    slope, intercept = np.polyfit(x, y, 1)
    residuals = y - slope * x - intercept
    error = sqrt((residuals**2).sum() / (count - 2) / ((x - x.mean()) ** 2).sum())
    assert line["slope"] == pytest.approx(slope, abs=1e-9)
    assert line["error"] == pytest.approx(error, rel=1e-8)
