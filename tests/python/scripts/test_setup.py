"""The set-up says in one sentence what the machine lacks, before it touches anything."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SETUP = Path(__file__).parents[3] / "scripts" / "setup.sh"


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder with the only commands of a machine: a shell's, a good Python, Java and disk."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "dirname", "sed", "head", "awk"):
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    _command(folder, "java", "echo 'openjdk version \"17.0.1\"' >&2")
    _command(folder, "df", "printf 'head\\n/dev/x 9 9 9000000 9 /\\n'")
    (folder / "python3").symlink_to(sys.executable)
    return folder


def _command(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.unlink(missing_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def _said(machine: Path, tmp_path: Path) -> str:
    """What a set-up that must fail says, run in an empty project."""
    project = tmp_path / "project" / "scripts"
    project.mkdir(parents=True)
    shutil.copy(SETUP, project)
    environment = {"PATH": str(machine), "HOME": os.environ.get("HOME", "/")}
    command = [str(machine / "sh"), str(project / "setup.sh")]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert not (tmp_path / "project" / ".venv").exists()
    [line] = result.stderr.splitlines()
    return line


def test_no_java(machine: Path, tmp_path: Path) -> None:
    (machine / "java").unlink()
    assert "Java is missing" in _said(machine, tmp_path)


def test_wrong_java(machine: Path, tmp_path: Path) -> None:
    _command(machine, "java", "echo 'openjdk version \"11.0.2\"' >&2")
    assert "Java 11 is not supported" in _said(machine, tmp_path)


def test_wrong_python(machine: Path, tmp_path: Path) -> None:
    _command(machine, "python3", "exit 1")
    assert "Python 3.11, 3.12 or 3.13 is missing" in _said(machine, tmp_path)


def test_no_disk(machine: Path, tmp_path: Path) -> None:
    _command(machine, "df", "printf 'head\\n/dev/x 9 9 1000 9 /\\n'")
    assert "MB are free" in _said(machine, tmp_path)
