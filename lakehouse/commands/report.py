"""`lakehouse report`: a shop's key findings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lakehouse.lake import Lake


def report(
    shop: Annotated[str, typer.Argument(help="The shop, e.g. online_retail.")],
    out: Annotated[
        Path | None, typer.Option(help="The page. Default: reports/<shop>.html.")
    ] = None,
) -> None:
    """Show a shop's key findings, and write them as one page with charts."""
    from lakehouse.console import console
    from lakehouse.report import find, print_findings, write_page

    page = out or Path("reports", f"{shop}.html")
    findings = find(Lake.from_environment(), shop)
    print_findings(findings, console)
    write_page(findings, page)
    console.print(f"\nWrote {page}", markup=False)
