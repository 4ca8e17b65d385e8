"""Leaves of a table its current version and nothing else: no older rows, no log that tells of them.

Delta's own VACUUM deletes data files, but the log keeps the smallest and largest values of the
columns of every file that it ever named, and the conditions of updates, until it expires after
thirty days. So the table gets a commit that changes nothing, a checkpoint of the state at it, and
whatever is older goes. Readers of the current version notice nothing; those of an older one fail.
"""

from __future__ import annotations

import io
import json
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from lakehouse.storage import open_store

if TYPE_CHECKING:
    from obstore.store import ObjectStore

LOG = "_delta_log"
_VERSION = re.compile(r"\.?(\d{20})\.")
_CHECKSUM = re.compile(r"\.(.+)\.crc")


@dataclass(frozen=True)
class Purged:
    """What a purge did.

    Attributes:
        file_count: files that were deleted.
        versions: of the table before and after; both have the same rows.
    """

    file_count: int
    versions: tuple[int, int]


def purge(lake: Lake, layer: str, table: str) -> Purged:
    """Deletes all that the current version of a table does not need; the lake's lock is held.

    It may be interrupted anywhere: the table can be read, and the next purge ends it.

    Raises:
        LakehouseError: another process wrote to the table meanwhile.
    """
    store, folder = open_store(lake.root), f"{layer}/{table}"
    before = lake.version(layer, table)
    dead = dead_files(lake, layer, table)
    _delete(store, dead)
    after = _commit_nothing(store, folder, before)
    lake.open_log(layer, table).create_checkpoint()
    _forget_removed_files(store, folder, after)
    old = _older_log_files(store, folder, after)
    _delete(store, old)
    return Purged(len(dead) + len(old), (before, after))


def dead_files(lake: Lake, layer: str, table: str) -> list[str]:
    """Paths under the lake of what lies in a table's folder and is not of its current version."""
    folder = f"{layer}/{table}"
    paths = lake.open_log(layer, table).get_add_actions(flatten=True)
    live = {str(path) for path in paths.column("path").to_pylist()}
    live |= {unquote(path) for path in live}
    return [
        path
        for path in _files(open_store(lake.root), folder)
        if not path.startswith(f"{folder}/{LOG}/") and _data_file(path, folder) not in live
    ]


def _data_file(path: str, folder: str) -> str:
    """The data file under the table that a file is, or holds Hadoop's checksum of."""
    name = path.removeprefix(f"{folder}/")
    parent, slash, last = name.rpartition("/")
    checksum = _CHECKSUM.fullmatch(last)
    return f"{parent}{slash}{checksum[1]}" if checksum else name


def _commit_nothing(store: ObjectStore, folder: str, version: int) -> int:
    import obstore
    from obstore.exceptions import AlreadyExistsError

    commit = {
        "commitInfo": {
            "timestamp": time.time_ns() // 1_000_000,
            "operation": "FORGET",
            "operationParameters": {},
            "engineInfo": "lakehouse",
        }
    }
    path = f"{folder}/{LOG}/{version + 1:020d}.json"
    try:
        obstore.put(store, path, f"{json.dumps(commit)}\n".encode(), mode="create")
    except AlreadyExistsError as error:
        table = folder.replace("/", ".")
        raise LakehouseError(
            f"Another process wrote to {table} meanwhile; run the command again."
        ) from error
    return version + 1


def _forget_removed_files(store: ObjectStore, folder: str, version: int) -> None:
    """Writes a checkpoint without the files that left the table: they are gone, their texts too."""
    import obstore
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    path = f"{folder}/{LOG}/{version:020d}.checkpoint.parquet"
    actions = pq.read_table(io.BytesIO(bytes(obstore.get(store, path).bytes())))
    kept = actions.filter(pc.is_null(actions["remove"]))
    if kept.num_rows == actions.num_rows:
        return
    written = io.BytesIO()
    pq.write_table(kept, written)
    obstore.put(store, path, written.getvalue())
    pointer = json.dumps({"version": version, "size": kept.num_rows}).encode()
    obstore.put(store, f"{folder}/{LOG}/_last_checkpoint", pointer)


def _older_log_files(store: ObjectStore, folder: str, version: int) -> list[str]:
    """Oldest first, so that what is left can be read at any time."""
    current = (f"{version:020d}.json", f"{version:020d}.checkpoint.")
    found = []
    for path in _files(store, f"{folder}/{LOG}"):
        name = path.rpartition("/")[2]
        numbered = _VERSION.match(name)
        if numbered and int(numbered[1]) <= version and not name.startswith(current):
            found.append(path)
    return sorted(found)


def _files(store: ObjectStore, folder: str) -> list[str]:
    import obstore

    return [found["path"] for part in obstore.list(store, folder) for found in part]


def _delete(store: ObjectStore, paths: list[str]) -> None:
    import obstore

    if paths:
        obstore.delete(store, paths)
