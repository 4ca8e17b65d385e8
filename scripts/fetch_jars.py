"""Puts the jars of profiles/jars.lock into the environment's Spark: fetched once, checked always.

Spark itself resolves them by Maven coordinates; nothing else that it resolves is taken, since an
older Jackson on the class path breaks Spark.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pyspark

LOCK_FILE = Path(__file__).resolve().parent.parent / "profiles" / "jars.lock"


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
        return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == self.sha256


def read_lock(path: Path = LOCK_FILE) -> list[Jar]:
    """The jars of a lock file: one `group:artifact:version sha256` per line."""
    lines = [line.split() for line in path.read_text().splitlines() if line and line[0] != "#"]
    return [_jar(coordinates, sha256) for coordinates, sha256 in lines]


def _jar(coordinates: str, sha256: str) -> Jar:
    group, artifact, version = coordinates.split(":")
    return Jar(group, artifact, version, sha256)


def fetch(jars: list[Jar], target: Path) -> None:
    """Resolves jars and puts those that match their checksums into a folder.

    Raises:
        SystemExit: a jar could not be fetched, or has other bytes than the lock says.
    """
    spark_home = Path(pyspark.__file__).parent
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "nothing.py")
        script.write_text("")
        command = [
            str(spark_home / "bin" / "spark-submit"),
            *("--packages", ",".join(jar.coordinates for jar in jars)),
            *("--exclude-packages", "org.apache.hadoop:*,org.apache.parquet:*"),
            *("--conf", f"spark.jars.ivy={folder}"),
            str(script),
        ]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        for jar in jars:
            if jar.is_at(Path(folder, "jars")):
                Path(folder, "jars", jar.file_name).replace(target / jar.file_name)
            elif Path(folder, "jars", jar.file_name).exists():
                sys.exit(f"setup: {jar.coordinates} has other bytes than profiles/jars.lock says.")
            else:
                log = Path(tempfile.gettempdir(), "lakehouse-jars.log")
                log.write_text(result.stdout + result.stderr)
                sys.exit(f"setup: {jar.coordinates} could not be fetched; the log is {log}.")


def main() -> None:
    """Fetches what is missing."""
    target = Path(pyspark.__file__).parent / "jars"
    missing = [jar for jar in read_lock() if not jar.is_at(target)]
    if missing:
        print(f"Fetching {len(missing)} jars for Delta Lake …")
        fetch(missing, target)


if __name__ == "__main__":
    main()
