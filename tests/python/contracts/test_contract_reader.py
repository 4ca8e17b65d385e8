"""Contracts are read, and every mistake in one is named by file and key."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from lakehouse.contracts import load_contracts
from lakehouse.contracts.reader import CONTRACTS_DIR, ContractError, read_contract

GOOD = """
shop_id: corner
shop_name: Corner Shop
currency_code: EUR
source: the till
tables:
  - name: corner__sales
    description: One row per sale.
    files: ["sales*"]
    columns:
      - name: sold_at
        type: timestamp
        description: When.
      - name: amount
        header: Amount (EUR)
        aliases: [Total]
        type: decimal(18, 4)
        min: 0
        required: true
        description: How much.
"""


def write(folder: Path, text: str, name: str = "corner.yml") -> Path:
    """A contract file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shops_of_the_project_are_built_in() -> None:
    contracts = load_contracts()

    assert list(contracts) == sorted(path.stem for path in CONTRACTS_DIR.glob("*.yml"))
    assert [table.name for table in contracts["thelook"].tables] == [
        "thelook__users",
        "thelook__products",
        "thelook__orders",
        "thelook__order_items",
        "thelook__inventory_items",
        "thelook__events",
        "thelook__distribution_centers",
    ]
    assert contracts["online_retail"].currency_code == "GBP"


def test_a_contract_is_read_with_its_defaults(tmp_path: Path) -> None:
    contract = read_contract(write(tmp_path, GOOD))

    sold_at, amount = contract.table("corner__sales").columns
    assert contract.time_zone == "UTC"
    assert (sold_at.header, sold_at.formats, sold_at.required) == ("sold_at", ("iso",), False)
    assert (amount.sql_type, amount.min, amount.required) == ("decimal(18,4)", Decimal(0), True)
    assert amount.accepted_headers == ("amounteur", "total")


def test_a_user_adds_a_shop_in_a_folder_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, GOOD)
    monkeypatch.setenv("LAKE_CONTRACTS_DIR", str(tmp_path))

    assert "corner" in load_contracts()
    assert "rees46" in load_contracts()


def test_a_missing_contracts_folder_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAKE_CONTRACTS_DIR", "/no/such/folder")

    with pytest.raises(ContractError, match="LAKE_CONTRACTS_DIR names /no/such/folder"):
        load_contracts()


def test_two_files_with_one_shop_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, GOOD, "a.yml")
    write(tmp_path, GOOD, "b.yml")
    monkeypatch.setenv("LAKE_CONTRACTS_DIR", str(tmp_path))

    with pytest.raises(ContractError, match=r"b\.yml: shop_id: corner is also in .*a\.yml"):
        load_contracts()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("shop_name: Corner Shop\n", "", "shop_name: missing"),
        (
            "shop_id: corner",
            "shop_id: Corner",
            "shop_id: String should match pattern .*, found 'Corner'",
        ),
        (
            "currency_code: EUR",
            "currency_code: euro",
            "currency_code: String should match pattern .*, found 'euro'",
        ),
        ("source:", "time_zone: Mars\nsource:", "time_zone: Mars is no time zone"),
        ("source:", "sauce: x\nsource:", "sauce: unknown key"),
        ("corner__sales", "shop__sales", r"tables: shop__sales must start with corner__"),
        ('files: ["sales*"]', "files: []", r"tables\[0\].files: Tuple should have at least 1 item"),
        ("type: timestamp", "type: datetime", r"columns\[0\].type: datetime is unknown"),
        ("type: timestamp", "type: decimal(4,9)", r"columns\[0\].type: decimal\(4,9\): scale"),
        (
            "type: timestamp",
            "type: timestamp\n        min: 0",
            r"\[0\].min: timestamp has no bounds",
        ),
        ("min: 0", "min: 2\n        max: 1", r"columns\[1\].max: 1 is below min 2"),
        ("min: 0", "min: zero", r"columns\[1\].min: .* valid decimal, found 'zero'"),
        ("min: 0", "allowed: [a]", r"columns\[1\].allowed: only string columns"),
        ("min: 0", "formats: [iso]", r"columns\[1\].formats: numbers have one format"),
        (
            "type: timestamp",
            "type: string\n        formats: [iso]",
            "formats: only dates, timestamps",
        ),
        ("tables:", "tables: 1\nother:", "tables: Input should be a valid tuple, found 1"),
        ("min: 0", "optional: true", r"columns\[1\].optional: a column is required or optional"),
        ("required: true", "required: 1", r"columns\[1\].required: .* valid boolean, found 1"),
        ("name: amount", "name: sold_at", r"tables\[0\].columns: sold_at is there twice"),
        ("[Total]", "[SOLD AT]", r"tables\[0\].columns: soldat is there twice"),
        ("[Total]", "[12]", r"columns\[1\].aliases\[0\]: expected text, found 12"),
        ("tables:", "tables: [", "not valid YAML"),
    ],
)
def test_a_mistake_is_named_by_file_and_key(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert old in GOOD
    path = write(tmp_path, GOOD.replace(old, new, 1))

    with pytest.raises(ContractError, match=message) as caught:
        read_contract(path)
    assert str(path) in str(caught.value)


def test_all_mistakes_are_named_at_once_and_only_once(tmp_path: Path) -> None:
    text = GOOD.replace("type: timestamp", "type: when\n        min: 0\n        sauce: x")
    path = write(tmp_path, text.replace("currency_code: EUR\n", ""))

    with pytest.raises(ContractError) as caught:
        read_contract(path)

    column = f"{path}: tables[0].columns[0]"
    first, second, third = str(caught.value).splitlines()
    assert first == f"{path}: currency_code: missing."
    assert second.startswith(f"{column}.type: when is unknown; use one of string, ")
    assert third == f"{column}.sauce: unknown key."
