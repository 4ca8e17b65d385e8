"""`lakehouse build --profile`: what each node cost, whatever Spark has forgotten meanwhile."""

from __future__ import annotations

import io

from rich.console import Console

from lakehouse.profiling import Profiler, cost_of_stage, cost_table
from tests.e2e.conftest import GoldenLake, dbt_on


def test_a_profile_tells_what_models_and_tests_cost(golden: GoldenLake) -> None:
    profiler = Profiler()
    result = dbt_on(
        golden.lake, golden.folder, "build", "-s", "rpt_kpis_daily", listeners=[profiler]
    )
    assert result.success
    costs = {cost.name: cost for cost in profiler.costs()}
    model = costs["rpt_kpis_daily"]
    assert model.kind == "model"
    assert min(model.job_count, model.scan_count, model.read_bytes, model.written_bytes) > 0
    assert model.wall_seconds > 0
    assert model.cpu_seconds > 0
    tests = [cost for cost in costs.values() if cost.kind == "test"]
    assert tests
    assert all(cost.scan_count > 0 and cost.written_bytes == 0 for cost in tests)
    out = io.StringIO()
    Console(file=out, width=200).print(cost_table(costs.values(), limit=1))
    assert f"{len(costs) - 1} others" in out.getvalue()


def test_a_stage_that_spark_knows_nothing_of_costs_nothing(golden: GoldenLake) -> None:
    assert cost_of_stage(golden.spark.sparkContext, 10**9) is None
