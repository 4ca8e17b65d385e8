"""`lakehouse evaluate`: how good every model is, beside what it replaces."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lakehouse.lake import Lake

PAGE = Path("reports") / "models.html"


def evaluate(
    out: Annotated[Path, typer.Option(help="The page with the plots.")] = PAGE,
) -> None:
    """Show the last training of each model and shop, and write it as a page with plots."""
    write_evaluation(Lake.from_environment(), out)


def write_evaluation(lake: Lake, out: Path) -> None:
    """Prints the table of all models, and writes the page.

    Raises:
        LakehouseError: nothing was trained, or the folder cannot be written to.
    """
    from lakehouse.console import console
    from ml.evaluation import evaluated, print_runs, write_page

    models = evaluated(lake)
    print_runs(models, console)
    write_page(models, out)
    console.print(f"Wrote {out}", markup=False)
