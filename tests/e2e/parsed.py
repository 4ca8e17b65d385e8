"""The dbt project, parsed once for all lakes of the suite that are built with the same variables.

A parse renders every model and test anew, though lakes differ in paths and schemas alone. These are
told anew for each lake; `test_parsed.py` holds that to what dbt parses for a lake itself.
"""

from __future__ import annotations

import io
import pickle
import tempfile
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from dbt.contracts.graph.manifest import Manifest

from lakehouse.lake import Lake
from lakehouse.transform import check, run_dbt

NOWHERE = Lake("/the/lake/of/no/test", "schemas_of_no_test_")


def manifest_of(lake: Lake, variables: str) -> Manifest:
    """The project for runs on a lake with `--vars`; nothing is shared with another call's."""
    told = {NOWHERE.root: lake.root, NOWHERE.schema_prefix: lake.schema_prefix}
    return Manifest(**_Told(io.BytesIO(_parsed(variables)), told).load())


def parse(lake: Lake, variables: str) -> Manifest:
    """The project as dbt parses it for a lake."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        # A run on another lake may be what asks.
        for name, value in lake.environment.items():
            patch.setenv(name, value)
        patch.setenv("DBT_TARGET_PATH", str(Path(folder, "target")))
        patch.setenv("DBT_LOG_PATH", str(Path(folder, "logs")))
        result = run_dbt(lake, ["--quiet", "parse", "--vars", variables])
    check(result)
    assert isinstance(result.result, Manifest)
    return result.result


@cache
def _parsed(variables: str) -> bytes:
    manifest, buffer = parse(NOWHERE, variables), io.BytesIO()
    # What it looks names up in is private, and made anew when it is missing.
    names = (field.name for field in fields(manifest) if not field.name.startswith("_"))
    content = {name: getattr(manifest, name) for name in names}
    _Untold(buffer, pickle.HIGHEST_PROTOCOL).dump(content)
    return buffer.getvalue()


class _Untold(pickle.Pickler):
    """Keeps texts that name the lake by themselves, to be told when the manifest is read."""

    def persistent_id(self, obj: Any) -> str | None:
        names_lake = type(obj) is str and (NOWHERE.root in obj or NOWHERE.schema_prefix in obj)
        return obj if names_lake else None


class _Told(pickle.Unpickler):
    """Reads texts that named no lake as those of one."""

    def __init__(self, file: io.BytesIO, told: Mapping[str, str]) -> None:
        super().__init__(file)
        self._told = told

    def persistent_load(self, pid: str) -> str:
        for nowhere, here in self._told.items():
            pid = pid.replace(nowhere, here)
        return pid
