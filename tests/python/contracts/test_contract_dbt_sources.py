"""What is written from the contracts is in the project, and is current."""

from __future__ import annotations

from pathlib import Path

import yaml

from lakehouse.conformed import DOCS_FILE, conformed_docs
from lakehouse.contracts import load_contracts, loads_sources_yaml, source_files, sources_yaml
from lakehouse.contracts.__main__ import write_changed
from lakehouse.contracts.editor_schema import SCHEMA_FILE, editor_schema
from lakehouse.contracts.reader import CONTRACTS_DIR
from lakehouse.session import PROJECT_DIR

STAGING = PROJECT_DIR / "models" / "silver" / "staging"
REMEDY = "run `python -m lakehouse.contracts`"


def test_the_files_in_the_project_equal_the_contracts() -> None:
    contracts = load_contracts()

    assert contracts
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


def test_editors_check_every_contract_by_a_schema_that_is_current() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == editor_schema(), REMEDY
    for path in CONTRACTS_DIR.glob("*.yml"):
        first, *_ = path.read_text(encoding="utf-8").splitlines()
        assert first == f"# yaml-language-server: $schema={SCHEMA_FILE.name}", path


def test_the_page_of_the_conformed_layer_is_current() -> None:
    assert DOCS_FILE.read_text(encoding="utf-8") == conformed_docs(), REMEDY


def test_writing_again_changes_nothing(tmp_path: Path) -> None:
    contracts = load_contracts()
    texts = source_files(contracts.values(), tmp_path)

    assert len(texts) == len(contracts) + 1
    assert write_changed(texts) == list(texts)
    assert write_changed(texts) == []
