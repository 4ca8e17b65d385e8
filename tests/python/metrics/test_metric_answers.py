"""What metrics make of a page of gold, worked out by hand."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from lakehouse.metrics import Declarations, Grain, Question, ask, read_declarations
from lakehouse.reading import read_table
from tests.python.gold_tables import write_gold
from tests.python.metrics.small_gold import TABLES, write_small_gold

JANUARY, FEBRUARY = datetime.date(2024, 1, 1), datetime.date(2024, 2, 1)


@pytest.fixture(scope="module")
def declared() -> Declarations:
    return read_declarations()


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        pytest.param(
            Question(["net_amount", "order_count", "customer_count"]),
            [("a", Decimal("11.0050"), 1, 1), ("b", Decimal(7), 1, 0)],
            id="amounts are exact, and counted is who is known",
        ),
        pytest.param(
            Question(["average_order_value"], ["country"]),
            [("a", "Spain", 15.005), ("a", None, None), ("b", "Spain", 7.0)],
            id="nothing is divided by no orders; what has no country is a group",
        ),
        pytest.param(
            Question(["order_count", "net_amount"], ["category", "brand"]),
            [
                ("a", "Hats", None, 1, Decimal("5.0050")),
                ("a", "Shoes", "O'Neill [bold]", 1, Decimal(6)),
                ("b", "Shoes", None, 1, Decimal(7)),
            ],
            id="an order counts in each category that it has",
        ),
        pytest.param(
            Question(["net_amount", "session_count", "net_amount_per_session"], ["age_band"]),
            [
                ("a", "25-34", Decimal("15.0050"), 2, 7.5025),
                ("a", None, Decimal(-4), 1, -4.0),
                ("b", None, Decimal(7), None, None),
            ],
            id="totals of two tables meet, also where nothing is known; what one lacks is null",
        ),
        pytest.param(
            Question(["session_count", "return_rate"], grain=Grain.MONTH),
            [("a", JANUARY, 3, 0.0), ("a", FEBRUARY, None, None), ("b", None, None, 0.0)],
            id="a month starts on its first day; what has no day is kept",
        ),
        pytest.param(
            Question(["net_amount"], grain=Grain.WEEK, shop_id="a"),
            [
                ("a", datetime.date(2024, 1, 29), Decimal("15.0050")),
                ("a", datetime.date(2024, 2, 26), Decimal(-4)),
            ],
            id="a week starts on its Monday",
        ),
        pytest.param(
            Question(
                ["net_amount"],
                first_day=datetime.date(2024, 1, 31),
                last_day=datetime.date(2024, 2, 28),
            ),
            [("a", Decimal("15.0050"))],
            id="from and to are inclusive, and leave out what has no day",
        ),
        pytest.param(
            Question(["robot_session_count", "human_session_count"], ["is_robot"]),
            [("a", False, 0, 2), ("a", True, 1, 0)],
            id="a derived metric",
        ),
        pytest.param(
            Question(["net_amount"], ["currency_code"], shop_id="b"),
            [("b", "USD", Decimal(7))],
            id="of one shop, by what is known of shops",
        ),
        pytest.param(
            Question(["net_amount", "net_amount"], ["shop", "country", "country"], shop_id="b"),
            [("b", "Spain", Decimal(7))],
            id="asked twice, answered once",
        ),
    ],
)
def test_an_answer_is_as_worked_out_by_hand(
    small_lake: Lake, declared: Declarations, question: Question, rows: list[tuple[Any, ...]]
) -> None:
    assert ask(small_lake, declared, question).rows == rows


def test_an_unknown_shop_is_told_which_there_are(small_lake: Lake, declared: Declarations) -> None:
    with pytest.raises(LakehouseError, match=r"no shop 'c'\. There are: a, b"):
        ask(small_lake, declared, Question(["net_amount"], shop_id="c"))


def test_without_gold_it_says_what_to_run(lake: Lake, declared: Declarations) -> None:
    with pytest.raises(LakehouseError, match=r"no table gold\.fct_order_items.*lakehouse build"):
        ask(lake, declared, Question(["net_amount"]))


def test_gold_of_older_code_says_what_to_run(lake: Lake, declared: Declarations) -> None:
    import deltalake

    write_small_gold(lake)
    old = read_table(lake, "gold", "fct_orders")
    deltalake.write_deltalake(
        lake.path("gold", "fct_orders"),
        old.drop_columns(["country"]),
        mode="overwrite",
        schema_mode="overwrite",
    )
    with pytest.raises(LakehouseError, match=r"country.*Run: lakehouse build"):
        ask(lake, declared, Question(["net_amount"], ["country"]))


def test_empty_tables_give_no_rows(lake: Lake, declared: Declarations) -> None:
    for table in TABLES:
        write_gold(lake, table, [])
    question = Question(["net_amount_per_session", "order_count"], ["gender"], Grain.YEAR)
    assert ask(lake, declared, question).rows == []
