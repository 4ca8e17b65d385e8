"""`lakehouse experiment`: from declaration to verdict without Spark; mistakes in one sentence."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from lakehouse.cli import app
from lakehouse.errors import ExitCode
from lakehouse.lake import Lake
from lakehouse.reading import read_table
from lakehouse.session import PROJECT_DIR
from ml.experiments.assignment import assign
from ml.experiments.declaration import Experiment
from ml.experiments.plan import plan
from tests.python.gold_tables import write_gold

DAY = timedelta(days=1)
START = datetime(2024, 5, 1, tzinfo=UTC)
DOCUMENT = (PROJECT_DIR / "docs" / "experiments.md").read_text(encoding="utf-8")
DECLARED = """
name: als_against_popular
unit: customer
variants: [{name: control, strategy: popularity}, {name: als, strategy: als}]
metric: {kind: mean, baseline_mean: 20, baseline_sd: 20}
outcome_days: 7
minimum_lift: 0.5
looks: 2
"""
EXPERIMENT = Experiment.model_validate(yaml.safe_load(DECLARED))
PLANNED = plan(EXPERIMENT)
CUSTOMERS = [f"a|{number}" for number in range(PLANNED.total)]

Command = Callable[..., Result]


@pytest.fixture
def command(lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs a command on an experiment that is declared, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    Path("declared.yml").write_text(DECLARED, encoding="utf-8")
    runner = CliRunner(env={"LAKE_ROOT": lake.root})

    def run(*arguments: str) -> Result:
        return runner.invoke(app, ["experiment", *arguments])

    assert run("create", "declared.yml").exit_code == 0
    return run


def write_orders(lake: Lake, spent: dict[str, float]) -> None:
    """Gold in which every customer orders on the second day, by variant for so much or 1 more."""
    write_gold(lake, "dim_shops", [{"shop_id": "a", "has_order_dates": True}])
    write_gold(lake, "dim_customers", [{"shop_id": "a", "customer_key": key} for key in CUSTOMERS])
    variants = assign(EXPERIMENT, CUSTOMERS)
    orders: list[dict[str, Any]] = [
        {
            "shop_id": "a",
            "customer_key": key,
            "ordered_at": START + DAY,
            "net_amount": Decimal(spent[variant.name] + number % 2),
            "has_sale": True,
        }
        for number, (key, variant) in enumerate(zip(CUSTOMERS, variants, strict=True))
    ]
    # By which it is known what happened until then.
    last = {"shop_id": "a", "ordered_at": START + 8 * DAY, "net_amount": Decimal(0)}
    write_gold(lake, "fct_orders", [*orders, {"customer_key": CUSTOMERS[0], **last}])


def write_shown(path: Path, count: int) -> None:
    """What the first customers were shown, on the first day."""
    shown = CUSTOMERS[:count]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["variant", "unit_id", "exposed_at", "strategy", "items"])
        for key, variant in zip(shown, assign(EXPERIMENT, shown), strict=True):
            writer.writerow([variant.name, key, START.isoformat(), variant.strategy, "p q"])


def test_a_declaration_is_kept_and_planned(command: Command, lake: Lake) -> None:
    again = command("create", "declared.yml")
    assert again.exit_code == 0
    assert "was declared before, just so" in again.stdout
    half, value = PLANNED.total / 2, PLANNED.critical_values[0]
    assert f"│ 1    │ {half:,.0f}" in again.stdout
    assert f"{value:.2f}" in again.stdout
    assert f"{PLANNED.total:,} units in all, {PLANNED.inflation:.3f} times" in again.stdout
    assert "better by 50.0% is found with probability 0.8" in again.stdout
    assert read_table(lake, "ml", "experiments")["name"].to_pylist() == ["als_against_popular"]


def test_units_of_a_file_and_of_a_shop_are_assigned_alike(command: Command, lake: Lake) -> None:
    write_orders(lake, {"control": 10, "als": 10})
    Path("units.csv").write_text("unit_id\n" + "\n".join(CUSTOMERS), encoding="utf-8")
    of_file = command("assign", "als_against_popular", "--units", "units.csv")
    of_shop = command("assign", "als_against_popular", "--shop", "a", "--out", "a.csv")
    assert (of_file.exit_code, of_shop.exit_code) == (0, 0)
    written = Path("exports", "experiment_als_against_popular.csv").read_text(encoding="utf-8")
    rows = [line.split(",") for line in written.splitlines()]
    assert rows[0] == ["unit_id", "variant", "strategy"]
    expected = zip(CUSTOMERS, assign(EXPERIMENT, CUSTOMERS), strict=True)
    assert rows[1:] == [[key, variant.name, variant.strategy] for key, variant in expected]
    assert sorted(written.splitlines()) == sorted(
        Path("a.csv").read_text(encoding="utf-8").splitlines()
    )
    count = sum(row[1] == "als" for row in rows)
    assert f"als: {count:,} units\n" in of_shop.stdout
    assert f"Wrote {len(CUSTOMERS):,} units: a.csv" in of_shop.stdout


def test_exposures_are_added_once(command: Command, lake: Lake) -> None:
    write_shown(Path("some.csv"), 10)
    write_shown(Path("more.csv"), 15)
    said = [command("expose", "als_against_popular", f"{name}.csv") for name in ("some", "more")]
    assert said[0].stdout == "10 exposures added, 0 were there already\n"
    assert said[1].stdout == "5 exposures added, 10 were there already\n"
    assert read_table(lake, "ml", "experiment_exposures").num_rows == 15


def test_exposures_to_another_variant_than_the_assigned_one_are_told(
    command: Command, lake: Lake
) -> None:
    write_shown(Path("shown.csv"), 10)
    header, first, *others = Path("shown.csv").read_text(encoding="utf-8").splitlines()
    own, _, rest = first.partition(",")
    other = {"control": "als", "als": "control"}[own]
    Path("shown.csv").write_text("\n".join([header, f"{other},{rest}", *others]), encoding="utf-8")
    said = command("expose", "als_against_popular", "shown.csv")
    assert said.exit_code == 0
    assert "10 exposures added" in said.stdout
    told = " ".join(said.stdout.split())
    assert "1 of the file's exposures are to another variant than `assign` gives the unit" in told
    assert f"the first: {CUSTOMERS[0]} saw {other}." in told
    assert read_table(lake, "ml", "experiment_exposures").num_rows == 10


def test_a_difference_ends_the_experiment_at_its_look(command: Command, lake: Lake) -> None:
    write_orders(lake, {"control": 10, "als": 14})
    write_shown(Path("shown.csv"), len(CUSTOMERS))
    command("expose", "als_against_popular", "shown.csv")
    early = command("report", "als_against_popular", "--as-of", "2024-05-07")
    assert "Keep going: the next look is due at" in early.stdout
    assert not lake.has_table("ml", "experiment_looks")

    found = command("report", "als_against_popular", "--shop", "a")
    assert found.exit_code == 0
    assert "als_against_popular: Stop: als is better." in found.stdout
    assert "Sample ratio: p = " in found.stdout
    assert "as of 2024-05-09 00:00 UTC" in found.stdout
    assert re.search(r"│ als +│ als .*\+3\d\.\d% \(", found.stdout)
    page = Path("reports", "experiment_als_against_popular.html").read_text(encoding="utf-8")
    assert "<p>Stop: als is better.</p>" in page
    assert 'id="chart-lift"' in page
    assert 'id="chart-z"' in page

    kept = read_table(lake, "ml", "experiment_looks")
    again = command("report", "als_against_popular", "--as-of", "2024-05-09T00:00:40")
    assert again.stdout == found.stdout
    assert read_table(lake, "ml", "experiment_looks") == kept
    late = command("report", "als_against_popular", "--as-of", "2024-05-10")
    assert late.exit_code == 1
    assert "ended with its look of 2024-05-09 00:00 (stop: better)" in late.stderr


def test_what_is_loaded_later_does_not_change_a_look(command: Command, lake: Lake) -> None:
    write_orders(lake, {"control": 10, "als": 14})
    write_shown(Path("shown.csv"), len(CUSTOMERS))
    command("expose", "als_against_popular", "shown.csv")
    found = command("report", "als_against_popular")
    write_orders(lake, {"control": 14, "als": 10})
    again = command("report", "als_against_popular", "--as-of", "2024-05-09")
    assert "als_against_popular: Stop: als is worse." in again.stdout
    said = "This look was kept when it was made, by the rows of then; it stays."
    assert (said in again.stdout, said in found.stdout) == (True, False)
    assert read_table(lake, "ml", "experiment_looks")["verdict"].to_pylist() == ["stop: better"]


def test_outcomes_may_come_from_a_file_and_no_step_needs_java(command: Command, lake: Lake) -> None:
    write_shown(Path("shown.csv"), len(CUSTOMERS))
    command("expose", "als_against_popular", "shown.csv")
    lines = [f"{key},2024-05-02,{10 + number % 3}" for number, key in enumerate(CUSTOMERS)]
    last = ",2024-05-08T00:00,0"
    Path("done.csv").write_text("\n".join(["unit_id,occurred_at,value", *lines, last]))
    options = ("--outcomes", "done.csv", "--out", "page.html")
    result = subprocess.run(
        [sys.executable, *("-m", "lakehouse", "experiment", "report", EXPERIMENT.name), *options],
        env={
            **os.environ,
            "LAKE_ROOT": lake.root,
            "PYTHONPATH": str(PROJECT_DIR),
            "JAVA_HOME": "/nowhere",
            "PATH": "",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert "Stop: no difference shown at the planned size." in result.stdout
    assert Path("page.html").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("create", "wrong.yml"), "wrong.yml: minimum_lift: missing"),
        (("create", "other.yml"), "Another experiment als_against_popular is declared in"),
        (("assign", "als"), "no experiment 'als'. There are: als_against_popular."),
        (("assign", "als_against_popular"), "Name one of the two: --units FILE.csv, or --shop"),
        (("assign", "als_against_popular", "--shop", "a"), "Run: lakehouse build"),
        (("expose", "als_against_popular", "wrong.yml"), "wrong.yml lacks the column variant"),
        (("report", "als"), "no experiment 'als'"),
        (("report", "als_against_popular"), "lakehouse experiment expose als_against_popular"),
        (("report", "als_against_popular", "--as-of", "noon"), "--as-of noon: no moment; write"),
        (("report", "als_against_popular", "--as-of", "2999-01-01"), "2999-01-01 is still to come"),
        (
            ("report", "als_against_popular", "--shop", "a", "--outcomes", "done.csv"),
            "Name one of the two at most",
        ),
    ],
)
def test_a_mistake_is_one_sentence(
    command: Command, arguments: tuple[str, ...], sentence: str
) -> None:
    Path("wrong.yml").write_text(DECLARED.replace("minimum_lift: 0.5", ""), encoding="utf-8")
    Path("other.yml").write_text(DECLARED.replace("0.5", "0.6"), encoding="utf-8")
    result = command(*arguments)
    assert result.exit_code == ExitCode.FAILED
    assert result.stderr.startswith("lakehouse: ")
    assert sentence in result.stderr
    assert result.stdout == ""


def test_the_sample_of_the_document_can_be_declared(command: Command) -> None:
    [sample] = re.findall(r"```yaml\n(.+?)```", DOCUMENT, re.DOTALL)
    Path("sample.yml").write_text(sample.replace("als_against", "als_or"), encoding="utf-8")
    result = command("create", "sample.yml")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "als_or_popular is declared" in result.stdout


def test_the_commands_of_the_document_exist(command: Command) -> None:
    lines = re.findall(r"^lakehouse experiment (\w+)(.*)", DOCUMENT, re.MULTILINE)
    assert {step for step, _ in lines} == {"create", "assign", "expose", "report"}
    for step, rest in lines:
        # As wide as no option is cut.
        told = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["experiment", step, "--help"]).stdout
        for option in re.findall(r"--[a-z-]+", rest):
            assert option in told, f"{step} {option}"


def test_the_program_of_the_document_logs_an_exposure(
    command: Command, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    [program] = re.findall(r"```python\n(.+?)```", DOCUMENT, re.DOTALL)
    monkeypatch.setenv("LAKE_ROOT", lake.root)
    exec(program, {})
    [row] = read_table(lake, "ml", "experiment_exposures").to_pylist()
    assert (row["unit_id"], row["items"]) == ("thelook|42", ["thelook|1001", "thelook|977"])
