"""Which file is which, what a shop's tables are, and what is asked when a file does not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from lakehouse.errors import LakehouseError
from lakehouse.shop import ProposedShop, guess_roles, propose_shop, read_sample
from lakehouse.shop.models import conformed_entities
from tests.python.shop.files import CORNER, KIOSK, write_files


def proposed(folder: Path, files: dict[str, str]) -> ProposedShop:
    """A shop as its files tell of it."""
    samples = [read_sample(path) for path in write_files(folder, files)]
    return propose_shop("corner", samples, guess_roles(samples))


def test_files_are_known_by_their_names_and_headers(tmp_path: Path) -> None:
    samples = [read_sample(path) for path in write_files(tmp_path, CORNER)]
    assert {role: sample.path.name for role, sample in guess_roles(samples).items()} == {
        "orders": "orders_2024.csv",
        "lines": "order_items_2024.csv",
        "products": "products.csv",
        "customers": "customers.csv",
        "events": "events.csv",
    }


def test_a_flat_file_has_orders_and_lines(tmp_path: Path) -> None:
    shop = proposed(tmp_path, KIOSK)
    [table] = shop.tables
    assert (table.name, table.roles, table.key) == ("orders", ("orders", "lines"), None)
    assert table.files == ["orders_export*"]
    # `Lineitem sku` is blank in some rows; `Id` is not a line's own.
    assert table.column("product_id").header == "Lineitem name"
    assert "order_item_id" not in {column.name for column in table.columns}
    assert conformed_entities(shop) == ["customers", "products", "orders", "order_items"]


def test_an_id_has_one_type_wherever_it_stands(tmp_path: Path) -> None:
    files = CORNER | {"order_items_2024.csv": CORNER["order_items_2024.csv"].replace("1003", "X3")}
    shop = proposed(tmp_path, files)
    types = {
        table.name: table.column("order_id").type
        for table in shop.tables
        if table.name.startswith("order")
    }
    assert types == {"orders": "string", "order_lines": "string"}


def test_a_table_has_a_key_only_where_it_tells_rows_apart(tmp_path: Path) -> None:
    again = CORNER["customers.csv"] + "C-1,c@x.org,Rome,Italy,40,2023-07-01\n"
    shop = proposed(tmp_path, CORNER | {"customers.csv": again})
    keys = {table.name: table.key for table in shop.tables}
    assert keys == {
        "orders": "order_id",
        "order_lines": "order_item_id",
        "products": "product_id",
        "customers": None,
        "events": None,
    }


def test_a_second_file_of_the_same_layout_is_of_the_same_table(tmp_path: Path) -> None:
    more = CORNER["orders_2024.csv"].replace(",Tax", ",Tip").replace("100", "200")
    shop = proposed(tmp_path, CORNER | {"orders_2025.csv": more})
    orders = shop.table_of("orders")
    assert orders is not None
    assert [sample.path.name for sample in orders.samples] == ["orders_2024.csv", "orders_2025.csv"]
    assert orders.column("tax").optional
    assert "an alias" in " ".join(orders.column("tip").unsure)


def test_patterns_take_no_file_of_another_table(tmp_path: Path) -> None:
    files = {name.replace("order_items", "orders_items"): text for name, text in CORNER.items()}
    shop = proposed(tmp_path, files)
    assert {table.name: table.files for table in shop.tables}["orders"] == ["orders_2024"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"order_items_2024.csv": "id,order_id,what,price\n1,1001,A1,10\n"}, "lines.product_id="),
        ({"order_items_2024.csv": "id,order_id,sku,quantity\n1,1001,A1,1\n"}, "lines.unit_price="),
        (
            {"order_items_2024.csv": "id,order_id,sku,quantity,price\n1,1001,A1,1,ten\n"},
            "not all of its cells are numbers",
        ),
        ({"products.csv": "SKU,SKU\nA,B\n"}, "'SKU' twice"),
        ({"products.csv": "SKU\n"}, "no header with rows"),
    ],
)
def test_what_a_file_does_not_say_is_asked(
    tmp_path: Path, changed: dict[str, str], message: str
) -> None:
    with pytest.raises(LakehouseError, match=message):
        samples = [read_sample(path) for path in write_files(tmp_path, CORNER | changed)]
        roles = guess_roles(samples)
        roles |= {"lines": samples[1], "orders": samples[0]}
        propose_shop("corner", samples, roles)


def test_a_chosen_column_comes_before_a_guess(tmp_path: Path) -> None:
    samples = [read_sample(path) for path in write_files(tmp_path, KIOSK)]
    chosen = {("lines", "product_id"): "Lineitem sku"}
    shop = propose_shop("kiosk", samples, guess_roles(samples), chosen=chosen)  # type: ignore[arg-type]
    column = shop.tables[0].column("product_id")
    assert (column.header, column.required) == ("Lineitem sku", True)
    assert "1 of 3 cells are blank" in " ".join(column.unsure)
