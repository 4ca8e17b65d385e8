"""A copied lake is built where it lies; the lake that it came from never notices."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lakehouse.lake import LAYERS, Lake
from lakehouse.session import dbt_environment
from tests.e2e.conftest import GoldenLake, dbt_on

if TYPE_CHECKING:
    from collections.abc import Iterator


def _versions(lake: Lake) -> dict[tuple[str, str], int]:
    return {
        (layer, table): lake.version(layer, table)
        for layer in LAYERS
        for table in lake.tables(layer)
    }


@pytest.fixture
def environment() -> Iterator[None]:
    """The variables that name a lake are as before when the test ends."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.mark.usefixtures("environment")
def test_a_model_and_a_snapshot_of_a_copy_leave_the_original_alone(
    golden: GoldenLake, tmp_path: Path
) -> None:
    # Its names are as plain as those of the lake of the session: they must not meet.
    copy = Lake.at(tmp_path / "copy")
    shutil.copytree(golden.lake.root, copy.root)
    segments = f"delta.`{copy.path('gold', 'rpt_customer_segments')}`"
    golden.spark.sql(f"update {segments} set clv_segment = 'At Risk'")
    history = copy.read(golden.spark, "silver", "customer_segments").count()
    before = _versions(golden.lake), _versions(copy)

    for command in (["run", "-s", "dim_shops"], ["snapshot"]):
        result = dbt_on(copy, tmp_path, *command)
        assert result.success, result.exception

    assert _versions(golden.lake) == before[0]
    assert copy.version("gold", "dim_shops") > before[1]["gold", "dim_shops"]
    assert copy.read(golden.spark, "silver", "customer_segments").count() > history


@pytest.mark.usefixtures("environment")
def test_dbt_itself_refuses_names_that_lead_into_another_lake(
    golden: GoldenLake, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a metastore that was copied by hand holds; only our own commands register anew."""
    from dbt.cli.main import dbtRunner

    lake = Lake.at(tmp_path / "lake", "strayed_")
    place = golden.lake.path("gold", "dim_shops")
    golden.spark.sql("create schema strayed_gold")
    golden.spark.sql(f"create table strayed_gold.dim_shops using delta location '{place}'")
    before = _versions(golden.lake)

    os.environ.update(dbt_environment(lake), DBT_TARGET_PATH=str(tmp_path / "target"))
    result = dbtRunner().invoke(["run", "-s", "dim_shops"])

    assert not result.success
    said = f"{result.exception}{capsys.readouterr().out}"
    assert f"strayed_gold.dim_shops is registered at {place}" in said
    assert _versions(golden.lake) == before
