"""Keeps a lake small: old releases go, small files become larger ones, dead files are deleted.

What a kept release pins stays readable: compacting adds a version and takes none away, and
vacuuming keeps the files of pinned versions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from lakehouse.lock import lake_lock
from lakehouse.release import record
from lakehouse.staleness import renumber

if TYPE_CHECKING:
    from deltalake import DeltaTable

    from lakehouse.console import Update

# Layer `ml` has writers that take no lock, such as who logs what was shown.
LAYERS = ("bronze", "silver", "gold")
# Fewer files than this are not worth writing a table again for.
MIN_FILE_COUNT = 8
SMALL_BYTES = 32 << 20


@dataclass(frozen=True)
class Maintained:
    """What was done.

    Attributes:
        deleted_releases: their numbers.
        compacted: tables whose small files became larger ones, as `layer.table`.
        deleted_count: data files that were deleted.
    """

    deleted_releases: tuple[int, ...]
    compacted: tuple[str, ...]
    deleted_count: int


def maintain(
    lake: Lake,
    keep: int,
    retention_hours: int,
    update: Update = lambda done, total, item: None,
) -> Maintained:
    """Deletes old releases, compacts, and deletes files that nothing needs.

    It may be interrupted anywhere, and run again.

    Args:
        lake: whose lock is taken.
        keep: how many of the newest releases stay, beside the current one and the one before it.
        retention_hours: files that left a table since stay, for readers with a query open.
        update: told of progress.

    Raises:
        LakehouseError: fewer than one release is to be kept.
        LakeBusyError: another process writes to the lake.
    """
    if keep < 1:
        raise LakehouseError("At least one release is kept: --keep 1 or more.")
    with lake_lock(lake, "maintain"):
        deleted = _delete_releases(lake, keep)
        pinned = record.pinned_versions(lake)
        tables = [(layer, table) for layer in LAYERS for table in lake.tables(layer)]
        compacted, deleted_count = [], 0
        for done, (layer, table) in enumerate(tables):
            update(done, len(tables), f"{layer}.{table}")
            versions = pinned.get(table, []) if layer == record.LAYER else []
            log = lake.open_log(layer, table)
            before = log.version()
            # A file of bronze is of one batch, by which a batch is found and withdrawn.
            if layer != "bronze" and _compact(log):
                compacted.append(f"{layer}.{table}")
            deleted_count += len(
                log.vacuum(
                    retention_hours,
                    dry_run=False,
                    enforce_retention_duration=False,
                    keep_versions=versions,
                )
            )
            after = lake.version(layer, table)
            if after != before:
                renumber(lake, f"{layer}.{table}", before, after)
        return Maintained(tuple(deleted), tuple(compacted), deleted_count)


def _delete_releases(lake: Lake, keep: int) -> list[int]:
    needed = {record.current_number(lake), *record.earlier_numbers(lake)[-1:]}
    old = [number for number in record.numbers(lake)[:-keep] if number not in needed]
    for number in old:
        record.delete(lake, number)
    return old


def _compact(log: DeltaTable) -> bool:
    """Whether there were so many small files that they were written together."""
    sizes = log.get_add_actions(flatten=True).column("size_bytes").to_pylist()
    if sum(size < SMALL_BYTES for size in sizes) < MIN_FILE_COUNT:
        return False
    return int(log.optimize.compact()["numFilesRemoved"]) > 0
