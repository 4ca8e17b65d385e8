"""Which of two exports is the later one, by its name."""

from __future__ import annotations

import pytest

from lakehouse.ingest.recency import name_order


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("orders_2.csv", "orders_10.csv"),
        ("orders_2.csv.gz", "orders_010.csv"),
        ("2019-Oct.csv", "2019-Nov.csv"),
        ("2019-november.csv", "2019-Dec.csv"),
        ("Products_JAN.csv", "products_feb.csv"),
        ("orders_20240131.csv", "orders_20240229.csv"),
        ("orders.csv", "orders_2.csv"),
    ],
)
def test_names_sort_as_people_read_them(older: str, newer: str) -> None:
    assert name_order(older) < name_order(newer)


def test_a_word_that_begins_like_a_month_is_none() -> None:
    assert name_order("mayor_decade.csv") == "mayor_decade"


def test_folder_and_suffix_say_nothing() -> None:
    assert name_order("thelook/Orders.csv.gz") == name_order("orders.csv")
