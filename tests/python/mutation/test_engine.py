"""The engine on a lake of two models: who notices what, and what nobody does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.mutation.campaign import Campaign, Mutant, chosen, mutants_of, survival_rate
from tests.mutation.compiled import DataTest, Model, UnitTest
from tests.mutation.engine import Engine, ModelDiffersError
from tests.mutation.query import parse

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SALES = """
select shop_id, sum(amount) as amount, count(*) as order_count
from shop.orders
where amount > 0
group by shop_id
"""


@pytest.fixture(scope="module")
def engine(spark: SparkSession) -> Iterator[Engine]:
    spark.sql("create database shop")
    spark.sql(
        "create table shop.orders using parquet as select * from values "
        "('a', 1, 5), ('a', 2, 7), ('b', 3, -1), ('b', 4, 2) as (shop_id, order_id, amount)"
    )
    spark.sql(f"create table shop.sales using parquet as {SALES}")
    spark.sql("create table shop.best using parquet as select 'a' as shop_id")
    yield Engine(
        spark,
        models=[
            Model(
                "sales",
                "shop.sales",
                parse(SALES),
                types={"shop_id": "string", "amount": "bigint", "order_count": "bigint"},
                not_null=["amount"],
                checks={"sold": "amount > 0"},
            ),
            Model(
                "best",
                "shop.best",
                parse("select max_by(shop_id, amount) as shop_id from shop.sales"),
            ),
        ],
        data_tests=[
            DataTest("a_is_best", parse("select 1 from shop.best where shop_id <> 'a'")),
            DataTest(
                "every_shop",
                parse(
                    "select 1 from shop.orders left anti join shop.sales "
                    "on orders.shop_id = sales.shop_id"
                ),
            ),
        ],
        unit_tests=[
            UnitTest(
                "zero_is_no_sale",
                "sales",
                parse(SALES.replace("shop.orders", "fixtures.orders")),
                fixtures={"orders": parse("select 'x' as shop_id, 1 as order_id, 0 as amount")},
                expected=[],
            )
        ],
    )
    spark.sql("drop database shop cascade")


def test_a_fault_is_found_where_it_is_and_downstream(engine: Engine) -> None:
    assert engine.finders("orders", "select * from {table} where shop_id <> 'a'") == ["a_is_best"]
    assert engine.finders("sales", "select * from {table} where shop_id <> 'b'") == ["every_shop"]
    assert engine.finders("sales", "select * from {table}") == []


def test_what_the_build_refuses_is_found(engine: Engine) -> None:
    columns = "select shop_id, {amount} as amount, order_count from {{table}}"
    negative = engine.finders("sales", columns.format(amount="-amount"))
    assert "sales: check sold" in negative
    null = engine.finders("sales", columns.format(amount="cast(null as bigint)"))
    assert "sales: amount is null" in null
    text = engine.finders("sales", columns.format(amount="cast(amount as string)"))
    assert "sales: type of amount" in text


def test_each_mutant_is_noticed_or_named(engine: Engine) -> None:
    outcomes = {
        outcome.mutant.mutation.change: (outcome.verdict, outcome.by)
        for outcome in Campaign(engine).run(mutants_of(engine.models.values()), lambda *_: None)
    }
    assert outcomes == {
        "[SUM(amount) → MAX(amount)]": ("noticed", "build"),
        "amount [> → >=] 0": ("noticed", "unit test"),
        "amount [> → <=] 0": ("noticed", "unit test"),
        "WHERE [amount > 0 → TRUE]": ("noticed", "unit test"),
        "[0 → 1]": ("survived", ""),
        "[MAX_BY(shop_id, → MIN_BY(shop_id,] amount)": ("noticed", "data test"),
    }


def test_equal_plans_are_equivalent_whatever_the_rows(engine: Engine) -> None:
    query = engine.models["sales"].query
    assert engine.same_plan(query, parse(SALES.replace("amount > 0", "0 < amount")))
    assert not engine.same_plan(query, parse(SALES.replace("amount > 0", "amount > -1")))


def test_an_engine_that_disagrees_with_dbt_concludes_nothing(engine: Engine) -> None:
    [best] = [m for m in engine.models.values() if m.name == "best"]
    wrong = Engine(engine.lake, [replace(best, query=parse("select 'b' as shop_id"))], [], [])
    with pytest.raises(ModelDiffersError, match="best"):
        wrong.original("best")


def test_the_choice_has_every_model_and_is_the_same_for_a_seed(engine: Engine) -> None:
    mutants = mutants_of(engine.models.values())
    few = chosen(mutants, 3, seed=5)
    assert len(few) == 3
    assert {mutant.model for mutant in few} == {"sales", "best"}
    assert few == chosen(mutants, 3, seed=5)
    assert chosen(mutants, 100, seed=5) == mutants


def test_no_mutants_no_survivors() -> None:
    nothing: list[Mutant] = []
    assert chosen(nothing, 3, seed=5) == []
    assert survival_rate([]) == 0
