"""A project of two reports, built without Spark or dbt: every row says which build wrote it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from deltalake import write_deltalake

from lakehouse.lake import Lake
from lakehouse.staleness import Project, remember

REPORTS = ("rpt_a", "rpt_b")
TESTS = ("test.p.a_is_right", "test.p.b_is_right")
ALL = (*(f"model.p.{name}" for name in REPORTS), *TESTS)


def project(**code: str) -> Project:
    """The project; another text for a report is other code."""
    nodes: dict[str, Any] = {
        f"model.p.{name}": {
            "resource_type": "model",
            "fqn": ["p", name],
            "alias": name,
            "config": {
                "enabled": True,
                "schema": "gold",
                "materialized": "table",
                "meta": {"grain": ["key"]},
            },
            "raw_code": code.get(name, f"select * from {name}"),
            "depends_on": {"nodes": []},
        }
        for name in REPORTS
    }
    nodes |= {
        test: {
            "resource_type": "test",
            "fqn": ["p", test.rpartition(".")[2]],
            "alias": test,
            "config": {"enabled": True},
            "raw_code": "",
            "depends_on": {"nodes": [f"model.p.{report}"]},
        }
        for test, report in zip(TESTS, REPORTS, strict=True)
    }
    metadata = {"project_name": "p"}
    return Project({"nodes": nodes, "sources": {}, "macros": {}, "metadata": metadata}, {})


def write(lake: Lake, table: str, build: int, keys: Sequence[str] = ("x", "y")) -> None:
    """Replaces a report."""
    rows = pa.table({"key": list(keys), "build": [build] * len(keys)})
    write_deltalake(lake.path("gold", table), rows, mode="overwrite", schema_mode="overwrite")


def build(lake: Lake, number: int, failed: Sequence[str] = ()) -> None:
    """Replaces every report, and notes down what passed."""
    for table in REPORTS:
        write(lake, table, number)
    remember(lake, project(), [node for node in ALL if node not in failed], failed)
