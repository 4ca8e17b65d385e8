"""The jars that Spark needs beyond its own, as locked: those of other versions go.

Delta's lie among those of the environment's own Spark; those for S3, which are large, in a folder
beside them, fetched when a lake or its files are there.

Spark itself resolves them by Maven coordinates; nothing else that it resolves is taken, since an
older Jackson on the class path breaks Spark.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lakehouse.errors import LakehouseError

# Spark has these under other names.
_SPARKS_OWN = "org.apache.hadoop:hadoop-client-api,org.apache.hadoop:hadoop-client-runtime"
# Spark's own jars are named without their group; those with one were put there by this module.
_PUT_HERE = re.compile(r"[a-z][a-z0-9]*(\.[a-z][a-z0-9]*)+_.+\.jar")


@dataclass(frozen=True)
class Jar:
    """A jar by Maven coordinates, with the checksum of its bytes."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def coordinates(self) -> str:
        """As Maven and Spark write them."""
        return f"{self.group}:{self.artifact}:{self.version}"

    @property
    def file_name(self) -> str:
        """As Spark's resolver names the file."""
        return f"{self.group}_{self.artifact}-{self.version}.jar"

    def is_at(self, folder: Path) -> bool:
        """Whether the folder holds exactly this jar."""
        path = folder / self.file_name
        if not path.is_file():
            return False
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == self.sha256


def read_lock(path: Path) -> list[Jar]:
    """The jars of a lock file: one `group:artifact:version sha256` per line."""
    lines = [line.split() for line in path.read_text().splitlines() if line and line[0] != "#"]
    return [_jar(coordinates, sha256) for coordinates, sha256 in lines]


def _jar(coordinates: str, sha256: str) -> Jar:
    group, artifact, version = coordinates.split(":")
    return Jar(group, artifact, version, sha256)


def put_jars(lock: Path, target: Path | None = None) -> None:
    """Makes the jars of a folder those of the lock, by default the folder of this Spark.

    Raises:
        LakehouseError: a jar could not be fetched, or has other bytes than the lock says.
        OSError: the folder cannot be written to.
    """
    jars, folder = read_lock(lock), target or jars_folder(lock)
    folder.mkdir(exist_ok=True)
    missing = [jar for jar in jars if not jar.is_at(folder)]
    if missing:
        print(f"Fetching {len(missing)} jars for Spark …", file=sys.stderr)
        _fetch(missing, folder)
    locked = {jar.file_name for jar in jars}
    for path in folder.iterdir():
        if _PUT_HERE.fullmatch(path.name) and path.name not in locked:
            path.unlink()


def require_jars(lock: Path) -> None:
    """Puts the jars where a look at their names shows that one is missing; see `put_jars`."""
    if not all(path.exists() for path in jar_paths(lock)):
        put_jars(lock)


def jar_paths(lock: Path) -> list[Path]:
    """Where the jars of a lock lie, or will."""
    return [jars_folder(lock) / jar.file_name for jar in read_lock(lock)]


def jars_folder(lock: Path) -> Path:
    """The folder of a lock's jars: `jars` and `jars-s3` of this environment's Spark."""
    return spark_home() / lock.stem


def spark_home() -> Path:
    """The folder of this environment's Spark."""
    found = importlib.util.find_spec("pyspark")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


def _fetch(jars: Sequence[Jar], target: Path) -> None:
    # Beside the target, not among the machine's temporary files: a move must not cross a disk.
    with tempfile.TemporaryDirectory(prefix=".jars-", dir=target.parent) as folder:
        script = Path(folder, "nothing.py")
        script.write_text("")
        command = [
            str(spark_home() / "bin" / "spark-submit"),
            *("--packages", ",".join(jar.coordinates for jar in jars)),
            *("--exclude-packages", f"{_SPARKS_OWN},org.apache.parquet:*"),
            *("--conf", f"spark.jars.ivy={folder}"),
            str(script),
        ]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        for jar in jars:
            fetched = Path(folder, "jars", jar.file_name)
            if jar.is_at(fetched.parent):
                fetched.replace(target / jar.file_name)
            elif fetched.exists():
                raise LakehouseError(f"{jar.coordinates} has other bytes than the lock says.")
            else:
                log = Path(tempfile.gettempdir(), "lakehouse-jars.log")
                log.write_text(result.stdout + result.stderr)
                raise LakehouseError(
                    f"{jar.coordinates} could not be fetched; is Maven's repository within reach? "
                    f"The log: {log}"
                )


if __name__ == "__main__":
    from lakehouse.failures import guarded
    from lakehouse.session import PROFILES_DIR

    guarded(put_jars)(PROFILES_DIR / "jars.lock")
