"""Loads a folder of files into bronze: all checked first, then one file after the other.

A file's rows are a batch, whose id comes from its content. A batch is loaded, replaced and
withdrawn whole: what is left of it goes before it is written, and it counts once the ledger has it.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lakehouse.contracts.locales import localized
from lakehouse.contracts.reader import load_contracts
from lakehouse.errors import LakehouseError
from lakehouse.ingest.bytes_read import tell_bytes_read
from lakehouse.ingest.discover import DataFile, Discovery, discover
from lakehouse.ingest.frame import bronze_frame
from lakehouse.ingest.ledger import (
    LedgerEntry,
    batch_id,
    ensure_ledger,
    read_ledger,
    write_entry,
)
from lakehouse.ingest.preflight import ReadyFile, UnfitFile, check_all
from lakehouse.ingest.pseudonyms import finish_rewriting
from lakehouse.ingest.reach import require_reach
from lakehouse.ingest.recency import latest_moment, moment, name_order
from lakehouse.ingest.report import (
    ALREADY_LOADED,
    LOADED,
    REJECTED,
    FileLoad,
    LoadReport,
    Progress,
    SilentProgress,
)
from lakehouse.ingest.samples import bad_rows
from lakehouse.ingest.scan import FileScan
from lakehouse.ingest.scratch import open_scratch
from lakehouse.ingest.tables import ensure_bronze, remove_batch
from lakehouse.ingest.unchanged import Stamp, change_since
from lakehouse.lake import Lake
from lakehouse.limits import MAX_RESCUED
from lakehouse.lock import lake_lock

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Fewer bytes are loaded sooner by code that is compiled quickly than by code that runs quickly.
BRIEF_BYTES = 16_000_000


def load(
    spark: SparkSession | None,
    lake: Lake,
    folder: str | Path,
    shop: str | None = None,
    max_rescued: float = MAX_RESCUED,
    report: Progress | None = None,
    locale: str | None = None,
    has_header: bool = True,
) -> LoadReport:
    """Loads the files of a folder that are not loaded yet.

    A file with a header and no rows is loaded as zero rows: an empty day is no error. A file that
    cannot be loaded is rejected, and stands in no other's way.

    Args:
        spark: the session; None: the process's own, opened when a file needs it.
        lake: the lake to load into.
        folder: of this machine, or the URI of one in an object store; holds `<shop>/<files>`, or
            the files themselves when `shop` is given.
        shop: the shop whose files lie in `folder`.
        max_rescued: largest share (0-1) of a file's rows that may not fit the contract.
        report: told of the progress.
        locale: under which the text files were saved, such as `it_IT`: its numbers and dates.
        has_header: the first row of each text file is its header.

    Returns:
        What happened to each file; `check` it to stop at rejected ones.

    Raises:
        LakehouseError: nothing to load, or another process is writing.
    """
    if not 0 <= max_rescued <= 1:
        raise LakehouseError(f"The share of rescued rows must be between 0 and 1: {max_rescued}.")
    progress: Progress = report or SilentProgress()
    started = time.monotonic()
    discovery = discover(folder, localized(load_contracts(), locale), shop)
    count = len(discovery.files) + len(discovery.strange)
    progress.start(count, _total_bytes(discovery.files), discovery.left_alone)
    with lake_lock(lake, f"load {folder}"), open_scratch(lake.root) as scratch:
        finish_rewriting(lake)
        ensure_ledger(lake)
        run = _Run(spark, lake, max_rescued, progress, str(folder), discovery, started)
        checked = check_all(discovery.files, run.loaded, scratch, progress, has_header)
        run.load_all(checked)
    return run.report()


def _total_bytes(files: Sequence[DataFile]) -> int:
    total = 0
    for file in files:
        with suppress(OSError):
            total += file.size_bytes
    return total


@dataclass
class _Run:
    """One load: what the ledger knew when it began, and what was done since."""

    spark: SparkSession | None
    lake: Lake
    max_rescued: float
    progress: Progress
    folder: str
    discovery: Discovery
    started: float
    now: datetime.datetime = field(default_factory=lambda: datetime.datetime.now(datetime.UTC))
    done: list[FileLoad] = field(default_factory=list)
    ready_tables: set[str] = field(default_factory=set)
    byte_count: int = 0

    def __post_init__(self) -> None:
        self.entries = {entry.batch_id: entry for entry in read_ledger(self.lake)}

    @property
    def loaded(self) -> list[LedgerEntry]:
        """What needs no loading."""
        return [entry for entry in self.entries.values() if entry.status == LOADED]

    def report(self) -> LoadReport:
        """What was done so far."""
        seconds = time.monotonic() - self.started
        return LoadReport(tuple(self.done), self.discovery.left_alone, seconds)

    def load_all(self, checked: Sequence[ReadyFile | UnfitFile]) -> None:
        """Loads every file that can be loaded, and says of the others why they cannot."""
        self.byte_count = sum(
            file.scan.size_bytes
            for file in checked
            if isinstance(file, ReadyFile) and file.layout is not None
        )
        for strange in self.discovery.strange:
            self._turn_away(strange.shop_id, None, strange.source_file, strange.reason)
        for file in checked:
            if isinstance(file, UnfitFile):
                self._reject_unfit(file)
                continue
            attempt = _Attempt(
                file.file, self._entry(file.file, file.scan, file.stamp), time.monotonic()
            )
            known = self.entries.get(file.batch_id)
            if known is not None and known.status == LOADED:
                attempt.entry = self._known_best(known, file)
                self._done(attempt, ALREADY_LOADED)
            else:
                self.progress.loading(file.file.source_file, file.file.table.name)
                self._load(file, attempt)

    def _load(self, ready: ReadyFile, attempt: _Attempt) -> None:
        table = ready.file.table
        try:
            if table.name not in self.ready_tables:
                ensure_bronze(self.lake, table)
                self.ready_tables.add(table.name)
        except LakehouseError as error:
            self._reject(attempt, f"{ready.file.path} is rejected: {error}")
            return
        # What a killed load left of this batch: the ledger does not have it, so nobody read it.
        remove_batch(self.lake, table.name, ready.batch_id)
        try:
            attempt.entry = self._append(ready, attempt.entry)
        except Exception as error:
            if self._is_changed(ready, attempt):
                return
            require_reach(ready.text_path, self._session().sparkContext.master or "", error)
            raise
        if self._is_changed(ready, attempt):
            return
        entry = attempt.entry
        share = entry.rescued_count / entry.row_count if entry.row_count else 0.0
        if share <= self.max_rescued:
            self._commit(replace(entry, table_version=self.lake.version("bronze", table.name)))
            self._done(attempt, LOADED)
            return
        samples = tuple(str(row) for row in bad_rows(self._session(), self.lake, ready))
        remove_batch(self.lake, table.name, ready.batch_id)
        self._reject(
            attempt,
            f"{ready.file.path} is rejected: {entry.rescued_count:,} of {entry.row_count:,} rows "
            f"({share:.1%}) do not fit the contract of {table.name}; at most "
            f"{self.max_rescued:.1%} may. Mend the file or its contract, or allow more with "
            "--max-rescued. Some of the rows:",
            samples,
        )

    def _append(self, ready: ReadyFile, entry: LedgerEntry) -> LedgerEntry:
        """Appends a file's rows to its table in one pass, counting them on the way."""
        from pyspark.sql import Observation
        from pyspark.sql import functions as sf

        counts = Observation()
        frame = bronze_frame(self._session(), ready, self.now).observe(
            counts,
            sf.count(sf.lit(1)).alias("row_count"),
            sf.count("_rescued").alias("rescued_count"),
            latest_moment(ready.file.table).alias("latest_moment"),
        )
        path = self.lake.path("bronze", ready.file.table.name)
        writer = frame.write.format("delta").mode("append").option("userMetadata", ready.batch_id)
        with tell_bytes_read(self._session(), partial(self.progress.read, ready.file.source_file)):
            writer.save(path)
        found = counts.get
        return replace(
            entry,
            row_count=int(found["row_count"]),
            rescued_count=int(found["rescued_count"]),
            as_of=moment(found["latest_moment"]),
        )

    def _is_changed(self, ready: ReadyFile, attempt: _Attempt) -> bool:
        """Whether the file is no longer the one that was checked; its rows are gone then."""
        change = change_since(ready.file.path, ready.stamp, ready.scan.sha256)
        if change is None:
            return False
        remove_batch(self.lake, ready.file.table.name, ready.batch_id)
        # Not in the ledger: what was read is not the content that the batch's id stands for.
        reason = f"{ready.file.path} {change}; load it again when nobody writes to it."
        self._done(attempt, REJECTED, reason)
        return True

    def _reject_unfit(self, unfit: UnfitFile) -> None:
        file = unfit.file
        if unfit.scan is None:
            self._turn_away(file.table.shop_id, file.table.name, file.source_file, unfit.reason)
            return
        attempt = _Attempt(file, self._entry(file, unfit.scan, None), time.monotonic())
        self._reject(attempt, unfit.reason)

    def _turn_away(
        self, shop_id: str, table_name: str | None, source_file: str, reason: str
    ) -> None:
        """Tells of a file that has no content for the ledger to know."""
        self._tell(FileLoad(shop_id, table_name, source_file, 0, 0, REJECTED, 0.0, reason))

    def _reject(self, attempt: _Attempt, reason: str, samples: tuple[str, ...] = ()) -> None:
        """Keeps in the ledger that a content was rejected, and tells of it."""
        self._commit(replace(attempt.entry, status=REJECTED, rejected_reason=reason))
        self._done(attempt, REJECTED, reason, samples)

    def _known_best(self, entry: LedgerEntry, ready: ReadyFile) -> LedgerEntry:
        """The entry under the first of its content's names, in the state of the file of that name.

        Whichever was loaded first; and a file that was written anew need not be read again.
        """
        name, state = ready.file.source_file, ready.stamp.state
        order = name_order(name)
        is_first = (order, name) < (entry.name_order or "", entry.source_file)
        is_other = name == entry.source_file and state not in (None, entry.source_state)
        if is_first or is_other:
            entry = replace(entry, source_file=name, name_order=order, source_state=state)
            self._commit(entry)
        return entry

    def _entry(self, file: DataFile, scan: FileScan, stamp: Stamp | None) -> LedgerEntry:
        """What the ledger says of a file before its rows are counted."""
        return LedgerEntry(
            shop_id=file.table.shop_id,
            table_name=file.table.name,
            batch_id=batch_id(file.table.name, scan.sha256),
            source_file=file.source_file,
            size_bytes=scan.size_bytes,
            sha256=scan.sha256,
            row_count=0,
            rescued_count=0,
            status=LOADED,
            rejected_reason=None,
            table_version=None,
            loaded_at=self.now,
            as_of=None,
            name_order=name_order(file.source_file),
            source_state=stamp.state if stamp else None,
        )

    def _session(self) -> SparkSession:
        if self.spark is None:
            from lakehouse.session import open_session

            self.spark = open_session(
                self.lake,
                more_roots=(self.folder,),
                is_brief=self.byte_count < BRIEF_BYTES,
            )
        return self.spark

    def _commit(self, entry: LedgerEntry) -> None:
        write_entry(self.lake, entry, replaces=entry.batch_id in self.entries)
        self.entries[entry.batch_id] = entry

    def _done(
        self,
        attempt: _Attempt,
        status: str,
        reason: str | None = None,
        samples: tuple[str, ...] = (),
    ) -> None:
        self._tell(
            FileLoad(
                shop_id=attempt.entry.shop_id,
                table_name=attempt.entry.table_name,
                source_file=attempt.file.source_file,
                row_count=attempt.entry.row_count,
                rescued_count=attempt.entry.rescued_count,
                status=status,
                seconds=time.monotonic() - attempt.started,
                reason=reason,
                samples=samples,
            )
        )

    def _tell(self, result: FileLoad) -> None:
        self.done.append(result)
        self.progress.file_done(result)


@dataclass
class _Attempt:
    """A file on its way into the lake, and what the ledger will say of it."""

    file: DataFile
    entry: LedgerEntry
    started: float
