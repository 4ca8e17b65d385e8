"""Spark gets the jars of the lock, with the bytes of the lock, and no others of theirs."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from lakehouse.errors import LakehouseError
from lakehouse.jars import Jar, put_jars, read_lock
from lakehouse.session import PROFILES_DIR, PROJECT_DIR

SPARKS_OWN = "spark-core_2.13-4.2.0.jar"


def _jar(version: str) -> Jar:
    return Jar("io.delta", "delta-spark_4.2_2.13", version, hashlib.sha256(b"right").hexdigest())


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """The jars of a Spark that has Delta 1.0 and its own."""
    folder = tmp_path / "pyspark" / "jars"
    folder.mkdir(parents=True)
    for name in (_jar("1.0").file_name, SPARKS_OWN):
        (folder / name).write_bytes(b"right")
    return folder


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """A lock of Delta 2.0."""
    path = tmp_path / "jars.lock"
    path.write_text(f"# Delta\n{_jar('2.0').coordinates} {_jar('2.0').sha256}\n")
    return path


def _resolver(monkeypatch: pytest.MonkeyPatch, content: bytes | None) -> list[Path]:
    """Spark's resolver, which finds the wanted jar or nothing; the folders that it was given."""
    folders = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        [option] = [part for part in command if part.startswith("spark.jars.ivy=")]
        folder = Path(option.partition("=")[2], "jars")
        folders.append(folder)
        folder.mkdir()
        if content is not None:
            (folder / _jar("2.0").file_name).write_bytes(content)
        return subprocess.CompletedProcess(command, 0, "", "unreachable")

    monkeypatch.setattr("lakehouse.jars.subprocess.run", run)
    return folders


def test_a_jar_with_other_bytes_is_not_there(tmp_path: Path) -> None:
    jar = _jar("1.0")
    assert not jar.is_at(tmp_path)
    (tmp_path / jar.file_name).write_bytes(b"wrong")
    assert not jar.is_at(tmp_path)
    (tmp_path / jar.file_name).write_bytes(b"right")
    assert jar.is_at(tmp_path)


def test_the_jars_of_an_older_delta_go(
    lock: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _resolver(monkeypatch, b"right")
    put_jars(lock, target)
    assert {path.name for path in target.iterdir()} == {_jar("2.0").file_name, SPARKS_OWN}


@pytest.mark.parametrize(
    ("content", "said"), [(b"wrong", "other bytes"), (None, "could not be fetched")]
)
def test_without_the_new_jars_the_old_ones_stay(
    lock: Path, target: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, said: str
) -> None:
    _resolver(monkeypatch, content)
    with pytest.raises(LakehouseError, match=said):
        put_jars(lock, target)
    assert {path.name for path in target.iterdir()} == {_jar("1.0").file_name, SPARKS_OWN}


def test_temporary_files_on_another_disk_do_not_matter(
    lock: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = _resolver(monkeypatch, b"right")
    move = Path.replace

    def within_a_disk(path: Path, to: Path) -> Path:
        if not path.is_relative_to(target.parent):
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        return move(path, to)

    monkeypatch.setattr(Path, "replace", within_a_disk)
    put_jars(lock, target)
    assert (target / _jar("2.0").file_name).exists()
    assert not folders[0].exists()


def test_the_lock_names_delta_as_pinned() -> None:
    jars = {jar.artifact: jar for jar in read_lock(PROFILES_DIR / "jars.lock")}
    pinned = (PROJECT_DIR / "pyproject.toml").read_text()
    assert f"delta-spark=={jars['delta-spark_4.2_2.13'].version}" in pinned
    assert all(len(jar.sha256) == 64 for jar in jars.values())


def test_nothing_that_spark_brings_is_taken_for_a_jar_of_the_lock() -> None:
    """What lies in this environment: Spark's own jars, and those of the lock."""
    import pyspark

    from lakehouse.jars import _PUT_HERE

    present = {path.name for path in Path(pyspark.__file__).parent.glob("jars/*.jar")}
    named = {name for name in present if _PUT_HERE.fullmatch(name)}
    assert named == {jar.file_name for jar in read_lock(PROFILES_DIR / "jars.lock")}
    assert len(present) > 100
