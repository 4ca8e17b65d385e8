"""Every model is guarded: its grain, its rows, its shops, its keys and dates, and its rules.

Read from dbt's manifest, so that a model without its tests is found without Spark. What is left out
on purpose says why, here or in the `config.meta` of its model.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest

MAPPING = re.compile(r"int_\w+__\w+")
TOTALS = re.compile(r"stg_\w+__totals")

# Tests that name the shops, or the rows, that a model must hold.
HOLDS_ROWS = {"has_same_totals", "holds_rows_of_every_shop", "holds_every_id"}
HOLDS_SHOPS = {"has_same_totals", "holds_shops"}
# Tests that pass on an emptied table.
COMPARE_WITHIN = {"sums_to_one", "ranks_from_one"}

# Tables that a test of another table, or one of their own under tests/dbt, holds to their rows.
# Staging says so in its `config.meta` (`rows_held_elsewhere`), so that a shop brings its own.
ROWS_HELD_ELSEWHERE = {
    "dim_dates": "assert_dates_have_no_gaps counts its days",
    "fct_order_items": "rpt_reconciliation compares its lines and amounts with bronze",
    "int_customer_month_ends": "assert_segment_history_knows_nothing_later computes them again",
    "int_customer_buckets": "assert_each_dimension_holds_every_customer counts its customers",
    "int_daily_product_visits": "assert_each_dimension_holds_the_whole_day needs its rows",
    "int_daily_sales": "assert_each_dimension_holds_the_whole_day needs its rows",
    "int_daily_visits": "assert_each_dimension_holds_the_whole_day needs its rows",
    "int_feature_dates": "assert_feature_dates_have_no_gaps counts its days",
    "int_recorded_dimensions": "assert_each_dimension_holds_the_whole_day finds what is recorded",
    "int_sales_by_group": "assert_each_group_holds_all_sales finds what sales tell",
    "int_sessions": "has_same_totals of fct_sessions counts its rows in the events",
    "int_basket_pairs": "assert_pairs_of_frequent_items_are_all_there counts the pairs again",
    "int_robots": "assert_busy_visitors_are_robots finds one that is missing",
    "feat_customers": "assert_customer_features_know_nothing_later computes them again",
    "feat_daily_demand": "assert_demand_has_no_gaps counts days and units",
    "feat_interactions": "assert_interactions_and_season_items_are_complete counts them",
    "feat_product_pairs": "assert_product_pairs_are_those_of_the_basket_report counts them again",
    "feat_purchase_days": "assert_purchase_days_hold_every_order counts orders and amounts",
    "feat_season_items": "assert_interactions_and_season_items_are_complete counts them",
    "rpt_market_basket": "assert_pairs_of_frequent_items_are_all_there counts the pairs again",
    "rpt_product_groups": "assert_product_groups_hold_all_sales adds them up",
    "rpt_segment_migration": "assert_migrations_lead_to_the_segments_of_now balances them",
}
# Read by one model, and yet no views: their reader would compute them twice, or their tests again.
COMPUTED_ONCE = {
    "int_basket_pairs",
    "int_baskets",
    "int_bridge_customers",
    "int_bridge_products",
    "int_customer_month_ends",
    "int_daily_product_visits",
    "int_daily_sales",
    "int_daily_visits",
}
SHOPS_HELD_ELSEWHERE = {
    "rpt_market_basket": "assert_pairs_of_frequent_items_are_all_there finds every shop with pairs",
    "rpt_product_groups": "assert_product_groups_hold_all_sales finds every shop with groups",
    "rpt_segment_migration": "assert_migrations_lead_to_the_segments_of_now balances every shop",
}


@dataclass
class Model:
    """A model of the manifest, with the tests that hold it."""

    name: str
    node: dict[str, Any]
    tests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    singular: set[str] = field(default_factory=set)

    @property
    def meta(self) -> dict[str, Any]:
        return dict(self.node["config"]["meta"])

    @property
    def is_view(self) -> bool:
        return str(self.node["config"]["materialized"]) == "view"

    @property
    def is_totals(self) -> bool:
        """Whether it is the one row of a shop without which rpt_reconciliation lacks the shop."""
        return TOTALS.fullmatch(self.name) is not None

    @property
    def is_mapping(self) -> bool:
        """Whether it says what a shop's rows are in conformed terms, and has none of its own."""
        return MAPPING.fullmatch(self.name) is not None

    @property
    def test_names(self) -> set[str]:
        return {name for name, _ in self.tests}

    @property
    def references(self) -> dict[str, str]:
        """Columns that are held to another model, and to which."""
        held = {}
        for name, arguments in self.tests:
            if name == "relationships":
                held[arguments["column_name"]] = arguments["to"]
            if name == "foreign_keys":
                held |= {key["column"]: key["to"] for key in arguments["keys"]}
        return {column: re.sub(r"ref\('(\w+)'\)", r"\1", to) for column, to in held.items()}


