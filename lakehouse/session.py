"""The Spark session: what the user configured, what a lake needs (`profiles/`), the lake's paths.

The same variables serve Python, plain `dbt`, `pyspark` shells and notebooks: `spark_environment`
returns them, `scripts/env.sh` exports them, and `open_session` sets them before it starts Spark.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from lakehouse.catalog import METASTORE, WAREHOUSE, catalog_folder
from lakehouse.errors import LakehouseError, SparkError
from lakehouse.failures import meaningful_line
from lakehouse.jars import require_jars
from lakehouse.lake import Lake
from lakehouse.shared_classes import quick_start
from lakehouse.spark_settings import (
    JAR_PLACES,
    METASTORE_URL,
    OURS,
    Configuration,
    jar_locks,
    read_properties,
    storage_settings,
    submit_arguments,
)

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# The dbt project: beside this package in the repository, inside it where it was installed.
_PACKAGED = Path(__file__).resolve().parent / "project"
PROJECT_DIR = _PACKAGED if _PACKAGED.is_dir() else _PACKAGED.parent.parent
PROFILES_DIR = PROJECT_DIR / "profiles"
SUPPORTED_JAVA = (17, 21)
WANTED_JAVA = "Install Java 17 (or 21) and put it on the PATH or in JAVA_HOME"


def spark_environment(lake: Lake, more_roots: Sequence[str] = ()) -> dict[str, str]:
    """The environment variables with which any Spark process finds the lake and its metastore.

    Args:
        lake: the lake.
        more_roots: other folders or URIs that Spark is to read.

    Raises:
        LakehouseError: the lake's identity cannot be read or written.
    """
    configuration = Configuration.from_environment(PROFILES_DIR)
    catalog = catalog_folder(lake)
    ours = submit_arguments(
        configuration,
        needs=lake_needs(configuration, (lake.root, *more_roots)),
        metastore={
            "spark.sql.warehouse.dir": f"{catalog}/{WAREHOUSE}",
            METASTORE_URL: f"jdbc:derby:;databaseName={catalog}/{METASTORE};create=true",
            "spark.hadoop.datanucleus.schema.autoCreateTables": "true",
            "spark.hadoop.hive.metastore.schema.verification": "false",
        },
    )
    return {**submit_environment(configuration, ours), **dbt_environment(lake)}


def lake_needs(configuration: Configuration, roots: Sequence[str]) -> dict[str, str]:
    """What a lake needs of any Spark that is to read these roots."""
    return read_properties(PROFILES_DIR / "lake.conf") | storage_settings(
        configuration, roots, jar_locks(roots, PROFILES_DIR)
    )


def submit_environment(configuration: Configuration, ours: str) -> dict[str, str]:
    """The environment variables with which Spark starts as the user configured it, and as we need.

    Args:
        configuration: the user's.
        ours: arguments of `submit_arguments`, which go before the user's.
    """
    return {
        "SPARK_CONF_DIR": str(configuration.folder),
        # On a cluster the executors must find the driver: Spark knows the machine's address; and
        # which Python they have, the cluster knows.
        **({} if configuration.is_cluster else _local_settings()),
        OURS: ours,
        "PYSPARK_SUBMIT_ARGS": f"{ours} {configuration.arguments}",
    }


def _local_settings() -> dict[str, str]:
    """An address that needs no network, and this Python for what Spark runs in Python."""
    return {
        "SPARK_LOCAL_IP": os.environ.get("SPARK_LOCAL_IP") or "127.0.0.1",
        "PYSPARK_PYTHON": os.environ.get("PYSPARK_PYTHON") or sys.executable,
    }


def dbt_environment(lake: Lake) -> dict[str, str]:
    """The environment variables with which dbt finds its project and the lake."""
    return {
        "DBT_PROFILES_DIR": str(PROFILES_DIR),
        "DBT_PROJECT_DIR": str(PROJECT_DIR),
        **(_dbt_folders(lake) if PROJECT_DIR == _PACKAGED else {}),
        **lake.environment,
    }


def _dbt_folders(lake: Lake) -> dict[str, str]:
    """Where dbt writes when its project is installed, and so no place to write to."""
    return {
        name: os.environ.get(name) or f"{lake.catalog_dir}/dbt/{folder}"
        for name, folder in (("DBT_TARGET_PATH", "target"), ("DBT_LOG_PATH", "logs"))
    }


def open_session(
    lake: Lake,
    app_name: str = "lakehouse",
    more_roots: Sequence[str] = (),
    is_brief: bool = False,
    new_archive: Path | None = None,
) -> SparkSession:
    """The process's Spark session: started on the first call, shared by every later one.

    A session that the process has already, such as a platform's own, is used as it is.

    Args:
        lake: the lake, whose metastore a new session gets.
        app_name: what a cluster shows.
        more_roots: other folders or URIs that a new session is to read.
        is_brief: the process will do little; see `lakehouse.shared_classes`.
        new_archive: where its Java writes an archive of classes when it ends.

    Raises:
        LakehouseError: Java is missing or of a version that Spark does not support.
        SparkError: Spark did not start; its log is `_catalog/spark.log`.
    """
    from pyspark.sql import SparkSession

    # A statement that fails is reported by whoever sent it, not a second time by PySpark.
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    if SparkSession.getActiveSession() is not None:
        # The one that dbt takes, too: settings of another would not reach what it runs.
        return SparkSession.builder.getOrCreate()
    java = require_spark((lake.root, *more_roots))
    os.environ.update(spark_environment(lake, more_roots))
    with quick_start(java, PROFILES_DIR, is_brief, new_archive):
        return started(lake, SparkSession.builder.appName(app_name).enableHiveSupport())


def require_spark(roots: Sequence[str]) -> str:
    """Makes sure that Spark can start and read these roots; returns what Java says of its version.

    Raises:
        LakehouseError: Java is missing or of a version that Spark does not support; a jar could not
            be fetched.
    """
    java = check_java()
    configuration = Configuration.from_environment(PROFILES_DIR)
    if not configuration.settings.keys() & set(JAR_PLACES):
        for lock in jar_locks(roots, PROFILES_DIR):
            require_jars(lock)
    return java


def started(lake: Lake, builder: SparkSession.Builder, log_name: str = "spark.log") -> SparkSession:
    """The session of a builder, with the environment as it is; what Spark says goes to a log.

    Args:
        lake: whose catalog folder gets the log.
        builder: of the session.
        log_name: of the log.

    Raises:
        SparkError: Spark did not start.
    """
    lake.catalog_dir.mkdir(parents=True, exist_ok=True)
    try:
        with _log_to(lake.catalog_dir / log_name):
            return builder.getOrCreate()
    except Exception as error:
        raise SparkError(f"Spark did not start: {meaningful_line(str(error))}") from error


@contextmanager
def _log_to(path: Path) -> Iterator[None]:
    """Sends what Spark's process says to a file: it inherits this process's standard error."""
    sys.stderr.flush()
    screen = os.dup(2)
    with path.open("ab") as log:
        os.dup2(log.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(screen, 2)
        os.close(screen)


def java_command() -> str:
    """The Java that Spark will use.

    Raises:
        LakehouseError: there is none.
    """
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home, "bin", "java")) if home else shutil.which("java")
    if java is None or not Path(java).exists():
        raise LakehouseError(f"Java is missing. {WANTED_JAVA}.")
    return java


def check_java() -> str:
    """Checks that the Java that Spark will use is one that it supports.

    Returns:
        What it says of its version.

    Raises:
        LakehouseError: no Java, or not 17 or 21.
    """
    java = java_command()
    answer = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    match = re.search(r'version "(\d+)', answer.stderr + answer.stdout)
    if match is None:
        raise LakehouseError(f"{java} does not tell its version. {WANTED_JAVA}.")
    if int(match.group(1)) not in SUPPORTED_JAVA:
        raise LakehouseError(f"Java {match.group(1)} at {java} is not supported. {WANTED_JAVA}.")
    return answer.stderr + answer.stdout
