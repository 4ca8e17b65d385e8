"""What `pip install` installs works outside the repository: code, data files, dbt project."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from email import message_from_string
from pathlib import Path

import pytest
import yaml

from lakehouse.session import PROJECT_DIR

DATA_FILES = ("*.yml", "*.json", "*.jinja")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked as an installer unpacks it."""
    folder = tmp_path_factory.mktemp("package")
    with _built("build_wheel", folder) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def _built(how: str, folder: Path) -> zipfile.ZipFile:
    """What the build backend makes of the repository."""
    builder = f"import sys; from hatchling.build import {how}; {how}(sys.argv[1])"
    subprocess.run([sys.executable, "-c", builder, str(folder)], cwd=PROJECT_DIR, check=True)
    [wheel] = folder.glob("*.whl")
    return zipfile.ZipFile(wheel)


def _run(installed: Path, *arguments: str) -> str:
    """What a command of the installed package says, run far from the repository."""
    away = installed.parent
    variables = {"PYTHONPATH": str(installed), "LAKE_ROOT": f"{away}/lake", "HOME": str(away)}
    kept = {name: os.environ[name] for name in ("PATH", "JAVA_HOME") if name in os.environ}
    result = subprocess.run(
        [sys.executable, *arguments],
        cwd=away,
        env=kept | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def _files(folder: Path, *patterns: str) -> set[str]:
    """Those that the project keeps: what starts with a dot is a tool's own, such as dbt's."""
    found = (path for pattern in patterns for path in folder.rglob(pattern))
    return {str(path.relative_to(folder)) for path in found if not path.name.startswith(".")}


def test_the_package_brings_its_data_files(installed: Path) -> None:
    package = PROJECT_DIR / "lakehouse"
    assert _files(package, "*.py", *DATA_FILES) <= _files(installed / "lakehouse", "*")


def test_the_package_brings_the_dbt_project(installed: Path) -> None:
    project = yaml.safe_load((PROJECT_DIR / "dbt_project.yml").read_text(encoding="utf-8"))
    folders = {path for key, paths in project.items() if key.endswith("-paths") for path in paths}
    folders = (folders - {"tests"}) | {"tests/dbt", "tests/generic", "profiles"}
    brought = installed / "lakehouse" / "project"
    for folder in folders:
        there = _files(PROJECT_DIR / folder, "*.*")
        assert there == _files(brought / folder, "*.*"), folder
        assert there


def test_the_package_declares_what_it_imports_at_run_time(installed: Path) -> None:
    [metadata] = installed.glob("*.dist-info/METADATA")
    declared = message_from_string(metadata.read_text(encoding="utf-8"))
    needed = [line for line in declared.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert {"pyspark==4.2.0", "delta-spark==4.4.0", "deltalake", "pydantic"} <= set(needed)
    assert not any(line.startswith(("pytest", "mypy", "sqlfluff")) for line in needed)


def test_the_installed_command_works(installed: Path) -> None:
    program = "import lakehouse.session as s; print(s.PROJECT_DIR)"
    assert _run(installed, "-c", program).strip() == str(installed / "lakehouse" / "project")
    assert "generate" in _run(installed, "-m", "lakehouse", "--help")
    assert "nothing is built" in _run(installed, "-m", "lakehouse", "status")
    assert f"DBT_PROJECT_DIR={installed}" in _run(installed, "-m", "lakehouse", "env")


@pytest.mark.slow
def test_the_installed_dbt_project_parses_and_is_left_as_it_is(installed: Path) -> None:
    before = _files(installed, "*.*")
    said = _run(installed, *("-m", "lakehouse", "dbt", "--quiet", "ls", "-s", "dim_shops"))
    assert "lakehouse.gold.core.dim_shops" in said
    assert {
        name for name in _files(installed, "*.*") - before if "__pycache__" not in name
    } == set()


def test_the_set_up_installs_the_repository_itself_and_copies_nothing(tmp_path: Path) -> None:
    with _built("build_editable", tmp_path) as archive:
        files = {name for name in archive.namelist() if ".dist-info/" not in name}
        assert {archive.read(name).decode().strip() for name in files} == {str(PROJECT_DIR)}
