"""Loads a folder of files into bronze: all checked first, then one file after the other."""

from __future__ import annotations

import datetime
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lakehouse.contracts.locales import localized
from lakehouse.contracts.reader import load_contracts
from lakehouse.errors import LakehouseError
from lakehouse.ingest.discover import Discovery, discover
from lakehouse.ingest.frame import bronze_frame
from lakehouse.ingest.ledger import LedgerEntry, read_ledger, write_entry
from lakehouse.ingest.preflight import ReadyFile, check_all
from lakehouse.ingest.report import (
    ALREADY_LOADED,
    LOADED,
    REJECTED,
    FileLoad,
    LoadReport,
    Progress,
    SilentProgress,
)
from lakehouse.ingest.samples import BadRow, bad_rows
from lakehouse.ingest.tables import ensure_bronze, ensure_ledger, restore, restore_to_ledger
from lakehouse.lake import Lake
from lakehouse.lock import lake_lock

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DEFAULT_MAX_RESCUED = 0.05


class FileRejectedError(LakehouseError):
    """Too many rows of a file do not fit its contract; its table is as it was before.

    Attributes:
        report: what was done up to and including this file.
        samples: some of the bad rows.
    """

    def __init__(self, message: str, report: LoadReport, samples: tuple[BadRow, ...]) -> None:
        """Keeps the report and the samples beside the message."""
        super().__init__("\n".join([message, *(f"  {sample}" for sample in samples)]))
        self.report = report
        self.samples = samples


def load(
    spark: SparkSession,
    lake: Lake,
    folder: Path,
    shop: str | None = None,
    max_rescued: float = DEFAULT_MAX_RESCUED,
    report: Progress | None = None,
    locale: str | None = None,
    has_header: bool = True,
) -> LoadReport:
    """Loads the files of a folder that are not loaded yet.

    A file with a header and no rows is loaded as zero rows: an empty day is no error.

    Args:
        spark: the session.
        lake: the lake to load into.
        folder: holds `<shop>/<files>`, or the files themselves when `shop` is given.
        shop: the shop whose files lie in `folder`.
        max_rescued: largest share (0-1) of a file's rows that may not fit the contract.
        report: told of the progress.
        locale: under which the text files were saved, such as `it_IT`: its numbers and dates.
        has_header: the first row of each text file is its header.

    Returns:
        What happened to each file.

    Raises:
        LakehouseError: nothing to load, files that do not pass the checks (nothing is loaded
            then), another process is writing, or (FileRejectedError) a file with too many bad
            rows: files before it stay loaded, those after it are not attempted.
    """
    if not 0 <= max_rescued <= 1:
        raise LakehouseError(f"The share of rescued rows must be between 0 and 1: {max_rescued}.")
    progress: Progress = report or SilentProgress()
    started = time.monotonic()
    discovery = discover(folder, localized(load_contracts(), locale), shop)
    progress.start(
        len(discovery.files), sum(file.size_bytes for file in discovery.files), discovery.left_alone
    )
    with lake_lock(lake, f"load {folder}"), tempfile.TemporaryDirectory() as scratch:
        run = _Run(spark, lake, max_rescued, progress, discovery, started)
        ready = check_all(discovery.files, run.loaded_batches, Path(scratch), progress, has_header)
        run.load_all(ready)
    return run.report()


