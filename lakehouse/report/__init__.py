"""What gold says of the shops: in the terminal, and as pages that need no network."""

from lakehouse.report.findings import Findings, find
from lakehouse.report.index import write_pages
from lakehouse.report.page import render_page, write_page
from lakehouse.report.terminal import print_findings

__all__ = ["Findings", "find", "print_findings", "render_page", "write_page", "write_pages"]
