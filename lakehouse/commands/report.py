"""`lakehouse report`: the key findings of a shop, or the pages of all."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lakehouse.lake import Lake

FOLDER = Path("reports")


def report(
    shop: Annotated[
        str | None, typer.Argument(help="The shop, e.g. online_retail. Default: all of them.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="The page, by default reports/<shop>.html; of all shops the folder, reports."
        ),
    ] = None,
) -> None:
    """Show a shop's key findings and write them as a page with charts, or the pages of all."""
    from lakehouse.console import console
    from lakehouse.report import find, print_findings, write_page

    lake = Lake.from_environment()
    if shop is None:
        write_all(lake, out or FOLDER)
        return
    page = out or FOLDER / f"{shop}.html"
    findings = find(lake, shop)
    print_findings(findings, console)
    write_page(findings, page)
    console.print(f"\nWrote {page}", markup=False)


def write_all(lake: Lake, folder: Path) -> None:
    """Writes the page of each shop and the one that leads to them."""
    from lakehouse.console import console
    from lakehouse.report import write_pages

    for page in write_pages(lake, folder):
        console.print(f"Wrote {page}", markup=False)
