"""`lakehouse docs`: the documentation of all tables."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Annotated

import typer

from lakehouse.commands.build import UNSEEN, tell_error
from lakehouse.lake import Lake


def docs(
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("site/index.html"),
) -> None:
    """Write the documentation of all tables as one static page."""
    write_docs(Lake.from_environment(), out)


def write_docs(lake: Lake, out: Path) -> None:
    """Writes the documentation of all tables as one static page.

    Raises:
        LakehouseError: dbt could not generate it.
    """
    from lakehouse.console import console
    from lakehouse.session import PROJECT_DIR
    from lakehouse.transform import check, run_dbt

    check(run_dbt(lake, [*UNSEEN, "docs", "generate", "--static"], tell_error))
    target = Path(os.environ.get("DBT_TARGET_PATH") or PROJECT_DIR / "target")
    out.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(target / "static_index.html", out)
    console.print(f"Wrote {out}", markup=False)