@dataclass
class _Run:
    """One load: what the ledger knew when it began, and what was done since."""

    spark: SparkSession
    lake: Lake
    max_rescued: float
    progress: Progress
    discovery: Discovery
    started: float
    ingested_at: datetime.datetime = field(
        default_factory=lambda: datetime.datetime.now(datetime.UTC)
    )
    done: list[FileLoad] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        entries = read_ledger(self.spark, self.lake)
        self.entries = {entry.batch_id: entry for entry in entries}
        self.known: dict[str, int] = {}
        for entry in entries:
            name = entry.table_name
            self.known[name] = max(entry.table_version, self.known.get(name, 0))

    @property
    def loaded_batches(self) -> frozenset[str]:
        """Batches that need no loading."""
        loaded = (e.batch_id for e in self.entries.values() if e.status == LOADED)
        return frozenset(loaded)

    def report(self) -> LoadReport:
        """What was done so far."""
        seconds = time.monotonic() - self.started
        return LoadReport(tuple(self.done), self.discovery.left_alone, seconds)

    def load_all(self, ready: list[ReadyFile]) -> None:
        """Loads file after file; raises FileRejectedError at the first that is rejected."""
        ensure_ledger(self.spark, self.lake)
        for file in ready:
            started = time.monotonic()
            entry = self.entries.get(file.batch_id)
            if entry is not None and entry.status == LOADED:
                self._done(file, entry, ALREADY_LOADED, started)
            else:
                self.progress.loading(file.file.source_file, file.file.table.name)
                self._load(file, started)

    def _load(self, ready: ReadyFile, started: float) -> None:
        table = ready.file.table.name
        before = self._version_before(ready)
        row_count, rescued_count = _append(self.spark, self.lake, ready, self.ingested_at)
        after = self.lake.version("bronze", table)
        share = rescued_count / row_count if row_count else 0.0
        if share <= self.max_rescued:
            entry = self._entry(ready, row_count, rescued_count, None, after)
            self._commit(entry)
            self._done(ready, entry, LOADED, started)
            return
        reason = (
            f"{rescued_count:,} of {row_count:,} rows ({share:.1%}) do not fit the contract of "
            f"{table}; at most {self.max_rescued:.1%} may"
        )
        samples = tuple(bad_rows(self.spark, self.lake, ready, after))
        after = restore(self.spark, self.lake, table, before)
        entry = self._entry(ready, row_count, rescued_count, reason, after)
        self._commit(entry)
        self._done(ready, entry, REJECTED, started)
        raise FileRejectedError(
            f"{ready.file.path} is rejected and none of it was kept: {reason}. Mend the file or "
            f"its contract, or allow more with --max-rescued. Some of the rows:",
            self.report(),
            samples,
        )

    def _version_before(self, ready: ReadyFile) -> int:
        """The table's version without anything that the ledger does not know."""
        name = ready.file.table.name
        if name not in self.versions:
            ensure_bronze(self.spark, self.lake, [ready.file.table])
            self.versions[name] = restore_to_ledger(
                self.spark, self.lake, name, self.known.get(name)
            )
        return self.versions[name]

    def _entry(
        self, ready: ReadyFile, row_count: int, rescued_count: int, reason: str | None, version: int
    ) -> LedgerEntry:
        return LedgerEntry(
            shop_id=ready.file.table.shop_id,
            table_name=ready.file.table.name,
            batch_id=ready.batch_id,
            source_file=ready.file.source_file,
            size_bytes=ready.scan.size_bytes,
            sha256=ready.scan.sha256,
            row_count=row_count,
            rescued_count=rescued_count,
            status=LOADED if reason is None else REJECTED,
            rejected_reason=reason,
            table_version=version,
            loaded_at=self.ingested_at,
        )

    def _commit(self, entry: LedgerEntry) -> None:
        write_entry(self.spark, self.lake, entry, replaces=entry.batch_id in self.entries)
        self.entries[entry.batch_id] = entry
        self.versions[entry.table_name] = entry.table_version

    def _done(self, ready: ReadyFile, entry: LedgerEntry, status: str, started: float) -> None:
        result = FileLoad(
            shop_id=entry.shop_id,
            table_name=entry.table_name,
            source_file=ready.file.source_file,
            row_count=entry.row_count,
            rescued_count=entry.rescued_count,
            status=status,
            seconds=time.monotonic() - started,
        )
        self.done.append(result)
        self.progress.file_done(result)


def _append(
    spark: SparkSession, lake: Lake, ready: ReadyFile, ingested_at: datetime.datetime
) -> tuple[int, int]:
    """Appends a file's rows to its table in one pass; returns rows and rescued rows."""
    from pyspark.sql import Observation
    from pyspark.sql import functions as sf

    counts = Observation()
    frame = bronze_frame(spark, ready, ingested_at).observe(
        counts,
        sf.count(sf.lit(1)).alias("row_count"),
        sf.count("_rescued").alias("rescued_count"),
    )
    path = lake.path("bronze", ready.file.table.name)
    frame.write.format("delta").mode("append").option("userMetadata", ready.batch_id).save(path)
    return int(counts.get["row_count"]), int(counts.get["rescued_count"])
