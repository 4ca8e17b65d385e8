"""`lakehouse export`: a table as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lakehouse.lake import Lake


def export(
    table: Annotated[str, typer.Argument(help="A table of gold, or <schema>.<table>.")],
    file_format: Annotated[str, typer.Option("--format", help="csv, parquet, orc or xlsx.")],
    out: Annotated[
        Path | None, typer.Option(help="The file. Default: exports/<table>.<format>.")
    ] = None,
    shop: Annotated[str | None, typer.Option(help="Only the rows of this shop.")] = None,
    guard_formulas: Annotated[
        bool, typer.Option(help="CSV: an apostrophe before text that begins like a formula.")
    ] = False,
) -> None:
    """Write a table to a file, for Tableau or a spreadsheet."""
    from lakehouse.console import console
    from lakehouse.export import export_table

    written = export_table(Lake.from_environment(), table, file_format, out, shop, guard_formulas)
    console.print(
        f"Wrote {written.row_count:,} rows, {written.size_bytes / 1e6:,.1f} MB: {written.path}",
        markup=False,
    )
    if written.formula_like_count and not written.is_guarded:
        console.print(
            f"  {written.formula_like_count:,} texts begin with = + - or @, which a spreadsheet "
            "takes for formulas. For one, export xlsx, or add --guard-formulas.",
            markup=False,
        )
