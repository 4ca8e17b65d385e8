"""Forgets customers: other ids in bronze, silver and gold made from it anew, older versions gone.

In this order, each step of which may be interrupted and done again:

1. The people are noted down (`ingest.pending`), each with an id by lot.
2. Bronze, the snapshots and the log of exposures get these ids (`ingest.pseudonyms`), predictions
   about the people and fitted models that remember them are deleted (`ingest.learnt`). Whoever
   loads or builds from now on ends this first, so that nobody builds from a bronze in which a
   customer is two.
3. What was built from bronze is built anew.
4. Tables that no build makes get the new ids, every table loses its older versions (`purge`), what
   was done is written down without the people, and the note is deleted.
"""

from __future__ import annotations

import datetime
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lakehouse.console import Update
from lakehouse.contracts.reader import load_contracts
from lakehouse.errors import LakehouseError
from lakehouse.identity import IDENTITY_NAME
from lakehouse.ingest.keys import rows_with_keys
from lakehouse.ingest.learnt import LAYER as ML
from lakehouse.ingest.learnt import MLFLOW_FOLDER, MODELS_FOLDER
from lakehouse.ingest.pending import (
    NOTE_FILE,
    Pending,
    delete_pending,
    read_pending,
    write_pending,
)
from lakehouse.ingest.people import Person, id_columns, tables_with_people
from lakehouse.ingest.pseudonyms import people_of, plan, rename_keys, rewrite
from lakehouse.ingest.scratch import FOLDER as SCRATCH
from lakehouse.ingest.tables import ensure_table
from lakehouse.lake import LAYERS, Lake
from lakehouse.lock import LOCK_NAME, lake_lock
from lakehouse.purge import dead_files, purge
from lakehouse.release.record import FOLDER as RELEASES
from lakehouse.release.record import delete_all as delete_releases
from lakehouse.session import PROJECT_DIR
from lakehouse.staleness import STATE_FILE, renumber
from lakehouse.storage import delete_folder, folder_names, list_entries, native_files

LOG_TABLE = "_forgotten"
# What the lake remembers of it; one row per table with rows of the people.
LOG_COLUMNS = {
    "request_id": "string",
    "forgotten_at": "timestamp",
    "shop_ids": "string",
    "customer_count": "bigint",
    "table_name": "string",
    "row_count": "bigint",
}
# The lock's text is shown to others.
PURPOSE = "forget"
_KNOWN_FILES = {IDENTITY_NAME, LOCK_NAME, STATE_FILE, NOTE_FILE}
_KNOWN_FOLDERS = {*LAYERS, "_catalog", RELEASES, SCRATCH}
_BESIDE_TABLES = {f"{ML}/{MODELS_FOLDER}", f"{ML}/{MLFLOW_FOLDER}"}

# Opens a bar of that name.
Bars = Callable[[str], AbstractContextManager[Update]]


@contextmanager
def no_bar(_: str) -> Iterator[Update]:
    """Shows no progress."""
    yield lambda *_: None


@dataclass(frozen=True)
class Forgotten:
    """What was done.

    Attributes:
        rows: that told of the people, by `layer.table`.
        built_count: tables and views that were built anew.
        deleted_count: files of older versions that were deleted.
        fitted: model and shop of what was fitted to customers, remembered them and was deleted.
        left_alone: what lies in the lake and is none of its tables; nobody looked into it.
    """

    rows: dict[str, int]
    built_count: int
    deleted_count: int
    fitted: tuple[tuple[str, str], ...]
    left_alone: tuple[str, ...]


def rows_of(lake: Lake, shop_id: str, customers: Sequence[str]) -> dict[str, int]:
    """How many rows tell of these customers, by `layer.table`, as the lake is now.

    Raises:
        LakehouseError: there is no such shop or customer.
    """
    return _planned(lake, shop_id, customers).rows


