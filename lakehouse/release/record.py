"""What a lake keeps of its releases: a file for each, and one that says which is current.

`releases/<number>.json` is written once, and only if there is none of that number.
`releases/_current.json` is replaced in one step, last: however a process ends, it names a whole
release, the last one or the new one.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from lakehouse.reading import as_dataset
from lakehouse.storage import delete_folder, native_files, open_store, read_json, write_json

if TYPE_CHECKING:
    import pyarrow.dataset as ds
    from deltalake import DeltaTable

FOLDER, CURRENT = "releases", "_current.json"
LAYER = "gold"
_NUMBERED = re.compile(r"(\d{6})\.json")


@dataclass(frozen=True)
class Pinned:
    """A table in a release.

    Attributes:
        version: of its Delta log.
        table_id: of the Delta table; one that was deleted and made anew has another.
        row_count: of that version.
        keys: columns that tell its rows apart; empty if the model does not say.
        test_count: tests that read it; all passed.
    """

    version: int
    table_id: str
    # What is known of a version does not tell it from another.
    row_count: int = field(compare=False)
    keys: tuple[str, ...] = field(compare=False)
    test_count: int = field(compare=False)


@dataclass(frozen=True)
class Release:
    """Versions of the tables of gold that passed every test together.

    Attributes:
        number: from 1.
        published_at: in UTC.
        test_count: tests that passed on it.
        tables: by name.
    """

    number: int
    published_at: datetime.datetime
    test_count: int
    tables: Mapping[str, Pinned]

    @property
    def row_count(self) -> int:
        """Of all tables."""
        return sum(table.row_count for table in self.tables.values())

    def changed_since(self, earlier: Release) -> list[str]:
        """Names of tables at another version than in an earlier release, or in only one of them."""
        names = self.tables.keys() | earlier.tables.keys()
        return sorted(n for n in names if self.tables.get(n) != earlier.tables.get(n))


def numbers(lake: Lake) -> list[int]:
    """The numbers of the releases that the lake keeps, ascending."""
    import obstore

    paths = (file["path"] for part in obstore.list(open_store(lake.root), FOLDER) for file in part)
    found = (_NUMBERED.fullmatch(path.removeprefix(f"{FOLDER}/")) for path in paths)
    return sorted(int(number[1]) for number in found if number)


def current(lake: Lake) -> Release | None:
    """The release that readers are to see; None before the first.

    Raises:
        LakehouseError: its file is not there.
    """
    number = current_number(lake)
    return None if number is None else find(lake, number)


def require_current(lake: Lake) -> Release:
    """The release that readers are to see.

    Raises:
        LakehouseError: there is none yet.
    """
    found = current(lake)
    if found is None:
        raise LakehouseError(f"The lake {lake.root} has no release yet. Run: lakehouse build")
    return found


def current_number(lake: Lake) -> int | None:
    """The number of the current release; None before the first."""
    known = read_json(lake.root, f"{FOLDER}/{CURRENT}")
    return None if known is None else int(known["number"])


def earlier_numbers(lake: Lake) -> list[int]:
    """The numbers of the kept releases before the current one, ascending."""
    current = current_number(lake)
    return [number for number in numbers(lake) if current is not None and number < current]


def is_rolled_back(lake: Lake) -> bool:
    """Whether the current release is one that was gone back to."""
    known = read_json(lake.root, f"{FOLDER}/{CURRENT}")
    return known is not None and bool(known["is_rollback"])


def find(lake: Lake, number: int) -> Release:
    """The release of a number.

    Raises:
        LakehouseError: the lake keeps no such release.
    """
    known: dict[str, Any] | None = read_json(lake.root, _path(number))
    if known is None:
        kept = ", ".join(map(str, numbers(lake))) or "none"
        raise LakehouseError(f"The lake {lake.root} keeps no release {number}; it keeps: {kept}.")
    tables = {
        name: Pinned(**(table | {"keys": tuple(table["keys"])}))
        for name, table in known["tables"].items()
    }
    published_at = datetime.datetime.fromisoformat(known["published_at"])
    return Release(known["number"], published_at, known["test_count"], tables)


def keep(lake: Lake, release: Release) -> None:
    """Writes the file of a release; it is not current yet.

    Raises:
        LakehouseError: another process published one of that number.
    """
    import obstore
    from obstore.exceptions import AlreadyExistsError

    content = asdict(release) | {"published_at": release.published_at.isoformat()}
    try:
        obstore.put(
            open_store(lake.root),
            _path(release.number),
            json.dumps(content, indent=1).encode(),
            mode="create",
        )
    except AlreadyExistsError as error:
        raise LakehouseError(
            f"Another process published release {release.number} meanwhile: run it again."
        ) from error


def make_current(lake: Lake, number: int, *, is_rollback: bool = False) -> None:
    """Lets readers see a release from now on, in one step."""
    content = {"number": number, "is_rollback": is_rollback}
    write_json(lake.root, f"{FOLDER}/{CURRENT}", content)


def delete(lake: Lake, number: int) -> None:
    """Deletes the file of a release, which must not be the current one."""
    import obstore

    obstore.delete(open_store(lake.root), [_path(number)])


def delete_all(lake: Lake) -> int | None:
    """Deletes every release, the current one first; says the number of that."""
    import obstore

    number = current_number(lake)
    if number is not None:
        obstore.delete(open_store(lake.root), [f"{FOLDER}/{CURRENT}"])
    delete_folder(lake.root, FOLDER)
    return number


def pinned_versions(lake: Lake) -> dict[str, list[int]]:
    """The versions that the kept releases need and that are there, by table of gold."""
    found: dict[str, list[int]] = {}
    for number in numbers(lake):
        release = find(lake, number)
        for name, table in release.tables.items():
            try:
                open_log(lake, release, name)
            except LakehouseError:
                continue  # Gone already: `releases` says so.
            found.setdefault(name, []).append(table.version)
    return found


def open_table(lake: Lake, release: Release, name: str) -> ds.Dataset:
    """A table as a release has it, to be read in batches.

    A reader that holds it goes on with it, whatever is published meanwhile.

    Raises:
        LakehouseError: the release has no such table, or its version is gone.
    """
    return as_dataset(open_log(lake, release, name), lake.path(LAYER, name))


def open_log(lake: Lake, release: Release, name: str) -> DeltaTable:
    """The Delta log of a table at the version of a release.

    Raises:
        LakehouseError: the release has no such table, or its version is gone.
    """
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError

    pinned = release.tables.get(name)
    if pinned is None:
        raise LakehouseError(f"Release {release.number} has no table {LAYER}.{name}.")
    gone = LakehouseError(
        f"Release {release.number} needs version {pinned.version} of {LAYER}.{name}, which is gone."
    )
    try:
        log = DeltaTable(lake.path(LAYER, name), version=pinned.version)
    except DeltaError as error:
        raise gone from error
    if str(log.metadata().id) != pinned.table_id:
        raise gone
    return log


def missing_files(lake: Lake, release: Release) -> list[str]:
    """Tables of a release that cannot be read whole any more."""
    return [name for name in sorted(release.tables) if not _is_whole(lake, release, name)]


def _is_whole(lake: Lake, release: Release, name: str) -> bool:
    import pyarrow.fs as fs

    try:
        log = open_log(lake, release, name)
    except LakehouseError:
        return False
    paths = [str(path) for path in log.get_add_actions(flatten=True).column("path").to_pylist()]
    files = native_files(lake.path(LAYER, name))

    def are_there(names: list[str]) -> bool:
        return all(info.type == fs.FileType.File for info in files.get_file_info(names))

    # Logs quote what an address cannot hold, such as a blank in a partition's name.
    return are_there(paths) or are_there([unquote(path) for path in paths])


def _path(number: int) -> str:
    return f"{FOLDER}/{number:06d}.json"
