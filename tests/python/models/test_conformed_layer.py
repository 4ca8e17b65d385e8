"""The conformed layer is declared once: mappings, models and texts follow the declaration."""

from __future__ import annotations

import csv
import re
from typing import Any

import pytest
import yaml

from lakehouse.conformed import conformed_layer
from lakehouse.contracts import load_contracts
from lakehouse.session import PROJECT_DIR

CONFORMED = PROJECT_DIR / "models" / "silver" / "conformed"
STAGING = PROJECT_DIR / "models" / "silver" / "staging"
VARS: dict[str, Any] = yaml.safe_load((PROJECT_DIR / "dbt_project.yml").read_text("utf-8"))["vars"]
SHOPS: dict[str, dict[str, list[str]]] = VARS["shops"]
MAPPINGS = sorted(CONFORMED.glob("shops/*/*.sql"))


def test_the_shops_are_those_with_a_contract_and_a_row_in_the_seed() -> None:
    contracts = load_contracts()
    with (PROJECT_DIR / "seeds" / "shops.csv").open(encoding="utf-8", newline="") as stream:
        seed = {row["shop_id"]: row for row in csv.DictReader(stream)}
    assert SHOPS
    assert sorted(SHOPS) == sorted(contracts) == sorted(seed)
    for shop, contract in contracts.items():
        assert contract.currency_code == seed[shop]["currency_code"], shop


@pytest.mark.parametrize("shop", SHOPS)
def test_a_shop_has_the_models_that_it_names(shop: str) -> None:
    [*tables] = (table.name.removeprefix(f"{shop}__") for table in load_contracts()[shop].tables)
    assert sorted(SHOPS[shop]["bronze"]) == sorted(tables)
    staged = {f"stg_{shop}__{table}" for table in (*tables, "totals")}
    assert staged == {path.stem for path in STAGING.glob(f"{shop}/*.sql")}
    mapped = {f"int_{shop}__{entity}" for entity in SHOPS[shop]["conformed"]}
    assert mapped == {path.stem for path in CONFORMED.glob(f"shops/{shop}/*.sql")}


def test_no_folder_is_left_of_a_shop_that_is_gone() -> None:
    folders = {path.name for path in [*CONFORMED.glob("shops/*"), *STAGING.glob("*/")]}
    assert {name for name in folders if (STAGING / name).is_dir()} == set(SHOPS)


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: path.stem)
def test_a_mapping_is_open_to_columns_to_come(path: Any) -> None:
    entity = path.stem.partition("__")[2]
    columns = {column.name: column for column in conformed_layer()[entity]}
    text = path.read_text(encoding="utf-8")
    [(called, given)] = re.findall(r"not_recorded\('(\w+)'(?:, except=\[(.*?)\])?\)", text, re.S)
    assert called == entity
    for name in re.findall(r"'(\w+)'", given):
        assert not columns[name].is_required, name


@pytest.mark.parametrize("entity", conformed_layer())
def test_the_model_of_an_entity_has_its_columns_and_their_texts(entity: str) -> None:
    path = CONFORMED / f"int_{entity}.yml"
    [model] = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    texts = {column["name"]: column["description"] for column in model["columns"]}
    for column in conformed_layer()[entity]:
        assert texts[column.name] == f"{{{{ doc('{column.doc}') }}}}", column.name
