"""The project as dbt parses it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lakehouse.lake import Lake
from lakehouse.transform import check, run_dbt


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """dbt's manifest of the project, parsed now."""
    folder = tmp_path_factory.mktemp("parsed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBT_TARGET_PATH", str(folder / "target"))
        patch.setenv("DBT_LOG_PATH", str(folder / "logs"))
        check(run_dbt(Lake.at(folder / "lake"), ["--quiet", "parse"]))
    return dict(json.loads((folder / "target" / "manifest.json").read_text(encoding="utf-8")))
