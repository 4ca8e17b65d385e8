"""The schema of the conformed layer, as the dbt project declares it (var `conformed`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lakehouse.session import PROJECT_DIR

DOCS_FILE = PROJECT_DIR / "docs" / "conformed.md"
_BLOCK = re.compile(r"{% docs (\w+) %}\n(.*?)\n{% enddocs %}", re.DOTALL)


@dataclass(frozen=True)
class ConformedColumn:
    """A column that a shop's mapping of an entity may give.

    Attributes:
        sql_type: as Spark names it.
        is_required: every mapping gives it, and no row is without it.
        doc: the doc block with its text.
        text: what the block says.
    """

    name: str
    sql_type: str
    is_required: bool
    doc: str
    text: str


def conformed_layer(project_dir: Path = PROJECT_DIR) -> dict[str, tuple[ConformedColumn, ...]]:
    """The columns of each conformed entity, in order.

    Raises:
        KeyError: a column has no text.
    """
    project = yaml.safe_load((project_dir / "dbt_project.yml").read_text(encoding="utf-8"))
    texts = dict(_BLOCK.findall((project_dir / "models" / "columns.md").read_text("utf-8")))
    layer: Mapping[str, Mapping[str, Mapping[str, Any]]] = project["vars"]["conformed"]
    return {
        entity: tuple(
            ConformedColumn(
                name,
                column["type"],
                column.get("required", False),
                column.get("doc", name),
                texts[column.get("doc", name)],
            )
            for name, column in columns.items()
        )
        for entity, columns in layer.items()
    }


def conformed_docs() -> str:
    """The text of `docs/conformed.md`: what a mapping may give of each entity."""
    parts = [
        "<!-- Written from the var `conformed` by `python -m lakehouse.contracts`. -->\n"
        "# The conformed layer\n\n"
        "What a shop's mapping `int_<shop>__<entity>` gives of each entity. A required column has "
        "a value in every row; any other is null where the shop does not record it.\n"
    ]
    for entity, columns in conformed_layer().items():
        rows = "".join(
            f"| `{c.name}` | {c.sql_type} | {'required' if c.is_required else ''} | {c.text} |\n"
            for c in columns
        )
        parts.append(
            f"## {entity}\n\n| column | type | | what it holds |\n| --- | --- | --- | --- |\n{rows}"
        )
    return "\n".join(parts)
