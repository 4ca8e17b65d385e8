"""What Spark is told: what a lake needs, on top of what its user configured.

The user's are `SPARK_CONF_DIR` (with `spark-defaults.conf`, `hive-site.xml`) and
`PYSPARK_SUBMIT_ARGS`; without a folder of their own, `profiles/` speaks for one machine. What a
lake needs of any Spark (`profiles/lake.conf`) comes on top, and an embedded metastore and the jars
unless the user's configuration names others.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from lakehouse.jars import jar_paths
from lakehouse.storage import is_s3

EXTENSIONS = "spark.sql.extensions"
METASTORE_URL = "spark.hadoop.javax.jdo.option.ConnectionURL"
METASTORE_SERVERS = ("spark.hadoop.hive.metastore.uris", "spark.hive.metastore.uris")
# Where a cluster's executors find jars; who names one of these has them there.
JAR_PLACES = (
    "spark.jars",
    "spark.jars.packages",
    "spark.executor.extraClassPath",
    "spark.yarn.archive",
    "spark.yarn.jars",
)
# The arguments that came from here, so that the user's are told from them in a later process.
OURS = "LAKE_SUBMIT_ARGS"
SHELL = "pyspark-shell"
_OPTIONS = {"--master": "spark.master", "--jars": "spark.jars", "--packages": "spark.jars.packages"}


@dataclass(frozen=True)
class Configuration:
    """What the user configured.

    Attributes:
        folder: as `SPARK_CONF_DIR` says; else `profiles/`.
        arguments: of `PYSPARK_SUBMIT_ARGS`, without those that were put there by this project.
        settings: by name, from the folder and the arguments.
    """

    folder: Path
    arguments: str
    settings: Mapping[str, str]

    @classmethod
    def from_environment(cls, default: Path) -> Configuration:
        """The user's configuration; `default` is the folder where they name none."""
        folder = Path(os.environ.get("SPARK_CONF_DIR") or default)
        arguments = os.environ.get("PYSPARK_SUBMIT_ARGS", "")
        arguments = arguments.removeprefix(os.environ.get(OURS, "")).strip()
        file = folder / "spark-defaults.conf"
        settings = read_properties(file) if file.exists() else {}
        return cls(folder, arguments or SHELL, settings | _settings_in(arguments))

    @property
    def is_cluster(self) -> bool:
        """Whether Spark runs in other processes than this one."""
        return not self.settings.get("spark.master", "local").startswith("local")

    @property
    def has_metastore(self) -> bool:
        """Whether the user's configuration names a metastore."""
        named = {METASTORE_URL, *METASTORE_SERVERS} & self.settings.keys()
        return bool(named) or (self.folder / "hive-site.xml").exists()


def submit_arguments(
    configuration: Configuration, needs: Mapping[str, str], metastore: Mapping[str, str]
) -> str:
    """Arguments for `spark-submit` that go before the user's, which win.

    Args:
        configuration: the user's.
        needs: what a lake needs of any Spark.
        metastore: of an embedded metastore, if the user names none.
    """
    settings = dict(needs)
    extensions = configuration.settings.get(EXTENSIONS, "").split(",")
    others = [name for name in extensions if name and name not in settings[EXTENSIONS].split(",")]
    settings[EXTENSIONS] = ",".join([settings[EXTENSIONS], *others])
    if not configuration.has_metastore:
        settings |= metastore
    return " ".join(f"--conf {shlex.quote(f'{key}={value}')}" for key, value in settings.items())


def jar_locks(roots: Sequence[str], profiles: Path) -> list[Path]:
    """The locks of the jars without which Spark cannot read these roots."""
    optional = [profiles / "jars-s3.lock"] if any(map(is_s3, roots)) else []
    return [profiles / "jars.lock", *optional]


def storage_settings(
    configuration: Configuration, roots: Sequence[str], locks: Sequence[Path]
) -> dict[str, str]:
    """How Spark reaches the roots, and where it finds the jars for it.

    Spark itself takes keys and endpoint from the variables `AWS_*`, as Python does. On one machine
    the jars stay where they are; a cluster is sent them, unless its configuration names a place.
    """
    settings: dict[str, str] = {}
    if any(map(is_s3, roots)):
        settings["spark.hadoop.fs.s3.impl"] = "org.apache.hadoop.fs.s3a.S3AFileSystem"
        if os.environ.get("AWS_ENDPOINT_URL"):
            # A store of one's own seldom has a host name for each bucket.
            settings["spark.hadoop.fs.s3a.path.style.access"] = "true"
    if not configuration.settings.keys() & set(JAR_PLACES):
        jars = [path for lock in locks for path in jar_paths(lock)]
        if configuration.is_cluster:
            settings["spark.jars"] = ",".join(map(str, jars))
        elif beside := [f"local:{path}" for path in jars if path.parent.name != "jars"]:
            settings["spark.jars"] = ",".join(beside)
    return settings


def read_properties(path: Path) -> dict[str, str]:
    """The settings of a Spark properties file: a name, blanks or `=`, and a value a line."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    pairs = (line.replace("=", " ", 1) if _is_assigned(line) else line for line in lines if line)
    found = (pair.split(None, 1) for pair in pairs if pair[0] not in "#!")
    return {pair[0]: pair[1] if len(pair) > 1 else "" for pair in found}


def _is_assigned(line: str) -> bool:
    name = line.split(None, 1)[0]
    return "=" in name


def _settings_in(arguments: str) -> dict[str, str]:
    """The settings that arguments of `spark-submit` make."""
    settings: dict[str, str] = {}
    for option, following in pairwise([*shlex.split(arguments), ""]):
        name, is_joined, value = option.partition("=")
        value = value if is_joined else following
        if name in ("--conf", "-c"):
            key, _, setting = value.partition("=")
            settings[key] = setting
        elif name in _OPTIONS:
            settings[_OPTIONS[name]] = value
    return settings
