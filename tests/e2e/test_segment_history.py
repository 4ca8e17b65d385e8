"""The histories of segments: a customer who moves is seen, once, and stays seen.

A shop with dates has the one that month ends tell, from its orders; for a shop without there is
what builds saw.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.conftest import GoldenLake

CUSTOMER = "shopping_trends|1"
MOVES = "customer_segments", "rpt_segment_migration"


def _states(golden: GoldenLake) -> list[tuple[object, bool]]:
    """The customer's segments in order of time, and whether each still holds."""
    rows = [
        row for row in golden.rows("silver", "customer_segments") if row["customer_key"] == CUSTOMER
    ]
    rows.sort(key=lambda row: str(row["dbt_valid_from"]))
    return [(row["clv_segment"], row["dbt_valid_to"] is None) for row in rows]


def _moves(golden: GoldenLake) -> dict[tuple[object, object], object]:
    """Customers of the shop by segment before and after, first segments left out."""
    return {
        (row["from_segment"], row["to_segment"]): row["customer_count"]
        for row in golden.rows("gold", "rpt_segment_migration")
        if row["shop_id"] == "shopping_trends" and row["from_segment"] != "new"
    }


def _build(golden: GoldenLake) -> None:
    result = golden.dbt("build", "--exclude-resource-type", "unit_test", "-s", *MOVES)
    assert result.success, result.exception


def test_a_customer_who_moves_is_counted_once(golden: GoldenLake) -> None:
    assert _states(golden) == [("VIP Champions", True)]
    assert _moves(golden) == {}

    _build(golden)
    assert _states(golden) == [("VIP Champions", True)], "nothing changed, nothing is added"

    with golden.tampered(
        "gold",
        "rpt_customer_segments",
        f"update {{table}} set clv_segment = 'At Risk' where customer_key = '{CUSTOMER}'",
    ):
        _build(golden)
        _build(golden)
        assert _states(golden) == [("VIP Champions", False), ("At Risk", True)]
        assert _moves(golden) == {("VIP Champions", "At Risk"): 1}

    _build(golden)
    assert _states(golden) == [
        ("VIP Champions", False),
        ("At Risk", False),
        ("VIP Champions", True),
    ]
    assert _moves(golden) == {("VIP Champions", "At Risk"): 1, ("At Risk", "VIP Champions"): 1}


def test_what_builds_saw_moves_no_shop_with_month_ends(golden: GoldenLake) -> None:
    dated = ("online_retail", "thelook")

    def moves() -> list[str]:
        rows = golden.rows("gold", "rpt_segment_migration")
        return sorted(str(row) for row in rows if row["shop_id"] in dated)

    before = moves()
    assert before
    with golden.tampered(
        "gold",
        "rpt_customer_segments",
        "update {table} set clv_segment = 'At Risk' where shop_id in ('online_retail', 'thelook')",
    ):
        _build(golden)
        assert moves() == before
    _build(golden)
    assert moves() == before


def test_the_history_survives_the_metastore(golden: GoldenLake) -> None:
    before = golden.rows("silver", "customer_segments")
    golden.spark.sql(f"drop schema {golden.lake.schema('silver')} cascade")
    _build(golden)
    assert sorted(map(str, golden.rows("silver", "customer_segments"))) == sorted(map(str, before))