def forget(
    lake: Lake,
    shop_id: str | None,
    customers: Sequence[str],
    build: Callable[[], int],
    bars: Bars = no_bar,
) -> Forgotten:
    """Forgets customers of a shop, and ends what an interrupted run left.

    Args:
        lake: the lake.
        shop_id: their shop; None: only end what was begun.
        customers: their ids.
        build: builds the stale tables of the lake anew and says how many; it takes the lake's lock.
        bars: opens a progress bar.

    Raises:
        LakehouseError: there is no such shop or customer, nothing was begun, or another process is
            writing. What was begun stays noted down, and the next run ends it.
    """
    with lake_lock(lake, PURPOSE):
        pending = _begin(lake, shop_id, customers)
    built_count = 0
    while True:
        with lake_lock(lake, PURPOSE):
            pending = _rewrite(lake, pending, bars)
        if any(lake.tables(layer) for layer in ("silver", "gold")):
            built_count += build()
        with lake_lock(lake, PURPOSE):
            # Between the locks somebody may have loaded a file with the people in it.
            pending = plan(lake, read_pending(lake) or pending)
            write_pending(lake, pending)
            if pending.is_rewritten:
                deleted_count = _end(lake, pending, bars)
                return Forgotten(
                    pending.rows,
                    built_count,
                    deleted_count,
                    tuple(pending.fitted),
                    left_alone(lake),
                )


def _planned(lake: Lake, shop_id: str, customers: Sequence[str]) -> Pending:
    """A note about these customers, beside those of an interrupted run.

    Raises:
        LakehouseError: there is no such shop, or one of the customers is nowhere in the lake.
    """
    begun = read_pending(lake) or Pending(secrets.token_hex(8), ())
    known = {(person.shop_id, old) for person in begun.people for old in person.surrogates}
    people = [
        person
        for person in people_of(lake, shop_id, customers)
        if known.isdisjoint((person.shop_id, old) for old in person.surrogates)
    ]
    for person in people:
        asked_for = next(iter(person.surrogates))
        alone = plan(lake, Pending("", (person,)))
        if not alone.rows and not _is_kept(lake, person):
            raise LakehouseError(
                f"The lake {lake.root} holds no customer {asked_for} of {shop_id}, in no "
                "table and no kept version."
            )
    return plan(lake, replace(begun, people=(*begun.people, *people)))


def _begin(lake: Lake, shop_id: str | None, customers: Sequence[str]) -> Pending:
    if shop_id is not None:
        pending = _planned(lake, shop_id, customers)
    else:
        begun = read_pending(lake)
        if begun is None:
            raise LakehouseError(
                "Nothing was interrupted: name whom to forget with --shop and --customer."
            )
        pending = plan(lake, begun)
    write_pending(lake, pending)
    return pending


def _rewrite(lake: Lake, pending: Pending, bars: Bars) -> Pending:
    if pending.is_rewritten:
        return pending
    total = 2 * len(pending.batches) + 2
    with bars("Pseudonymising") as update:
        done = 0

        def tell(table: str) -> None:
            nonlocal done
            update(min(done, total), total, table)
            done += 1

        return rewrite(lake, pending, tell)


def _end(lake: Lake, pending: Pending, bars: Bars) -> int:
    """Takes the people out of all that no build makes, and the note with them.

    Returns:
        How many files were deleted.
    """
    delete_folder(lake.root, SCRATCH)
    write_log(lake, pending)
    tables = _tables_to_purge(lake, pending)
    # They are of versions with the people in them, which go.
    delete_releases(lake)
    deleted_count = 0
    with bars("Deleting older versions") as update:
        for done, (layer, table) in enumerate(tables):
            update(done, len(tables), f"{layer}.{table}")
            before = lake.version(layer, table)
            if layer != "bronze":
                rename_keys(lake, layer, table, pending.people)
            purged = purge(lake, layer, table)
            deleted_count += purged.file_count
            if purged.versions[0] == before:
                renumber(lake, f"{layer}.{table}", *purged.versions)
    empty_logs(lake)
    delete_pending(lake)
    return deleted_count


