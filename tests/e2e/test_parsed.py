"""What tests build a lake with is the project as dbt parses it for that lake."""

from __future__ import annotations

import json
from typing import Any

import pytest
from dbt.contracts.graph.manifest import Manifest

from lakehouse.lake import Lake
from tests.e2e.conftest import VARS
from tests.e2e.parsed import NOWHERE, manifest_of, parse


def _content(manifest: Manifest) -> dict[str, Any]:
    """All of a manifest but the moments at which it was made."""
    content = manifest.writable_manifest().to_dict()
    del content["metadata"]
    kinds = (kind for kind in content.values() if isinstance(kind, dict))
    for entry in (entry for kind in kinds for entry in kind.values() if isinstance(entry, dict)):
        entry.pop("created_at", None)
    return content


def test_a_lake_is_told_as_dbt_would_parse_it(lake: Lake) -> None:
    variables = json.dumps(VARS)
    told, parsed = _content(manifest_of(lake, variables)), _content(parse(lake, variables))
    assert lake.root in str(told)
    assert NOWHERE.root not in str(told)
    for kind, entries in parsed.items():
        assert told[kind] == entries, kind


@pytest.mark.parametrize("part", ["root", "schema_prefix"])
def test_lakes_are_told_apart(lake: Lake, part: str) -> None:
    other = Lake(**{"root": lake.root, "schema_prefix": lake.schema_prefix} | {part: "elsewhere"})
    first, second = (manifest_of(one, json.dumps(VARS)) for one in (lake, other))
    assert first.nodes["model.lakehouse.rpt_kpis"] != second.nodes["model.lakehouse.rpt_kpis"]
