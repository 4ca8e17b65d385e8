"""Files to bronze: checked, typed by contract, nothing dropped, each content once."""

from lakehouse.ingest.ledger import LedgerEntry, TableTotals, read_ledger, table_totals
from lakehouse.ingest.loader import FileRejectedError, load
from lakehouse.ingest.preflight import PreflightError
from lakehouse.ingest.report import FileLoad, LoadReport, Progress, SilentProgress
from lakehouse.ingest.tables import ensure_tables

__all__ = [
    "FileLoad",
    "FileRejectedError",
    "LedgerEntry",
    "LoadReport",
    "PreflightError",
    "Progress",
    "SilentProgress",
    "TableTotals",
    "ensure_tables",
    "load",
    "read_ledger",
    "table_totals",
]
