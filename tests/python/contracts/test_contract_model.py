"""How headers and files find their column and table."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from pydantic import ValidationError

from lakehouse.contracts import bronze_columns, load_contracts, normalized_header
from lakehouse.contracts.model import TableContract, file_stem


@pytest.mark.parametrize("header", ["Customer ID", "customer id", "CustomerID", " CUSTOMER_ID "])
def test_headers_are_compared_by_letters_and_digits(header: str) -> None:
    assert normalized_header(header) == "customerid"
    column = load_contracts()["online_retail"].tables[0].column_for(header)
    assert column is not None
    assert column.name == "customer_id"


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("2019-Oct.csv", "2019-Oct"),
        ("2019-Oct.CSV.GZ", "2019-Oct"),
        ("online_retail_II.xlsx", "online_retail_II"),
        ("README.md", None),
        ("events.parquet", None),
    ],
)
def test_only_data_files_have_a_stem(name: str, stem: str | None) -> None:
    assert file_stem(name) == stem


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("orders.csv", "thelook__orders"),
        ("Order_Items.csv", "thelook__order_items"),
        ("inventory_items_2.csv.gz", "thelook__inventory_items"),
        ("customers.csv", None),
    ],
)
def test_files_are_matched_to_tables_by_stem(name: str, table: str | None) -> None:
    tables = load_contracts()["thelook"].tables_for(name)

    assert [t.name for t in tables] == ([table] if table else [])


def test_the_bronze_columns_end_in_the_loader_s() -> None:
    columns = bronze_columns(load_contracts()["rees46"].tables[0])

    assert ",".join(f"{name}:{type_}" for name, type_ in columns.items()) == (
        "event_at:timestamp,event_type:string,product_id:string,category_id:string,"
        "category_code:string,brand:string,price:decimal(18,4),user_id:string,session_id:string,"
        "_rescued:string,_source_file:string,_batch_id:string,_ingested_at:timestamp"
    )


def _table(*columns: Mapping[str, object]) -> TableContract:
    described = [{"description": "A column.", **column} for column in columns]
    return TableContract.model_validate(
        {"name": "shop__orders", "description": "A row.", "files": ["*"], "columns": described}
    )


def test_a_contract_says_which_columns_are_of_a_person() -> None:
    users = load_contracts()["thelook"].table("thelook__users")

    assert users.personal("id") == ("user_id",)
    assert {"email", "street_address"} <= set(users.personal("detail"))
    # What groups people, and by which reports count, stays.
    assert not {"country", "city", "age", "gender"} & set(users.personal("detail"))


@pytest.mark.parametrize(
    ("columns", "fault"),
    [
        ([("a", "date", "id")], "an id is one of string, integer_id, int, bigint, not date"),
        ([("mail", "string", "detail")], "mail is of a person, but no column is person: id"),
    ],
)
def test_a_row_is_of_a_person_or_nobody(columns: list[tuple[str, str, str]], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        _table(*({"name": name, "type": type_, "person": what} for name, type_, what in columns))
