"""`lakehouse withdraw`: a loaded file out of bronze again."""

from __future__ import annotations

from typing import Annotated

import typer

from lakehouse.lake import Lake


def withdraw(
    batch_or_file: Annotated[
        str, typer.Argument(help="A batch id, or a file as it was loaded: <shop>/<file>.")
    ],
) -> None:
    """Take a loaded file out of bronze again, whole; then build."""
    from lakehouse.console import console
    from lakehouse.ingest import withdraw as withdraw_batch

    gone = withdraw_batch(Lake.from_environment(), batch_or_file)
    console.print(
        f"Withdrew {gone.source_file or 'what a killed load left'} (batch {gone.batch_id}): "
        f"{gone.row_count:,} rows left {gone.table_name}",
        markup=False,
    )