def _tables_to_purge(lake: Lake, pending: Pending) -> list[tuple[str, str]]:
    """All but those of bronze that other shops delivered."""
    contracts = load_contracts()
    others = {
        table.name
        for contract in contracts.values()
        if contract.shop_id not in pending.shops
        for table in contract.tables
    }
    return [
        (layer, table)
        for layer in LAYERS
        for table in lake.tables(layer)
        if layer != "bronze" or table not in others
    ]


def write_log(lake: Lake, pending: Pending) -> None:
    """Writes to `bronze._forgotten` that it was done, in place of what a killed run wrote."""
    import pyarrow as pa
    from deltalake import write_deltalake

    from lakehouse.reading import open_dataset

    ensure_table(lake, LOG_TABLE, LOG_COLUMNS)
    row: dict[str, Any] = {
        "request_id": pending.request_id,
        "forgotten_at": datetime.datetime.now(datetime.UTC),
        "shop_ids": ", ".join(sorted(pending.shops)),
        "customer_count": len(pending.people),
        # Of people whom only older versions named.
        "table_name": None,
        "row_count": 0,
    }
    rows = [row | {"table_name": name, "row_count": n} for name, n in sorted(pending.rows.items())]
    write_deltalake(
        lake.path("bronze", LOG_TABLE),
        pa.Table.from_pylist(rows or [row], open_dataset(lake, "bronze", LOG_TABLE).schema),
        mode="overwrite",
        predicate=f"request_id = '{pending.request_id}'",
    )


def _is_kept(lake: Lake, person: Person) -> bool:
    """Whether a table of silver or gold names a customer, or a file of an older version does."""
    for table in tables_with_people(load_contracts()[person.shop_id]):
        if lake.has_table("bronze", table.name):
            columns = [column.name for column in id_columns(table)]
            if _dead_rows(lake, "bronze", table.name, columns, person.surrogates):
                return True
    for layer in LAYERS[1:]:
        for name in lake.tables(layer):
            if rows_with_keys(lake, layer, name, [person]):
                return True
            keys = [f"{person.shop_id}|{old}" for old in person.silver_ids]
            if _dead_rows(lake, layer, name, ["customer_key", "unit_id"], keys):
                return True
    return False


def _dead_rows(
    lake: Lake, layer: str, table: str, columns: Sequence[str], values: Iterable[str]
) -> int:
    """Rows with such a value in a column, in the files of older versions; case is ignored."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.dataset as ds

    wanted = pa.array([value.lower() for value in values], pa.string())
    files = native_files(lake.root)
    count = 0
    for path in dead_files(lake, layer, table):
        if path.endswith(".parquet"):
            rows = ds.dataset([path], filesystem=files, format="parquet")
            for name in set(columns) & set(rows.schema.names):
                text = pc.utf8_lower(pc.utf8_trim(ds.field(name).cast(pa.string()), " '"))
                count += rows.count_rows(filter=text.isin(wanted))
    return count


def empty_logs(lake: Lake) -> None:
    """Empties Spark's log and dbt's, in which an error may quote a row, and dbt's last results."""
    of_dbt = Path(os.environ.get("DBT_LOG_PATH") or PROJECT_DIR / "logs")
    for log in (lake.catalog_dir / "spark.log", *of_dbt.glob("dbt.log*")):
        if log.is_file():
            os.truncate(log, 0)
    target = Path(os.environ.get("DBT_TARGET_PATH") or PROJECT_DIR / "target")
    (target / "run_results.json").unlink(missing_ok=True)


def left_alone(lake: Lake) -> tuple[str, ...]:
    """Files and folders in the lake that are none of its own: exports, copies."""
    found = [
        entry.name
        for entry in list_entries(lake.root)
        if entry.name not in (_KNOWN_FOLDERS if entry.is_folder else _KNOWN_FILES)
    ]
    for layer in LAYERS:
        tables = set(lake.tables(layer))
        folders = [
            f"{layer}/{name}" for name in folder_names(lake.root, layer) if name not in tables
        ]
        found += [folder for folder in folders if folder not in _BESIDE_TABLES]
    return tuple(found)
