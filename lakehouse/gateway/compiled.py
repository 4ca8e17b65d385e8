"""The gateway's part inside Spark as a jar, made by the Scala compiler that Spark brings."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from lakehouse.errors import LakehouseError
from lakehouse.jars import spark_home
from lakehouse.whole_file import whole_file

SOURCES = Path(__file__).with_name("spark")
_COMPILER = "scala.tools.nsc.Main"
_KEY_DIGITS = 16


def gateway_jar(java: str) -> Path:
    """The jar for these sources and this Spark, made if it is not there yet.

    Args:
        java: the command that runs Java.

    Raises:
        LakehouseError: the sources do not compile with this Spark.
        MachineError: the jar cannot be written beside Spark's.
    """
    path = spark_home() / f"gateway-{_key()}.jar"
    if not path.exists():
        print("Compiling what the gateway runs inside Spark …", file=sys.stderr)
        with tempfile.TemporaryDirectory() as name, whole_file(path) as jar:
            _compile(java, Path(name))
            with zipfile.ZipFile(jar, "w") as archive:
                for file in sorted(Path(name).rglob("*.class")):
                    archive.write(file, file.relative_to(name))
                for resource in _files():
                    if resource.suffix != ".scala":
                        archive.write(resource, resource.relative_to(SOURCES))
    return path


def _compile(java: str, folder: Path) -> None:
    jars = sorted((spark_home() / "jars").glob("*.jar"))
    class_path = ":".join(map(str, jars))
    sources = sorted(map(str, SOURCES.glob("*.scala")))
    options = ["-usejavacp", "-Werror", "-deprecation", "-d", str(folder)]
    command = [java, "-cp", class_path, _COMPILER, *options, *sources]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise LakehouseError(
            f"The gateway does not compile with this Spark:\n{result.stdout}{result.stderr}"
        )


def _files() -> list[Path]:
    return sorted(path for path in SOURCES.rglob("*") if path.is_file())


def _key() -> str:
    """Of the sources, and of the jars that they were compiled against."""
    digest = hashlib.sha256()
    for source in _files():
        digest.update(f"{source.relative_to(SOURCES)} ".encode() + source.read_bytes() + b"\0")
    for jar in sorted((spark_home() / "jars").iterdir()):
        digest.update(f"{jar.name} {jar.stat().st_size}\n".encode())
    return digest.hexdigest()[:_KEY_DIGITS]
