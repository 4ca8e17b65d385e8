"""`lakehouse metric`: figures without Spark, and mistakes in one sentence."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner, Result

from lakehouse.cli import app
from lakehouse.lake import Lake
from lakehouse.session import PROJECT_DIR
from tests.python.metrics.small_gold import write_small_gold


@pytest.fixture(scope="module")
def small_lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return write_small_gold(Lake.at(tmp_path_factory.mktemp("metric") / "lake"))


def _metric(lake: Lake, *arguments: str) -> Result:
    return CliRunner(env={"LAKE_ROOT": lake.root}).invoke(app, ["metric", *arguments])


def test_figures_come_without_java(small_lake: Lake) -> None:
    result = subprocess.run(
        [sys.executable, *("-m", "lakehouse", "metric", "net_amount", "--by", "country")],
        cwd=PROJECT_DIR,
        env={**os.environ, "LAKE_ROOT": small_lake.root, "JAVA_HOME": "/nowhere", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert "│ a       │ Spain   │      15.01 │" in result.stdout


def test_dimensions_come_one_by_one_or_with_commas(small_lake: Lake) -> None:
    csv = ("--format", "csv", "--shop", "a", "--grain", "month")
    one_by_one = _metric(
        small_lake, "net_amount", "order_count", "--by", "category", "--by", "country", *csv
    )
    assert one_by_one.exit_code == 0
    assert one_by_one.stdout.splitlines() == [
        '"shop_id","month","category","country","net_amount","order_count"',
        '"a",2024-01-01,"Hats","Spain",5.0050,1',
        '"a",2024-01-01,"Shoes","Spain",10.0000,1',
        '"a",2024-02-01,"Shoes",,-4.0000,0',
    ]
    listed = _metric(small_lake, "net_amount", "order_count", "--by", "category, country", *csv)
    assert listed.stdout == one_by_one.stdout


def test_days_are_inclusive(small_lake: Lake) -> None:
    days = ("--from", "2024-01-31", "--to", "2024-02-28")
    result = _metric(small_lake, "net_amount", *days, "--format", "json")
    assert json.loads(result.stdout) == [{"shop_id": "a", "net_amount": 15.005}]


def test_without_a_name_all_are_listed(lake: Lake) -> None:
    # No lake is needed: these are declarations.
    result = _metric(lake)
    assert result.exit_code == 0
    for text in ("net_amount", "Net sales", "Gross less returned", "--by country"):
        assert text in result.stdout
    metrics = json.loads(_metric(lake, "--format", "json").stdout)
    assert {metric["name"] for metric in metrics} >= {"net_amount", "conversion_rate"}
    assert _metric(lake, "--format", "csv").stdout.startswith('"name","label","description",')


def test_sql_is_printed_and_needs_no_lake(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    result = _metric(lake, "net_amount", "--by", "brand", "--shop", "rees46", "--sql")
    assert result.exit_code == 0
    assert result.stdout.startswith("with\n\norder_items as (")
    assert "from gold.dim_products\n    where shop_id = 'rees46'" in result.stdout
    monkeypatch.setenv("LAKE_SCHEMA_PREFIX", "other_")
    assert "from other_gold.dim_products" in _metric(
        lake, "net_amount", "--by", "brand", "--sql"
    ).stdout.replace("\n    ", " ")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("net_amuont",), "no metric 'net_amuont'. Did you mean net_amount"),
        (("net_amount", "country"), "country is a dimension, not a metric: --by country"),
        (("net_amount", "--by", "contry"), "Did you mean country"),
        (("session_count", "--by", "category"), "session_count can be grouped by: shop, customer_"),
        (("net_amount", "session_count", "--by", "brand"), "session_count cannot be grouped by"),
        (("net_amount", "--shop", "c"), "no shop 'c'. There are: a, b."),
        (("net_amount", "--shop", "c' or 'a' = 'a"), "No shop can be called"),
        (("net_amount", "--from", "2023-02-29"), "--from 2023-02-29 is no day"),
        (("net_amount", "--to", "yesterday"), "--to yesterday is no day"),
        (("net_amount", "--from", "2024-02-01", "--to", "2024-01-01"), "No day is from"),
        (("net_amount", "--grain", "hour"), "Unknown grain 'hour'. There are: day, week, month"),
        (("net_amount", "--format", "xml"), "Unknown format 'xml'. There are: table, csv, json."),
        (("--by", "country"), "Name at least one metric"),
        (("--sql",), "Name at least one metric"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_1(
    small_lake: Lake, arguments: tuple[str, ...], sentence: str
) -> None:
    result = _metric(small_lake, *arguments)
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert result.stderr.startswith("lakehouse: ")
    assert result.stdout == ""


def test_without_gold_it_says_what_to_run(lake: Lake) -> None:
    result = _metric(lake, "net_amount")
    assert result.exit_code == 1
    assert "Run: lakehouse build" in result.stderr
