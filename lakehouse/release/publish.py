"""From a build to a release: what passed every test together is published, and nothing else."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass

from lakehouse.errors import LakehouseError
from lakehouse.ingest.pending import read_pending
from lakehouse.lake import Lake
from lakehouse.lock import lake_lock
from lakehouse.reading import as_dataset
from lakehouse.release import record
from lakehouse.release.record import LAYER, Pinned, Release
from lakehouse.staleness import Project, read_built, stale_nodes, table_versions

# That many of what holds a release back are named.
_NAMED = 5


class HeldBackError(LakehouseError):
    """Gold is not as a release has to be."""


@dataclass(frozen=True)
class Published:
    """What a publication did.

    Attributes:
        release: the tables as they are.
        is_new: whether it became current now; else nothing had changed since it was published.
        is_current: whether readers see it; not after a rollback, which stands until something
            changes.
        changed: tables at another version than in the release that was current before.
    """

    release: Release
    is_new: bool
    is_current: bool = True
    changed: tuple[str, ...] = ()


def publish(lake: Lake, project: Project) -> Published:
    """Publishes the tables of gold as they are, if every one of them and every test is up to date.

    Args:
        lake: that was built.
        project: as it was built.

    Raises:
        HeldBackError: models or tests failed, or have not run on what they read now.
        LakeBusyError: another process writes to the lake.
    """
    with lake_lock(lake, "release"):
        audit(lake, project)
        before = record.current(lake)
        kept = record.numbers(lake)
        newest = record.find(lake, kept[-1]) if kept else None
        tables = _tables(lake, project, newest)
        if newest is not None and newest.tables == tables:
            release = newest
            is_current = before is not None and before.number == newest.number
            if is_current or record.is_rolled_back(lake):
                return Published(release, is_new=False, is_current=is_current)
            # Else whoever published it was killed before readers could see it.
        else:
            number = newest.number + 1 if newest is not None else 1
            test_count = sum(node.startswith("test.") for node in project)
            now = datetime.datetime.now(datetime.UTC)
            release = Release(number, now, test_count, tables)
            record.keep(lake, release)
        record.make_current(lake, release.number)
        changed = release.changed_since(before) if before is not None else sorted(tables)
        return Published(release, is_new=True, changed=tuple(changed))


def audit(lake: Lake, project: Project) -> None:
    """Refuses a lake in which anything is stale or failed.

    Raises:
        HeldBackError: it names what holds a release back.
    """
    if read_pending(lake) is not None:
        raise HeldBackError("No release: customers are half forgotten. Run: lakehouse forget")
    stale = stale_nodes(project, read_built(lake), table_versions(lake))
    if stale:
        named = [project.name(node).rpartition(".")[2] for node in stale]
        others = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
        raise HeldBackError(
            f"No release: {', '.join(named[:_NAMED])}{others} failed, or did not run on the rows "
            "and the code of now. Run: lakehouse build --changed"
        )
    if not _gold(project):
        raise HeldBackError("No release: the project has no table in gold.")


def roll_back(lake: Lake, number: int | None = None) -> Release:
    """Makes an earlier release the current one, until a build changes something and passes.

    Args:
        lake: whose readers see another release from then on.
        number: of the release; None for the one before the current.

    Raises:
        LakehouseError: there is no such release, or a table of it cannot be read any more.
        LakeBusyError: another process writes to the lake.
    """
    with lake_lock(lake, "rollback"):
        release = record.find(lake, before(lake) if number is None else number)
        if gone := record.missing_files(lake, release):
            raise LakehouseError(
                f"Release {release.number} cannot be read any more: {len(gone)} of its tables have "
                f"lost that version, {gone[0]} among them."
            )
        record.make_current(lake, release.number, is_rollback=True)
        return release


def before(lake: Lake) -> int:
    """The number of the kept release before the current one.

    Raises:
        LakehouseError: there is none.
    """
    earlier = record.earlier_numbers(lake)
    if not earlier:
        raise LakehouseError(f"The lake {lake.root} keeps no release before the current one.")
    return earlier[-1]


def _gold(project: Project) -> list[tuple[str, str]]:
    """Nodes and names of the tables of gold."""
    found = ((node, project.table(node)) for node in project)
    return [(node, table[1]) for node, table in found if table is not None and table[0] == LAYER]


def _tables(lake: Lake, project: Project, before: Release | None) -> dict[str, Pinned]:
    read_by_tests = Counter(
        parent for node in project if node.startswith("test.") for parent in project.parents(node)
    )
    tables = {}
    for node, name in sorted(_gold(project), key=lambda pair: pair[1]):
        log = lake.open_log(LAYER, name)
        known = before.tables.get(name) if before is not None else None
        table_id, keys = str(log.metadata().id), project.grain(node)
        if known is not None and (known.version, known.table_id) == (log.version(), table_id):
            # A version has its rows forever: they need not be counted again.
            row_count = known.row_count
        else:
            row_count = as_dataset(log, lake.path(LAYER, name)).count_rows()
        tables[name] = Pinned(log.version(), table_id, row_count, keys, read_by_tests[node])
    return tables
