"""The baseline of a build computes what dbt computes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bench.plain_build import read_queries


def _model(name: str, parents: list[str]) -> dict[str, Any]:
    return {
        "resource_type": "model",
        "name": name,
        "config": {"schema": "gold", "materialized": "table", "contract": {"enforced": True}},
        "columns": {"n": {"name": "n", "data_type": "bigint"}},
        "compiled_code": f"select '{name}'",
        "depends_on": {"nodes": parents},
    }


def test_models_come_after_what_they_read_and_none_that_tells_of_past_builds(
    tmp_path: Path,
) -> None:
    nodes = {
        "model.p.last": _model("last", ["model.p.first", "seed.p.shops"]),
        "model.p.first": _model("first", ["source.p.raw"]),
        "model.p.history": _model("history", ["snapshot.p.past"]),
        "model.p.of_history": _model("of_history", ["model.p.history"]),
        "snapshot.p.past": {"resource_type": "snapshot", "name": "past"},
    }
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"nodes": nodes}), encoding="utf-8")
    queries = read_queries(manifest)
    assert list(queries) == ["first", "last"]
    assert queries["last"].parents == {"first"}
    assert queries["first"].select == "select 'first'"
    assert queries["first"].types == {"n": "bigint"}
