"""A shop is written into a checkout, once, and taken out of it again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from lakehouse.conformed import conformed_layer
from lakehouse.contracts.reader import read_contract
from lakehouse.errors import LakehouseError
from lakehouse.ingest.fitting import fits
from lakehouse.session import PROJECT_DIR
from lakehouse.shop import add_shop, guess_roles, propose_shop, read_sample, remove_shop
from tests.python.shop.files import CORNER, KIOSK, write_files

SHOPS = {"corner": CORNER, "kiosk": KIOSK}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """What a shop touches of a checkout."""
    folder = tmp_path / "project"
    for place in ("dbt_project.yml", "seeds/shops.csv", "models/columns.md"):
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT_DIR / place, folder / place)
    (folder / "lakehouse" / "contracts").mkdir(parents=True)
    return folder


def added(project: Path, shop: str, *, force: bool = False) -> list[Path]:
    """Writes a shop into the project."""
    samples = [read_sample(path) for path in write_files(project.parent / shop, SHOPS[shop])]
    return add_shop(
        propose_shop(shop, samples, guess_roles(samples), currency="EUR"), project, force=force
    )


@pytest.mark.parametrize("shop", SHOPS)
def test_the_contract_takes_the_files_that_it_was_made_from(project: Path, shop: str) -> None:
    added(project, shop)
    contract = read_contract(project / "lakehouse" / "contracts" / f"{shop}.yml")
    for name in SHOPS[shop]:
        [table] = contract.tables_for(name)
        sample = read_sample(project.parent / shop / name)
        for header in sample.headers:
            column = table.column_for(header)
            assert column is not None
            assert all(fits(column, cell) for cell in sample.values(header)), header


@pytest.mark.parametrize("shop", SHOPS)
def test_each_table_and_entity_has_its_model_and_its_yaml(project: Path, shop: str) -> None:
    written = added(project, shop)
    entry = yaml.safe_load((project / "dbt_project.yml").read_text("utf-8"))["vars"]["shops"][shop]
    models = {path.stem for path in written if path.suffix == ".sql"}
    assert models == {
        *(f"stg_{shop}__{table}" for table in (*entry["bronze"], "totals")),
        *(f"int_{shop}__{entity}" for entity in entry["conformed"]),
    }
    for path in written:
        if path.suffix == ".sql":
            text = path.read_text(encoding="utf-8")
            assert text.startswith("-- One row")
            assert text.endswith("select * from final\n")
            assert not {"<<", "<%", "\n\n\n"} & {text[n : n + 2] for n in range(len(text))}
            [model] = yaml.safe_load(path.with_suffix(".yml").read_text("utf-8"))["models"]
            assert model["name"] == path.stem
            assert yaml.safe_load(path.with_suffix(".yml").read_text("utf-8"))["unit_tests"]


def test_a_mapping_gives_every_column_once(project: Path) -> None:
    written = added(project, "corner")
    [path] = [path for path in written if path.name == "int_corner__orders.sql"]
    text = path.read_text(encoding="utf-8")
    given = text.partition("except=[")[2].partition("]")[0]
    optional = {column.name for column in conformed_layer()["orders"] if not column.is_required}
    assert {name.strip(" '\n") for name in given.split(",")} <= optional
    assert "upper(orders.currency) as currency_code" in text


def test_texts_that_stand_in_the_project_stay(project: Path) -> None:
    before = {
        place: (project / place).read_text("utf-8")
        for place in ("dbt_project.yml", "seeds/shops.csv")
    }
    added(project, "corner")
    assert (project / "seeds" / "shops.csv").read_text("utf-8").endswith("corner,Corner,EUR,true\n")
    added(project, "kiosk")
    for shop in SHOPS:
        remove_shop(shop, project)
    for place, text in before.items():
        assert (project / place).read_text("utf-8") == text, place
    assert not list((project / "lakehouse" / "contracts").iterdir())
    assert not [path for path in (project / "models").rglob("*") if "corner" in path.name]


def test_nothing_is_overwritten_unless_it_is_said(project: Path) -> None:
    added(project, "corner")
    contract = project / "lakehouse" / "contracts" / "corner.yml"
    contract.write_text("mine\n")
    with pytest.raises(LakehouseError, match=r"corner\.yml is there already.*--force"):
        added(project, "corner")
    assert contract.read_text() == "mine\n"
    added(project, "corner", force=True)
    assert contract.read_text() != "mine\n"
    assert (project / "dbt_project.yml").read_text().count("\n    corner:\n") == 1
    assert (project / "seeds" / "shops.csv").read_text().count("corner,") == 1


def test_an_installed_package_has_no_project_to_write_to(tmp_path: Path) -> None:
    with pytest.raises(LakehouseError, match="clone its repository"):
        remove_shop("corner", tmp_path)


def test_a_shop_that_is_not_there_cannot_be_removed(project: Path) -> None:
    with pytest.raises(LakehouseError, match="has no shop 'corner'"):
        remove_shop("corner", project)
