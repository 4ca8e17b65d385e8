"""By which code a model was trained."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

DIGITS = 12


@cache
def code_version() -> str:
    """The release of the package and a fingerprint of `ml/`, e.g. `1.0.0+5f2b…`."""
    folder = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".py", ".yml"):
            digest.update(f"{path.relative_to(folder).as_posix()}\0".encode())
            digest.update(path.read_bytes())
    return f"{version('lakehouse')}+{digest.hexdigest()[:DIGITS]}"
