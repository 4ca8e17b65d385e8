"""What gold says of one shop: in the terminal, and as one page that needs no network."""

from lakehouse.report.findings import Findings, find
from lakehouse.report.page import render_page, write_page
from lakehouse.report.terminal import print_findings

__all__ = ["Findings", "find", "print_findings", "render_page", "write_page"]
