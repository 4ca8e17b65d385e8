"""Every model explains itself: question, grain, an example. `dbt-bouncer.yml` asks for the rest."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from lakehouse.session import PROJECT_DIR

MODELS = PROJECT_DIR / "models"
# Beside the reports stand their helpers, which are silver's.
GOLD = sorted(p for p in (MODELS / "gold").rglob("*.sql") if not p.stem.startswith("int_"))
ALL = sorted(MODELS.rglob("*.sql"))


def _described(path: Path) -> dict[str, Any]:
    """The model's entry in the YAML beside it."""
    [model] = yaml.safe_load(path.with_suffix(".yml").read_text(encoding="utf-8"))["models"]
    assert model["name"] == path.stem
    return dict(model)


def _tests(model: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The model's generic tests of one name."""
    return [test for test in model["data_tests"] if isinstance(test, dict) and name in test]


@pytest.mark.parametrize("path", ALL, ids=lambda p: p.stem)
def test_a_model_starts_with_its_grain(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("-- ")


@pytest.mark.parametrize("path", GOLD, ids=lambda p: p.stem)
def test_a_gold_table_answers_a_question(path: Path) -> None:
    description = _described(path)["description"]
    assert re.match(r"\*\*.+\?\*\*\n", description), "the first line is a question in bold"
    assert "One row per" in description
    assert re.search(r"```sql\n.*\bgold\.", description, re.S), "an example query"


@pytest.mark.parametrize("path", GOLD, ids=lambda p: p.stem)
def test_a_gold_table_has_a_grain_that_is_tested_and_cannot_be_null(path: Path) -> None:
    model = _described(path)
    grain = model["config"]["meta"]["grain"]
    [tested] = [test["unique_grain"]["arguments"] for test in _tests(model, "unique_grain")]
    assert tested["columns"] == grain
    columns = {column["name"]: column for column in model["columns"]}
    for name in set(grain) - set(tested.get("nullable", [])):
        assert {"type": "not_null"} in columns[name].get("constraints", []), name


def test_every_table_of_the_overview_exists() -> None:
    overview = (MODELS / "overview.md").read_text(encoding="utf-8")
    readme = (PROJECT_DIR / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:dim|fct|rpt|feat)_\w+)`", overview + readme))
    assert named
    assert named <= {path.stem for path in GOLD}


def test_a_text_of_columns_stands_in_one_place() -> None:
    """In a doc block of columns.md, once two YAMLs have it; a header tells its own name."""
    files: dict[str, set[str]] = {}
    for path in sorted(MODELS.rglob("*.yml")):
        if path.name.startswith("_"):
            continue
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", []):
            for column in model.get("columns", []):
                files.setdefault(column.get("description", "").strip(), set()).add(path.name)
    assert files
    twice = {text: sorted(names) for text, names in files.items() if len(names) > 1}
    own = ("{{ doc(", "as the shop writes it.")
    assert {t: n for t, n in twice.items() if t and not any(part in t for part in own)} == {}
