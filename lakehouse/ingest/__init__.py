"""Files to bronze: checked, typed by contract, nothing dropped, each content once."""

from lakehouse.ingest.ledger import LedgerEntry, TableTotals, read_ledger, table_totals
from lakehouse.ingest.loader import load
from lakehouse.ingest.report import (
    FileLoad,
    FilesRejectedError,
    LoadReport,
    Progress,
    SilentProgress,
)
from lakehouse.ingest.withdrawal import Withdrawal, withdraw

__all__ = [
    "FileLoad",
    "FilesRejectedError",
    "LedgerEntry",
    "LoadReport",
    "Progress",
    "SilentProgress",
    "TableTotals",
    "Withdrawal",
    "load",
    "read_ledger",
    "table_totals",
    "withdraw",
]
