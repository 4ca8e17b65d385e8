"""Gold on the golden files, against values that the project's SQL did not compute."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lakehouse.conformed import conformed_layer
from tests.e2e.conftest import SHOPS
from tests.e2e.golden.compare import ExpectedTable, compare, expected_tables
from tests.mutation.compiled import models_of
from tests.mutation.query import render

if TYPE_CHECKING:
    from tests.e2e.conftest import GoldenLake
    from tests.mutation.engine import Engine


@pytest.mark.parametrize("expected", expected_tables(), ids=lambda e: e.csv_path.stem)
def test_gold_is_as_worked_out_by_hand(golden: GoldenLake, expected: ExpectedTable) -> None:
    found = golden.rows("gold", expected.table)
    rows = expected.covered([row for row in found if row.get("shop_id") in {None, *SHOPS}])
    assert compare(rows, expected.csv_path, expected.keys) == []


def test_mappings_give_the_types_that_the_conformed_layer_declares(golden: GoldenLake) -> None:
    """As Spark analysed the views: a union would quietly widen what one shop gives otherwise."""
    mappings = [node for node in golden.compiled if "conformed/shops" in node.original_file_path]
    for name in {node.name for node in mappings if str(node.resource_type) == "model"}:
        view = golden.spark.table(f"{golden.lake.schema('silver')}.{name}")
        given = {column.name: column.dataType.simpleString() for column in view.schema}
        columns = conformed_layer()[name.partition("__")[2]]
        assert given == {column.name: column.sql_type for column in columns}, name
    assert mappings


# Those that rank, tile or add up a whole shop.
RANKED = [
    "rpt_customer_brand_engagement",
    "rpt_customer_category_engagement",
    "rpt_customer_clv",
    "rpt_customer_engagement",
    "rpt_customer_rfm",
    "rpt_customer_segment_history",
    "rpt_kpis",
    "rpt_revenue_concentration",
]


@pytest.mark.parametrize("partitions", [1, 13])
def test_ranks_do_not_depend_on_how_rows_are_cut(golden: GoldenLake, partitions: int) -> None:
    queries = {model.name: render(model.query) for model in models_of(golden.compiled)}
    before = str(golden.spark.conf.get("spark.sql.shuffle.partitions"))
    golden.spark.conf.set("spark.sql.shuffle.partitions", partitions)
    try:
        for name in RANKED:
            found = [row.asDict() for row in golden.spark.sql(queries[name]).collect()]
            built = golden.rows("gold", name)
            assert sorted(map(repr, found)) == sorted(map(repr, built)), name
    finally:
        golden.spark.conf.set("spark.sql.shuffle.partitions", before)


def test_every_model_gives_the_same_with_ansi_on(golden_engine: Engine) -> None:
    assert golden_engine.is_ansi
    # dbt built with ANSI mode off; the engine raises where its own answer is another
    rows = [golden_engine.original(model).dicts for model in golden_engine.models]
    assert any(rows)
