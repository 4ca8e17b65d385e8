"""What must be built again: `lakehouse build --changed`."""

from __future__ import annotations

import copy
import shutil
from typing import Any

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from lakehouse.ingest.tables import ensure_table
from lakehouse.lake import Lake
from lakehouse.staleness import (
    Built,
    Project,
    read_built,
    remember,
    renumber,
    stale_nodes,
    stale_tables,
    table_versions,
)

ORDERS, LINES, VIEW, REPORT, OTHER = (
    "source.p.orders",
    "model.p.lines",
    "model.p.view",
    "model.p.report",
    "model.p.other",
)
TEST = "test.p.report_is_right"


def _node(name: str, parents: list[str], **changes: Any) -> dict[str, Any]:
    return {
        "resource_type": "model",
        "fqn": ["p", name],
        "alias": name,
        "config": {"enabled": True, "schema": "silver", "materialized": "table"},
        "raw_code": f"select * from {name}",
        "depends_on": {"nodes": parents},
    } | changes


@pytest.fixture
def manifest() -> dict[str, Any]:
    view = {"enabled": True, "schema": "silver", "materialized": "view"}
    return {
        "nodes": {
            LINES: _node("lines", [ORDERS]),
            VIEW: _node("view", [LINES], config=view),
            REPORT: _node("report", [VIEW], raw_code="select {{ var('cap') }} from t"),
            OTHER: _node("other", [LINES], raw_code="select {{ outer() }}"),
            TEST: _node("test", [REPORT], resource_type="test"),
            "analysis.p.a": _node("a", [LINES], resource_type="analysis"),
        },
        "sources": {ORDERS: {"meta": {"layer": "bronze"}, "identifier": "orders"}},
        "macros": {
            f"macro.{package}.{name}": {"package_name": package, "name": name, "macro_sql": text}
            for package, name, text in (
                ("p", "outer", "{{ inner() }} {{ ref('x') }}"),
                ("p", "inner", "1"),
                ("dbt", "ref", "dbt's own"),
            )
        },
        "metadata": {"project_name": "p"},
    }


class _Tables:
    """The tables of a lake, at version 1 unless they changed."""

    def __init__(self, **changed: int | None) -> None:
        self.changed = changed

    def __call__(self, layer: str, table: str) -> int | None:
        return self.changed.get(table, 1)


def _built(manifest: dict[str, Any]) -> dict[str, Built]:
    project = Project(manifest, {"cap": 1})
    inputs: dict[str, dict[str, int | None]] = {
        node: {".".join(table): 1 for table in sorted(project.inputs(node))} for node in project
    }
    return {n: Built(project.code(n), inputs[n], 1 if project.table(n) else None) for n in project}


def _stale(
    manifest: dict[str, Any],
    built: dict[str, Built],
    variables: dict[str, Any] | None = None,
    **versions: int | None,
) -> set[str]:
    project = Project(manifest, variables or {"cap": 1})
    return set(stale_nodes(project, built, _Tables(**versions)))


def test_nothing_is_stale_when_nothing_changed(manifest: dict[str, Any]) -> None:
    assert _stale(manifest, _built(manifest)) == set()


def test_everything_is_stale_at_first(manifest: dict[str, Any]) -> None:
    assert _stale(manifest, {}) == {LINES, VIEW, REPORT, OTHER, TEST}


def test_a_load_makes_stale_what_reads_it_and_what_follows(manifest: dict[str, Any]) -> None:
    assert _stale(manifest, _built(manifest), orders=2) == {LINES, VIEW, REPORT, OTHER, TEST}


def test_a_table_that_somebody_else_wrote_is_stale(manifest: dict[str, Any]) -> None:
    assert _stale(manifest, _built(manifest), report=2) == {REPORT, TEST}


def test_a_table_that_is_gone_is_stale(manifest: dict[str, Any]) -> None:
    assert _stale(manifest, _built(manifest), report=None) == {REPORT, TEST}


def test_code_counts_that_of_macros_in_macros_too(manifest: dict[str, Any]) -> None:
    changed = copy.deepcopy(manifest)
    changed["macros"]["macro.p.inner"]["macro_sql"] = "2"
    assert _stale(changed, _built(manifest)) == {OTHER}


def test_the_code_of_a_view_is_that_of_its_readers(manifest: dict[str, Any]) -> None:
    changed = copy.deepcopy(manifest)
    changed["nodes"][VIEW]["raw_code"] = "select 1"
    assert _stale(changed, _built(manifest)) == {VIEW, REPORT, TEST}


def test_a_var_counts_where_it_is_named(manifest: dict[str, Any]) -> None:
    assert _stale(manifest, _built(manifest), {"cap": 2}) == {REPORT, TEST}
    assert _stale(manifest, _built(manifest), {"cap": 1, "another": 2}) == set()


def test_a_failed_test_runs_again_though_nothing_changed(manifest: dict[str, Any]) -> None:
    built = _built(manifest)
    del built[TEST]
    assert _stale(manifest, built) == {TEST}


def test_where_a_lake_lies_is_none_of_the_code(manifest: dict[str, Any]) -> None:
    moved = copy.deepcopy(manifest)
    moved["nodes"][LINES]["config"]["location_root"] = "elsewhere"
    assert _stale(moved, _built(manifest)) == set()


def test_the_lake_remembers_what_succeeded_and_forgets_what_failed(
    lake: Lake, manifest: dict[str, Any]
) -> None:
    project = Project(manifest, {})
    remember(lake, project, [LINES, TEST], [])
    remember(lake, project, [OTHER, "model.of.another_project"], [TEST])
    assert read_built(lake).keys() == {LINES, OTHER}
    assert read_built(lake)[LINES] == Built(project.code(LINES), {"bronze.orders": None}, None)
    assert read_built(lake)[LINES].at


def test_tables_to_build_anew_are_those_that_are_there_and_what_they_lack(
    manifest: dict[str, Any],
) -> None:
    built = _built(manifest)

    def found(**versions: int | None) -> set[str]:
        return set(stale_tables(Project(manifest, {"cap": 1}), built, _Tables(**versions)))

    assert found() == set()
    # The view is made already, and the test is not asked for.
    assert found(orders=2) == {LINES, REPORT, OTHER}
    assert found(orders=2, report=None) == {LINES, OTHER}
    assert found(lines=None, other=None) == {LINES, REPORT}
    del built[VIEW]
    assert found(orders=2, other=None) == {LINES, VIEW, REPORT}


def test_another_version_with_the_same_rows_makes_nothing_stale(
    lake: Lake, manifest: dict[str, Any]
) -> None:
    for layer, table in (("bronze", "orders"), ("silver", "lines")):
        ensure_table(lake, table, {"x": "int"})
        if layer == "silver":
            shutil.copytree(lake.path("bronze", table), lake.path(layer, table))
    project = Project(manifest, {})
    remember(lake, project, list(project), [])
    before = table_versions(lake)
    assert stale_tables(project, read_built(lake), before) == []
    # What a view shows is newer once its table is, without the view being made again.
    write_deltalake(
        lake.path("silver", "lines"), pa.table({"x": pa.array([1], pa.int32())}), mode="append"
    )
    remember(lake, project, [LINES, REPORT, OTHER, TEST], [])
    before = table_versions(lake)
    assert stale_nodes(project, read_built(lake), before) == []

    renumber(lake, "bronze.orders", 0, 7)
    renumber(lake, "silver.lines", 1, 7)

    def after(layer: str, table: str) -> int | None:
        return None if before(layer, table) is None else 7

    assert stale_nodes(project, read_built(lake), after) == []
    assert stale_nodes(project, read_built(lake), before) != []
