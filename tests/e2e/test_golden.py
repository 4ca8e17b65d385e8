"""Gold on the golden files, against values that the project's SQL did not compute."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.golden.compare import ExpectedTable, compare, expected_tables

if TYPE_CHECKING:
    from tests.e2e.conftest import GoldenLake


@pytest.mark.parametrize("expected", expected_tables(), ids=lambda e: e.csv_path.stem)
def test_gold_is_as_worked_out_by_hand(golden: GoldenLake, expected: ExpectedTable) -> None:
    rows = expected.covered(golden.rows("gold", expected.table))
    assert compare(rows, expected.csv_path, expected.keys) == []


def test_every_model_gives_the_same_again_and_with_ansi_on(
    golden: GoldenLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dbt.adapters.spark.connections import SparkCredentials

    before = _contents(golden)
    prepare = SparkCredentials.__post_init__

    def with_ansi(credentials: SparkCredentials) -> None:
        prepare(credentials)
        credentials.server_side_parameters["spark.sql.ansi.enabled"] = "true"

    monkeypatch.setattr(SparkCredentials, "__post_init__", with_ansi)
    result = golden.dbt("build", "--exclude-resource-type", "test", "unit_test")
    assert golden.spark.conf.get("spark.sql.ansi.enabled") == "true"
    golden.spark.conf.set("spark.sql.ansi.enabled", "false")
    assert result.success

    after = _contents(golden)
    assert after.keys() == before.keys()
    assert [name for name in before if after[name] != before[name]] == []


def _contents(golden: GoldenLake) -> dict[str, list[str]]:
    return {
        f"{layer}.{table}": sorted(str(row) for row in golden.rows(layer, table))
        for layer in ("silver", "gold")
        for table in golden.lake.tables(layer)
    }
