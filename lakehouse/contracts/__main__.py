"""`python -m lakehouse.contracts`: writes what is made from contracts and the conformed layer.

The dbt sources of all shops, the JSON Schema with which editors check a contract, and the page of
the conformed layer.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from lakehouse.conformed import DOCS_FILE, conformed_docs
from lakehouse.contracts import load_contracts, source_files
from lakehouse.contracts.editor_schema import SCHEMA_FILE, editor_schema
from lakehouse.errors import LakehouseError
from lakehouse.session import PROJECT_DIR


def main() -> int:
    """Writes the files and names those that changed; 1 if a contract is wrong."""
    try:
        texts = source_files(load_contracts().values(), PROJECT_DIR / "models")
    except LakehouseError as error:
        print(error, file=sys.stderr)
        return 1
    changed = write_changed(texts | {SCHEMA_FILE: editor_schema(), DOCS_FILE: conformed_docs()})
    for path in changed:
        print(f"wrote {path.relative_to(PROJECT_DIR)}")
    print(f"{len(changed)} files changed")
    return 0


def write_changed(texts: Mapping[Path, str]) -> list[Path]:
    """Writes the files that do not have their text yet, and returns them."""
    changed = []
    for path, text in texts.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


if __name__ == "__main__":
    raise SystemExit(main())
