"""`lakehouse generate`: sample data."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from lakehouse.errors import LakehouseError


def generate(
    out: Annotated[Path, typer.Option(help="Folder above the shops' folders.")] = Path("raw"),
    shop: Annotated[
        list[str] | None, typer.Option(help="A shop; repeat for several. Default: all.")
    ] = None,
    scale: Annotated[float, typer.Option(help="1 is the size of the demo.")] = 1.0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 42,
    clickstream_rows: Annotated[
        int | None, typer.Option(help="Rows of rees46's files together, instead of the scale.")
    ] = None,
    clickstream_bytes: Annotated[
        int | None, typer.Option(help="Bytes of rees46's files together, within 3%.")
    ] = None,
) -> None:
    """Write realistic sample data, with the schemas and the dirt of the real files."""
    generate_files(out, shop, scale, seed, clickstream_rows, clickstream_bytes)


def generate_files(
    out: Path,
    shops: Sequence[str] | None,
    scale: float,
    seed: int,
    clickstream_rows: int | None = None,
    clickstream_bytes: int | None = None,
) -> None:
    """Writes sample data, with progress.

    Raises:
        LakehouseError: an unknown shop or a bad size.
    """
    from lakehouse.console import console, progress_bar
    from lakehouse.generate import SHOPS, generate, rees46

    if clickstream_bytes is not None:
        clickstream_rows = rees46.rows_for_bytes(clickstream_bytes)
    started = time.monotonic()
    try:
        with progress_bar("Generating") as update:
            files = generate(
                out,
                list(shops or SHOPS),
                scale,
                seed,
                progress=lambda shop, done, total: update(done, total, shop),
                rees46_rows=clickstream_rows,
            )
    except ValueError as error:
        raise LakehouseError(f"Nothing was generated: {error}") from error
    rows = sum(file.rows for file in files)
    size = sum(file.bytes for file in files) / 1e6
    console.print(
        f"Generated {rows:,} rows in {len(files)} files, {size:,.1f} MB, under {out} "
        f"({time.monotonic() - started:.1f} s)",
    )
