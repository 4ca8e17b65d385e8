"""Gold on the golden files, against values that the project's SQL did not compute."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.golden.compare import ExpectedTable, compare, expected_tables

if TYPE_CHECKING:
    from tests.e2e.conftest import GoldenLake
    from tests.mutation.engine import Engine


@pytest.mark.parametrize("expected", expected_tables(), ids=lambda e: e.csv_path.stem)
def test_gold_is_as_worked_out_by_hand(golden: GoldenLake, expected: ExpectedTable) -> None:
    rows = expected.covered(golden.rows("gold", expected.table))
    assert compare(rows, expected.csv_path, expected.keys) == []


def test_every_model_gives_the_same_with_ansi_on(golden_engine: Engine) -> None:
    assert golden_engine.is_ansi
    # dbt built with ANSI mode off; the engine raises where its own answer is another
    rows = [golden_engine.original(model).dicts for model in golden_engine.models]
    assert any(rows)