@pytest.fixture(scope="module")
def models(manifest: dict[str, Any]) -> dict[str, Model]:
    """The project's models, by name."""
    nodes = manifest["nodes"]
    models = {
        key: Model(node["name"], node)
        for key, node in nodes.items()
        if node["resource_type"] == "model"
    }
    for node in nodes.values():
        metadata = node.get("test_metadata")
        if metadata and (model := models.get(node["attached_node"])):
            model.tests.append((metadata["name"], metadata["kwargs"]))
        elif node["resource_type"] == "test" and not metadata:
            for parent in node["depends_on"]["nodes"]:
                if parent in models:
                    models[parent].singular.add(node["name"])
    return {model.name: model for model in models.values()}


def _analysed(models: dict[str, Model], prefix: str = "") -> list[Model]:
    return [m for m in models.values() if not m.is_mapping and m.name.startswith(prefix)]


def test_silver_is_a_table_where_several_read_it_and_a_view_elsewhere(
    models: dict[str, Model],
) -> None:
    readers = Counter(
        parent for model in models.values() for parent in set(model.node["depends_on"]["nodes"])
    )
    silver = [
        m
        for m in _analysed(models)
        if m.node["config"]["schema"] == "silver"
        # What grows must stand somewhere.
        and m.node["config"]["materialized"] != "incremental"
    ]
    views = {m.name for m in silver if readers[m.node["unique_id"]] < 2} - COMPUTED_ONCE
    assert views == {m.name for m in _analysed(models) if m.is_view}


def test_a_table_is_held_to_its_grain(models: dict[str, Model]) -> None:
    for model in _analysed(models):
        grains = [arguments["columns"] for name, arguments in model.tests if name == "unique_grain"]
        assert grains == [model.meta["grain"]], model.name


def test_a_lost_row_of_a_table_is_found(models: dict[str, Model]) -> None:
    analysed = [m for m in _analysed(models) if not m.is_totals]
    unheld = {m.name for m in analysed if not m.test_names & HOLDS_ROWS}
    of_staging = {
        m.name: m.meta["rows_held_elsewhere"]
        for m in analysed
        if m.name.startswith("stg_") and "rows_held_elsewhere" in m.meta
    }
    reasons = ROWS_HELD_ELSEWHERE | of_staging
    assert unheld == set(reasons)
    singular = set().union(*(model.singular for model in models.values()))
    named = {name for why in reasons.values() for name in re.findall(r"assert_\w+", why)}
    assert named <= singular


def test_a_report_is_held_to_its_shops(models: dict[str, Model]) -> None:
    unheld = {m.name for m in _analysed(models, "rpt_") if not m.test_names & HOLDS_SHOPS}
    assert unheld == set(SHOPS_HELD_ELSEWHERE)


def test_what_is_compared_within_a_table_is_also_held_to_another(models: dict[str, Model]) -> None:
    within = [m for m in _analysed(models) if m.test_names & COMPARE_WITHIN]
    assert within
    assert [m.name for m in within if not m.test_names & HOLDS_SHOPS] == []


def test_a_key_of_another_table_is_held_to_it(models: dict[str, Model]) -> None:
    for model in _analysed(models):
        keys = {column for column in model.node["columns"] if column.endswith("_key")}
        for column in keys - (set(model.meta["grain"]) if len(model.meta["grain"]) == 1 else set()):
            parent = model.references.get(column, "")
            assert parent.startswith(("dim_", "fct_", "rpt_")), f"{model.name}.{column}"


def test_a_date_of_a_report_is_a_day_of_dim_dates(models: dict[str, Model]) -> None:
    for model in [*_analysed(models, "rpt_"), models["fct_orders"]]:
        dates = {n for n, c in model.node["columns"].items() if c["data_type"] == "date"}
        elsewhere = model.meta.get("dates_outside_dim_dates", {})
        assert all(reason.strip() for reason in elsewhere.values()), model.name
        held = {column for column, to in model.references.items() if to == "dim_dates"}
        assert dates == held | set(elsewhere), model.name
        assert not held & set(elsewhere), model.name
