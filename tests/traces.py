"""Looks for texts in all that lies in a lake: raw bytes, and what Parquet's pages hold."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow.parquet as pq


def traces(root: str | Path, texts: Iterable[str]) -> set[str]:
    """Which of the texts stand in which files, as `file: text`; checkpoints and logs included."""
    wanted = list(texts)
    found = set()
    for path in sorted(Path(root).rglob("*")):
        if not path.is_file():
            continue
        content = path.read_bytes().decode("utf-8", errors="replace")
        if path.suffix == ".parquet":
            # Pages are compressed.
            content += repr(pq.read_table(path).to_pylist())
        name = str(path.relative_to(root))
        found |= {f"{name}: {text}" for text in wanted if text in content or text in name}
    return found
