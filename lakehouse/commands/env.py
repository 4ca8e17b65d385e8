"""`lakehouse env`: the variables with which other programs find the lake."""

from __future__ import annotations

import shlex

from lakehouse.lake import Lake


def env() -> None:
    """Print the variables with which dbt, pyspark and notebooks find the lake."""
    from lakehouse.session import spark_environment

    for name, value in spark_environment(Lake.from_environment()).items():
        print(f"export {name}={shlex.quote(value)}")
