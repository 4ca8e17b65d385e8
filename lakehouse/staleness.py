"""Which nodes of the dbt project are stale in a lake: other rows, code or vars than last time.

After each run of dbt the lake remembers, beside its tables, with what every node succeeded: a
fingerprint of its code (its text, the macros that it calls, the vars that these name, its
declaration) and the Delta versions of the tables that it read and wrote. A node is stale when any
of them is another now, when it failed, or when what it reads is stale. Views hold no rows: what
reads a view reads its tables.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from typing import Any

from lakehouse.lake import Lake
from lakehouse.storage import read_json, write_json

STATE_FILE = "_built.json"

# What `dbt build` runs; everything else of a manifest is read only.
_RUN = ("model", "seed", "snapshot", "test")
_DECLARED = ("checksum", "columns", "constraints", "description", "resource_type", "test_metadata")
_NAME = re.compile(r"\w+")
_VAR = re.compile(r"""\bvar\(\s*['"](\w+)['"]""")

# The version of a table: layer, name -> number; None while there is no such table.
Versions = Callable[[str, str], int | None]


@dataclass(frozen=True)
class Built:
    """With what a node last succeeded.

    Attributes:
        code: fingerprint of everything that it was computed by.
        inputs: `layer.table` -> version of each table that it read.
        version: of its own table after it ran; None for views and tests.
        at: when (UTC, ISO 8601), also where nothing was left to write.
    """

    code: str
    inputs: dict[str, int | None]
    version: int | None
    at: str = field(default="", compare=False)


class Project:
    """The nodes of a project, as dbt's manifest has them."""

    def __init__(self, manifest: Mapping[str, Any], variables: Mapping[str, Any]) -> None:
        """Takes `manifest.json` and the vars of the project file and of the command line."""
        self._nodes: dict[str, Any] = {
            key: node
            for key, node in manifest["nodes"].items()
            if node["resource_type"] in _RUN and node["config"]["enabled"]
        }
        self._sources: Mapping[str, Any] = manifest["sources"]
        # dbt's own macros change with dbt alone; a project's may hide one of dbt's.
        self._macros: dict[str, str] = {
            macro["name"]: macro["macro_sql"]
            for macro in manifest["macros"].values()
            if macro["package_name"] == manifest["metadata"]["project_name"]
        }
        self._variables = variables
        self.code = cache(self._code)

    def __iter__(self) -> Iterator[str]:
        """The ids of the nodes that run."""
        return iter(self._nodes)

    def __contains__(self, node_id: str) -> bool:
        """Whether a node with this id runs."""
        return node_id in self._nodes

    def name(self, node_id: str) -> str:
        """By which `dbt --select` finds a node."""
        return ".".join(self._nodes[node_id]["fqn"])

    def table(self, node_id: str) -> tuple[str, str] | None:
        """Layer and name of the table that a node writes; None for views and tests."""
        if node_id in self._sources:
            source = self._sources[node_id]
            return source["meta"]["layer"], source["identifier"]
        node = self._nodes[node_id]
        if node["resource_type"] == "test" or node["config"]["materialized"] in (
            "view",
            "ephemeral",
        ):
            return None
        return node["config"]["schema"], node["alias"]

    def grain(self, node_id: str) -> tuple[str, ...]:
        """The columns that tell the rows of a node apart; empty where it does not say."""
        meta: Mapping[str, Any] = self._nodes[node_id]["config"].get("meta") or {}
        return tuple(meta.get("grain") or ())

    def parents(self, node_id: str) -> list[str]:
        """What a node reads: nodes and sources, one step up."""
        return [
            parent
            for parent in self._nodes[node_id]["depends_on"].get("nodes", [])
            if parent in self._nodes or parent in self._sources
        ]

    def inputs(self, node_id: str) -> set[tuple[str, str]]:
        """Layer and name of the tables that a node reads, through views."""
        found: set[tuple[str, str]] = set()
        for parent in self.parents(node_id):
            table = self.table(parent)
            found |= {table} if table else self.inputs(parent)
        return found

    def _code(self, node_id: str) -> str:
        node = self._nodes[node_id]
        texts = self._texts(node.get("raw_code") or "")
        # Where a lake lies is none of the code.
        config = {k: v for k, v in node["config"].items() if k != "location_root"}
        named = sorted({name for text in texts for name in _VAR.findall(text)})
        values = [(name, self._variables.get(name)) for name in named]
        # A view has no table whose version would tell of its code.
        above = [self.code(p) for p in sorted(self.parents(node_id)) if self.is_view(p)]
        declared = [node.get(key) for key in _DECLARED]
        parts = json.dumps([texts, config, values, declared, above], sort_keys=True, default=str)
        return hashlib.sha256(parts.encode()).hexdigest()

    def is_view(self, node_id: str) -> bool:
        """Whether a node is a model without a table of its own."""
        return (
            node_id in self._nodes
            and self._nodes[node_id]["resource_type"] == "model"
            and self.table(node_id) is None
        )

    def _texts(self, code: str) -> list[str]:
        """Some code, and that of the macros that it names, and that these name.

        What dbt lists as a node's macros grows while the node runs; what its text names does not.
        """
        found: dict[str, str] = {}
        waiting = [code]
        while waiting:
            named = set(_NAME.findall(waiting.pop())) & self._macros.keys() - found.keys()
            found |= {name: self._macros[name] for name in named}
            waiting += [self._macros[name] for name in named]
        return [code, *(found[name] for name in sorted(found))]


def stale_nodes(project: Project, built: Mapping[str, Built], versions: Versions) -> list[str]:
    """The ids of the nodes that must run again, what they change included.

    Args:
        project: as it is now.
        built: with what each node last succeeded.
        versions: of the tables as they are now.
    """
    stale = {node for node in project if _now(project, node, versions) != built.get(node)}
    fresh = set(project) - stale
    while reached := {n for n in fresh if not stale.isdisjoint(_sources_of_rows(project, n))}:
        stale |= reached
        fresh -= reached
    return sorted(stale)


def stale_tables(project: Project, built: Mapping[str, Built], versions: Versions) -> list[str]:
    """The ids of the stale models whose tables are there, and of the models that they lack.

    They lack a table that is not there, and a view that was not made or has other code since.

    Args:
        project: as it is now.
        built: with what each node last succeeded.
        versions: of the tables as they are now.
    """

    def is_there(node: str) -> bool:
        table = project.table(node)
        if table is not None:
            return versions(*table) is not None
        return node in built and built[node].code == project.code(node)

    found = {
        node
        for node in stale_nodes(project, built, versions)
        if node.startswith("model.") and project.table(node) is not None and is_there(node)
    }
    waiting = list(found)
    seen = set(found)
    while waiting:
        for parent in project.parents(waiting.pop()):
            if parent.startswith("model.") and parent not in seen:
                seen.add(parent)
                if not is_there(parent):
                    found.add(parent)
                # What a view reads is read by whoever reads the view.
                if parent in found or project.table(parent) is None:
                    waiting.append(parent)
    return sorted(found)


def renumber(lake: Lake, table: str, before: int, after: int) -> None:
    """Lets the lake know that a table has another version with the same rows.

    Args:
        lake: whose lock is held.
        table: `layer.table`.
        before: the version that nodes read or wrote.
        after: the version now.
    """
    built = read_built(lake)
    name = table.partition(".")[2]
    moved = {
        node: replace(
            state,
            inputs=state.inputs | ({table: after} if state.inputs.get(table) == before else {}),
            version=after
            if (node.rpartition(".")[2], state.version) == (name, before)
            else state.version,
        )
        for node, state in built.items()
    }
    if moved != built:
        _write_built(lake, moved)


def _sources_of_rows(project: Project, node_id: str) -> list[str]:
    """The parents whose change changes what a node reads; a test changes nothing."""
    return [p for p in project.parents(node_id) if not p.startswith("test.")]


def _now(project: Project, node_id: str, versions: Versions) -> Built:
    """With what a node would be built now."""
    table = project.table(node_id)
    return Built(
        project.code(node_id),
        {".".join(name): versions(*name) for name in sorted(project.inputs(node_id))},
        versions(*table) if table else None,
    )


def remember(lake: Lake, project: Project, succeeded: Iterable[str], failed: Iterable[str]) -> None:
    """Writes down with what nodes succeeded, and forgets those that did not.

    Args:
        lake: that dbt has just written, and whose lock is still held.
        project: as dbt ran it.
        succeeded: ids of nodes.
        failed: ids of nodes.
    """
    built = read_built(lake)
    versions = table_versions(lake)
    for node in failed:
        built.pop(node, None)
    at = datetime.datetime.now(datetime.UTC).isoformat()
    built |= {
        node: replace(_now(project, node, versions), at=at) for node in succeeded if node in project
    }
    # A view shows what its tables hold now: it need not be made again for that.
    for node in filter(project.is_view, built):
        now = _now(project, node, versions)
        if now.code == built[node].code:
            built[node] = replace(now, at=built[node].at)
    _write_built(lake, {node: state for node, state in built.items() if node in project})


def read_built(lake: Lake) -> dict[str, Built]:
    """With what each node last succeeded; empty when nothing is known."""
    known = read_json(lake.root, STATE_FILE) or {}
    return {node: Built(**state) for node, state in known.items()}


def _write_built(lake: Lake, built: Mapping[str, Built]) -> None:
    known = {node: asdict(state) for node, state in sorted(built.items())}
    write_json(lake.root, STATE_FILE, known)


def table_versions(lake: Lake) -> Versions:
    """The versions of a lake's tables, each read once."""

    @cache
    def version(layer: str, table: str) -> int | None:
        return lake.version(layer, table) if lake.has_table(layer, table) else None

    return version
