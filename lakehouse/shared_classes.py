"""Spark's classes as Java keeps them ready: with their archive a process starts in half the work.

Java's class data sharing. The archive lies beside Spark's jars, one for each Java, set of jars and
options; set-up makes it (`python -m lakehouse.shared_classes`) in a process that loads a file and
builds a few tables. Where there is none, or Java refuses it, a start only takes longer.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lakehouse.jars import spark_home
from lakehouse.spark_settings import read_properties
from lakehouse.whole_file import whole_file

KEY_DIGITS = 16
JAVA_OPTIONS = "spark.driver.extraJavaOptions"
# What is built to have the classes of a build: a seed, and a table with tests.
TABLES = ("shops", "stg_shopping_trends__purchases")
# Java says nothing of an archive that it cannot use: nobody could do anything about it.
QUIET = "-Xlog:disable"
# Compiles once and quickly: less work until some minutes have passed, more from then on.
BRIEF = "-XX:TieredStopAtLevel=1"
# Runs in Java too, for half a second: it puts Spark's command together.
LAUNCHER = f"{BRIEF} -XX:+UseSerialGC -Xshare:auto"


def archive_path(java: str, profiles: Path) -> Path:
    """Where the archive for this environment lies, or would.

    Args:
        java: what `java -version` says.
        profiles: the folder of `spark-defaults.conf`, with Java's options.
    """
    jars = sorted((spark_home() / "jars").iterdir())
    stamps = [f"{jar.name} {(found := jar.stat()).st_size} {found.st_mtime_ns}" for jar in jars]
    options = read_properties(profiles / "spark-defaults.conf").get(JAVA_OPTIONS, "")
    key = hashlib.sha256("\n".join([java, *stamps, options]).encode()).hexdigest()
    return spark_home() / f"classes-{key[:KEY_DIGITS]}.jsa"


@contextmanager
def quick_start(
    java: str, profiles: Path, is_brief: bool = False, new_archive: Path | None = None
) -> Iterator[None]:
    """Makes the Java that is started in the block use the archive, or write one when it ends.

    A folder on Java's class path forbids an archive, and `SPARK_CONF_DIR` puts one there: in the
    block its files are named one by one. Another configuration than the project's is left alone.

    Args:
        java: what `java -version` says.
        profiles: the project's configuration.
        is_brief: the process will do little.
        new_archive: where to write one.
    """
    if os.environ.get("SPARK_CONF_DIR") != str(profiles):
        yield
        return
    archive = archive_path(java, profiles)
    options = [QUIET, *([BRIEF] if is_brief else [])]
    if new_archive is not None:
        options += [f"-XX:ArchiveClassesAtExit={new_archive}"]
    elif archive.exists():
        options += [f"-XX:SharedArchiveFile={archive}"]
    options += [f"-Dlog4j2.configurationFile={(profiles / 'log4j2.properties').as_uri()}"]
    java_options = " ".join(f'"{option}"' for option in options)
    before = {name: os.environ.get(name) for name in ("SPARK_CONF_DIR", "PYSPARK_SUBMIT_ARGS")}
    arguments = shlex.join(
        [
            *("--properties-file", str(profiles / "spark-defaults.conf")),
            *("--conf", f"spark.driver.defaultJavaOptions={java_options}"),
        ]
    )
    del os.environ["SPARK_CONF_DIR"]
    os.environ["PYSPARK_SUBMIT_ARGS"] = f"{arguments} {before['PYSPARK_SUBMIT_ARGS']}"
    os.environ.setdefault("SPARK_LAUNCHER_OPTS", LAUNCHER)
    try:
        yield
    finally:
        os.environ.update({name: value for name, value in before.items() if value is not None})


def make_archive() -> None:
    """Makes the archive for this environment, unless there is one, and removes those of others.

    Raises:
        LakehouseError: Spark does not start or work here.
        MachineError: the environment cannot be written to.
    """
    from lakehouse.session import PROFILES_DIR, check_java

    archive = archive_path(check_java(), PROFILES_DIR)
    if archive.exists():
        return
    print("Keeping Spark's classes ready for a quick start …", flush=True)
    with whole_file(archive) as partial, tempfile.TemporaryDirectory() as folder:
        _work(Path(folder), partial)
    # Those of other keys, and what killed processes left of theirs.
    for pattern in ("classes-*.jsa", ".classes-*.partial"):
        for other in archive.parent.glob(pattern):
            if other != archive:
                other.unlink()


def _work(folder: Path, new_archive: Path) -> None:
    """Does a little of what processes do, in a Java that then writes the archive."""
    from pyspark import SparkContext

    from lakehouse.generate import generate
    from lakehouse.ingest import load
    from lakehouse.lake import Lake
    from lakehouse.session import open_session
    from lakehouse.transform import check, run_dbt

    os.environ["DBT_TARGET_PATH"] = str(folder / "target")
    os.environ["DBT_LOG_PATH"] = str(folder / "logs")
    lake = Lake.at(folder / "lake")
    spark = open_session(lake, new_archive=new_archive)
    gateway = SparkContext._gateway
    assert gateway is not None
    try:
        generate(folder / "raw", ["shopping_trends"], scale=0.1)
        load(spark, lake, folder / "raw").check()
        check(
            run_dbt(lake, ["--quiet", "build", "--indirect-selection", "cautious", "-s", *TABLES])
        )
    finally:
        spark.stop()
        # Spark's process ends when this end of its pipe is closed; it writes the archive before.
        gateway.proc.stdin.close()
        gateway.proc.wait()


if __name__ == "__main__":
    from lakehouse.failures import guarded

    guarded(make_archive)()
