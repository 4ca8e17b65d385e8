"""The dbt sources in the project are those that the contracts say."""

from __future__ import annotations

from pathlib import Path

import yaml

from lakehouse.contracts import load_contracts, loads_sources_yaml, sources_yaml, write_sources
from lakehouse.session import PROJECT_DIR

STAGING = PROJECT_DIR / "models" / "silver" / "staging"
REMEDY = "run `python -m lakehouse.contracts`"


def test_the_files_in_the_project_equal_the_contracts() -> None:
    contracts = load_contracts()

    assert len(contracts) == 4
    for shop, contract in contracts.items():
        text = (STAGING / shop / f"_{shop}__sources.yml").read_text(encoding="utf-8")
        assert text == sources_yaml(contract), REMEDY
    text = (STAGING / "_loads__sources.yml").read_text(encoding="utf-8")
    assert text == loads_sources_yaml(), REMEDY


def test_a_source_has_every_column_of_the_bronze_table() -> None:
    source = yaml.safe_load(sources_yaml(load_contracts()["rees46"]))["sources"][0]

    assert source["name"] == "rees46"
    assert source["loader"] == "lakehouse load"
    assert source["config"]["loaded_at_field"] == "_ingested_at"
    columns = {c["name"]: c["data_type"] for c in source["tables"][0]["columns"]}
    assert columns["price"] == "decimal(18,4)"
    assert list(columns)[-4:] == ["_rescued", "_source_file", "_batch_id", "_ingested_at"]


def test_writing_again_changes_nothing(tmp_path: Path) -> None:
    contracts = load_contracts().values()

    assert len(write_sources(contracts, tmp_path)) == 5
    assert write_sources(contracts, tmp_path) == []
