"""The command line: answers at once, and errors are one sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from rich.console import Console

from lakehouse.commands.build import UNSEEN, tell_error
from lakehouse.commands.demo import SHOWN, check_disk
from lakehouse.errors import ExitCode, MachineError
from lakehouse.generate import SHOPS
from lakehouse.lake import Lake
from lakehouse.session import PROJECT_DIR
from lakehouse.transform import DbtError, check, run_dbt
from ml.catalogue import MODELS

if TYPE_CHECKING:
    from dbt_common.events.base_types import EventMsg


def _run(*arguments: str, cwd: Path = PROJECT_DIR, **variables: str) -> tuple[int, str]:
    """Exit code and all that the command says."""
    result = subprocess.run(
        [sys.executable, "-m", "lakehouse", *arguments],
        cwd=cwd,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    return result.returncode, result.stdout + result.stderr


def test_help_names_the_steps_without_starting_spark() -> None:
    heavy = {"pyspark", "dbt", "numpy", "pyarrow", "yaml", "duckdb", "pydantic"}
    program = f"import sys; from lakehouse import cli; print({heavy} & {{*sys.modules}})"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == "set()"
    code, said = _run("--help")
    assert code == 0
    for step in ("generate", "load", "build", "status", "docs", "demo"):
        assert step in said


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("load", "no/such/folder"), "no/such/folder"),
        (("load", ".", "--locale", "Rome"), "no locale Rome"),
        (("generate", "--shop", "nobody", "--out", "unused"), "no such shop to generate: nobody"),
        (("generate", "--scale", "0", "--out", "unused"), "scale"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_1(
    arguments: tuple[str, ...], sentence: str, tmp_path: Path
) -> None:
    code, said = _run(*arguments, cwd=tmp_path, LAKE_ROOT=str(tmp_path / "lake"))
    assert code == 1
    assert sentence in said
    assert "Traceback" not in said


def test_an_empty_folder_says_so(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    code, said = _run("load", "raw", cwd=tmp_path, LAKE_ROOT=str(tmp_path / "lake"))
    assert code == 1
    assert "Traceback" not in said
    assert "raw" in said


def test_rejected_files_are_named_and_the_exit_code_says_so(tmp_path: Path) -> None:
    for name in ("rees46/empty.csv", "thelook/customers.csv"):
        path = tmp_path / "raw" / name
        path.parent.mkdir(parents=True)
        path.touch()
    # Nothing here needs Spark, so that even its absence is not noticed.
    nowhere = str(tmp_path / "no_java")
    lake = str(tmp_path / "lake")
    code, said = _run("load", "raw", cwd=tmp_path, LAKE_ROOT=lake, JAVA_HOME=nowhere)
    assert code == 3
    assert "2 of 2 files were rejected" in said
    assert "empty.csv is empty (0 bytes)." in said
    assert "customers.csv fits no table of thelook" in said
    assert "Traceback" not in said


def test_what_is_not_there_cannot_be_withdrawn(tmp_path: Path) -> None:
    code, said = _run("withdraw", "rees46/a.csv", LAKE_ROOT=str(tmp_path / "lake"))
    assert code == 1
    assert "holds no file or batch rees46/a.csv" in said


def test_status_of_an_empty_lake_says_what_to_run(tmp_path: Path) -> None:
    code, said = _run("status", LAKE_ROOT=str(tmp_path / "lake"))
    assert code == 0
    assert "nothing is built" in said
    assert "lakehouse load DIR" in said


@pytest.mark.parametrize("arguments", [("register",), ("demo", "--folder", "demo")])
def test_no_java_is_one_sentence_before_any_work(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    lake = str(tmp_path / "lake")
    code, said = _run(*arguments, cwd=tmp_path, LAKE_ROOT=lake, JAVA_HOME=str(tmp_path))
    assert code == 1
    assert said.startswith("lakehouse: Java is missing")
    assert "Traceback" not in said
    assert not (tmp_path / "demo").exists()


def test_the_demo_shows_every_model_on_a_shop_that_it_generates() -> None:
    assert list(SHOWN) == [model.name for model in MODELS]
    assert set(SHOWN.values()) <= set(SHOPS)


def test_no_room_for_the_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=7_000_000))
    with pytest.raises(MachineError, match=r"Only 7 MB are free on the disk of .*demo; 1000 MB"):
        check_disk(tmp_path / "demo")


def test_dbts_errors_are_told_and_its_stack_traces_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    monkeypatch.setenv("DBT_LOG_PATH", str(tmp_path / "logs"))
    broken = tmp_path / "project"
    broken.mkdir()
    (broken / "dbt_project.yml").write_text("name: broken\nprofile: lakehouse\nbad: [")
    told: list[str] = []

    def listener(event: EventMsg) -> None:
        told.append(event.info.name)
        tell_error(event)

    arguments = [*UNSEEN, "parse", "--project-dir", str(broken)]
    with pytest.raises(DbtError, match="dbt stopped") as stopped:
        check(run_dbt(Lake.at(tmp_path / "lake"), arguments, listener))
    assert stopped.value.exit_code == ExitCode.USAGE
    assert "MainEncounteredError" in told
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("name", "level", "said"),
    [
        ("RunResultError", "error", "Failure in rpt_kpis\n"),
        ("LogTestResult", "warn", ""),
        ("MainStackTrace", "error", ""),
    ],
)
def test_what_failed_in_dbt_is_told_once(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    level: str,
    said: str,
) -> None:
    monkeypatch.setattr("lakehouse.console.console", Console())
    info = SimpleNamespace(name=name, level=level, msg="Failure in rpt_kpis")
    tell_error(cast("EventMsg", SimpleNamespace(info=info)))
    assert capsys.readouterr().out == said


@pytest.mark.slow
def test_a_shell_with_env_sh_has_dbt_and_lakehouse(tmp_path: Path) -> None:
    script = f"""
        source {PROJECT_DIR}/scripts/env.sh
        command -v dbt
        dbt --quiet ls -s dim_shops --resource-type model
        lakehouse status | tail -n 1
        echo "$LAKE_ROOT"
    """
    environment = {
        **os.environ,
        "LAKE_ROOT": f"{tmp_path}/lake",
        "DBT_TARGET_PATH": f"{tmp_path}/t",
    }
    result = subprocess.run(
        ["bash", "-c", script],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = result.stdout.splitlines()
    assert lines[0] == f"{PROJECT_DIR}/scripts/bin/dbt"
    assert lines[1] == "lakehouse.gold.core.dim_shops"
    assert lines[2].startswith("Next: lakehouse load DIR")
    assert lines[3] == f"{tmp_path}/lake"
