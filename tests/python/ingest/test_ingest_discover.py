"""Which files a folder holds for the loader, and what it says about the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from lakehouse.contracts import load_contracts
from lakehouse.errors import LakehouseError
from lakehouse.ingest.discover import discover
from tests.python.ingest.shop_files import write

CONTRACTS = load_contracts()


def test_files_are_found_by_shop_and_table(tmp_path: Path) -> None:
    for name in ("rees46/2019-Oct.csv", "thelook/Orders.CSV", "thelook/order_items.csv.gz"):
        write(tmp_path / name, "x")

    found = {f.source_file: f.table.name for f in discover(tmp_path, CONTRACTS, None).files}

    assert found == {
        "rees46/2019-Oct.csv": "rees46__events",
        "thelook/Orders.CSV": "thelook__orders",
        "thelook/order_items.csv.gz": "thelook__order_items",
    }


def test_what_is_no_shop_and_no_data_is_named_and_left_alone(tmp_path: Path) -> None:
    for name in ("rees46/a.csv", "rees46/notes.txt", "rees46/old/b.csv", "reference/c.csv"):
        write(tmp_path / name, "x")
    write(tmp_path / "README.md", "x")
    write(tmp_path / ".DS_Store", "x")

    found = discover(tmp_path, CONTRACTS, None)

    assert [file.source_file for file in found.files] == ["rees46/a.csv"]
    assert found.left_alone == ("README.md", "reference/", "rees46/notes.txt", "rees46/old/")


def test_a_named_shop_s_files_lie_in_the_folder_itself(tmp_path: Path) -> None:
    write(tmp_path / "2019-Oct.csv", "x")

    assert discover(tmp_path, CONTRACTS, "rees46").files[0].source_file == "2019-Oct.csv"


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(LakehouseError, match=r"There is no folder .*nowhere\."):
        discover(tmp_path / "nowhere", CONTRACTS, None)


def test_a_file_instead_of_a_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(LakehouseError, match="is not a folder"):
        discover(write(tmp_path / "a.csv", "x"), CONTRACTS, None)


def test_an_unknown_shop_is_named_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(LakehouseError, match="no shop ebay; the known shops are online_retail, "):
        discover(tmp_path, CONTRACTS, "ebay")


@pytest.mark.parametrize("shop", [None, "rees46"])
def test_an_empty_folder_is_an_error(tmp_path: Path, shop: str | None) -> None:
    with pytest.raises(LakehouseError, match="The folder is empty"):
        discover(tmp_path, CONTRACTS, shop)


def test_loose_data_files_without_a_shop_say_what_to_do(tmp_path: Path) -> None:
    write(tmp_path / "2019-Oct.csv", "x")

    with pytest.raises(LakehouseError, match=r"Found only: 2019-Oct\.csv.*--shop"):
        discover(tmp_path, CONTRACTS, None)


def test_a_data_file_that_no_table_takes_is_told_with_the_patterns(tmp_path: Path) -> None:
    write(tmp_path / "rees46/a.csv", "x")
    write(tmp_path / "thelook/customers.csv", "x")

    found = discover(tmp_path, CONTRACTS, None)

    assert [file.source_file for file in found.files] == ["rees46/a.csv"]
    (strange,) = found.strange
    assert (strange.shop_id, strange.source_file) == ("thelook", "thelook/customers.csv")
    assert "customers.csv fits no table" in strange.reason
    assert "users*, products*" in strange.reason
