"""Spark starts from an archive of classes where there is one, and as ever where there is none."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from lakehouse import shared_classes
from lakehouse.shared_classes import BRIEF, archive_path, make_archive, quick_start

JAVA = 'openjdk version "17.0.15"'


@pytest.fixture
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration that is in use, and a Spark with one jar."""
    home = tmp_path / "spark"
    (home / "jars").mkdir(parents=True)
    (home / "jars" / "spark.jar").write_text("classes")
    monkeypatch.setattr(shared_classes, "spark_home", lambda: home)
    folder = tmp_path / "my profiles"
    folder.mkdir()
    (folder / "spark-defaults.conf").write_text("spark.master local")
    monkeypatch.setenv("SPARK_CONF_DIR", str(folder))
    monkeypatch.setenv("PYSPARK_SUBMIT_ARGS", '--conf "a=b c" pyspark-shell')
    monkeypatch.delenv("SPARK_LAUNCHER_OPTS", raising=False)
    return folder


def started(profiles: Path, is_brief: bool = False, new_archive: Path | None = None) -> list[str]:
    """The arguments with which Spark starts in the block; checks what is left behind it."""
    before = dict(os.environ)
    with quick_start(JAVA, profiles, is_brief, new_archive):
        arguments = shlex.split(os.environ["PYSPARK_SUBMIT_ARGS"])
        assert "SPARK_CONF_DIR" not in os.environ
    os.environ.pop("SPARK_LAUNCHER_OPTS")
    assert dict(os.environ) == before
    return arguments


def test_the_configuration_is_named_file_by_file(profiles: Path) -> None:
    arguments = started(profiles)

    assert arguments[:2] == ["--properties-file", str(profiles / "spark-defaults.conf")]
    assert "my%20profiles/log4j2.properties" in arguments[3]
    assert arguments[4:] == ["--conf", "a=b c", "pyspark-shell"]


def test_an_archive_is_used_where_it_is_whole(profiles: Path) -> None:
    archive = archive_path(JAVA, profiles)
    assert "SharedArchiveFile" not in started(profiles)[3]

    archive.with_name(f".{archive.name}.1.partial").write_text("half")
    assert "SharedArchiveFile" not in started(profiles)[3]
    archive.write_text("whole")

    assert f'"-XX:SharedArchiveFile={archive}"' in started(profiles)[3]
    assert "-Xlog:disable" in started(profiles)[3]


def test_a_brief_process_compiles_quickly(profiles: Path) -> None:
    assert BRIEF in started(profiles, is_brief=True)[3]
    assert BRIEF not in started(profiles)[3]


def test_the_archive_is_of_one_java_one_set_of_jars_and_its_options(profiles: Path) -> None:
    first = archive_path(JAVA, profiles)
    assert archive_path(JAVA, profiles) == first
    (profiles / "spark-defaults.conf").write_text("spark.master local[2]")
    assert archive_path(JAVA, profiles) == first
    found = {first, archive_path(JAVA.replace("15", "16"), profiles)}
    (first.parent / "jars" / "spark.jar").write_text("other classes")
    found.add(archive_path(JAVA, profiles))
    (first.parent / "jars" / "delta.jar").write_text("classes")
    found.add(archive_path(JAVA, profiles))
    (profiles / "spark-defaults.conf").write_text("spark.driver.extraJavaOptions -XX:+UseSerialGC")
    found.add(archive_path(JAVA, profiles))
    assert len(found) == 5


def test_another_configuration_is_left_alone(
    profiles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPARK_CONF_DIR", str(tmp_path / "mine"))
    before = dict(os.environ)
    with quick_start(JAVA, profiles):
        assert dict(os.environ) == before


def test_an_archive_is_made_whole_and_those_of_before_go(
    profiles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(folder: Path, new_archive: Path) -> None:
        new_archive.write_text("whole")

    def fail(folder: Path, new_archive: Path) -> None:
        new_archive.write_text("half")
        raise KeyboardInterrupt

    archive = archive_path(JAVA, profiles)
    home = archive.parent
    old = home / "classes-0.jsa"
    old.write_text("old")
    (home / ".classes-0.jsa.1.partial").write_text("half")
    monkeypatch.setattr("lakehouse.session.PROFILES_DIR", profiles)
    monkeypatch.setattr("lakehouse.session.check_java", lambda: JAVA)

    monkeypatch.setattr(shared_classes, "_work", fail)
    with pytest.raises(KeyboardInterrupt):
        make_archive()
    assert {path.name for path in home.glob("[!.]*")} == {"jars", old.name}
    monkeypatch.setattr(shared_classes, "_work", work)
    make_archive()
    assert {path.name for path in home.iterdir()} == {"jars", archive.name}
    monkeypatch.setattr(shared_classes, "_work", fail)
    make_archive()
