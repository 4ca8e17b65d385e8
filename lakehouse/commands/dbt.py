"""`lakehouse dbt`: dbt as it is, on the lake."""

from __future__ import annotations

import sys

import typer

from lakehouse.lake import Lake


def dbt(context: typer.Context) -> None:
    """Run any dbt command on the lake, e.g. lakehouse dbt run -s rpt_kpis."""
    from lakehouse.transform import exit_code, run_dbt

    result = run_dbt(Lake.from_environment(), context.args)
    if result.exception is not None:
        print(f"lakehouse: {result.exception}", file=sys.stderr)
    sys.exit(exit_code(result))
