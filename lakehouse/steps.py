"""The steps of the main job, as the commands run them; each tells what came of it."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from lakehouse.console import BuildProgress, LoadProgress, console, progress_bar
from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake

DEFAULT_MAX_RESCUED = 0.05
# Unit tests are about the code, not a lake's data: `make test` and `dbt test` run them.
WITHOUT_UNIT_TESTS = ("--exclude-resource-type", "unit_test")


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
        LakehouseError: an unknown shop, a bad size, or a folder that cannot be written to.
    """
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
    except (ValueError, OSError) as error:
        raise LakehouseError(f"Nothing was generated: {error}") from error
    rows = sum(file.rows for file in files)
    size = sum(file.bytes for file in files) / 1e6
    console.print(
        f"Generated {rows:,} rows in {len(files)} files, {size:,.1f} MB, under {out} "
        f"({time.monotonic() - started:.1f} s)",
    )


def load_files(
    lake: Lake, folder: Path, shop: str | None = None, max_rescued: float = DEFAULT_MAX_RESCUED
) -> None:
    """Loads a folder into bronze, with progress.

    Raises:
        LakehouseError: see `lakehouse.ingest.load`.
    """
    from lakehouse.contracts.reader import load_contracts
    from lakehouse.ingest import load
    from lakehouse.ingest.discover import discover
    from lakehouse.session import open_session

    # A folder with nothing to load is said before Spark takes its seconds to start.
    discover(folder, load_contracts(), shop)
    console.print(f"Loading {folder} into {lake.root}", markup=False)
    spark = open_session(lake)
    with progress_bar("Loading") as update:
        report = load(spark, lake, folder, shop, max_rescued, LoadProgress(update))
    console.print(
        f"Loaded {report.row_count:,} rows, {report.rescued_count:,} of them rescued "
        f"({report.seconds:.1f} s, {report.row_count / max(report.seconds, 0.001):,.0f} rows/s)"
    )


def build_tables(lake: Lake, arguments: Sequence[str] = ()) -> None:
    """Builds and tests silver and gold, with progress.

    Raises:
        LakehouseError: a model or a test failed, or another process is writing.
    """
    from lakehouse.transform import check, node_results, run_dbt

    started = time.monotonic()
    console.print(f"Building {lake.root}", markup=False)
    with progress_bar("Building") as update:
        result = run_dbt(
            lake, ["--quiet", "build", *WITHOUT_UNIT_TESTS, *arguments], BuildProgress(update)
        )
    check(result)
    kinds = [str(node.node.resource_type) for node in node_results(result)]
    console.print(
        f"Built {kinds.count('model')} tables, passed {kinds.count('test')} tests "
        f"({time.monotonic() - started:.1f} s)"
    )


def register_tables(lake: Lake) -> None:
    """Registers the tables of the lake's folders in the metastore."""
    from lakehouse.lock import lake_lock
    from lakehouse.session import open_session
    from lakehouse.transform import register

    with lake_lock(lake, "register"):
        names = register(open_session(lake), lake)
    console.print(f"Registered {len(names)} tables: {', '.join(names) or 'all were known'}")


def print_status(lake: Lake) -> None:
    """Prints what is loaded, built and stale."""
    from lakehouse.status import lake_state

    state = lake_state(lake)
    console.print(f"Lake: {lake.root}", markup=False)
    bronze = Table("bronze table", "files", "rows", "rescued", "rejected files", "loaded (UTC)")
    for table in state.bronze:
        loaded = f"{table.last_loaded_at:%Y-%m-%d %H:%M}" if table.last_loaded_at else "-"
        counts = (table.file_count, table.row_count, table.rescued_count)
        bronze.add_row(
            table.table_name, *(f"{n:,}" for n in counts), str(table.rejected_file_count), loaded
        )
    console.print(bronze)
    if state.gold:
        oldest = min(table.changed_at for table in state.gold)
        console.print(
            f"Gold: {len(state.gold)} tables, the oldest of {oldest:%Y-%m-%d %H:%M} UTC; "
            f"{len(state.stale)} stale"
        )
    else:
        console.print("Gold: nothing is built")
    console.print(f"Next: {state.next_step}", markup=False)


def write_docs(lake: Lake, out: Path) -> None:
    """Writes the documentation of all tables as one static page.

    Raises:
        LakehouseError: dbt could not generate it.
    """
    from lakehouse.session import PROJECT_DIR
    from lakehouse.transform import check, run_dbt

    check(run_dbt(lake, ["--quiet", "docs", "generate", "--static"]))
    target = Path(os.environ.get("DBT_TARGET_PATH") or PROJECT_DIR / "target")
    out.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(target / "static_index.html", out)
    console.print(f"Wrote {out}", markup=False)


def show_report(lake: Lake, shop_id: str, out: Path) -> None:
    """Prints a shop's findings and writes them as one page.

    Raises:
        LakehouseError: an unknown shop, nothing built, or a file that cannot be written.
    """
    from lakehouse.report import find, print_findings, write_page

    findings = find(lake, shop_id)
    print_findings(findings, console)
    write_page(findings, out)
    console.print(f"\nWrote {out}", markup=False)


def export_file(
    lake: Lake,
    table: str,
    file_format: str,
    out: Path | None,
    shop_id: str | None,
    guard_formulas: bool,
) -> None:
    """Writes a table to a file, and says what to mind when a spreadsheet opens it.

    Raises:
        LakehouseError: see `lakehouse.export.export_table`.
    """
    from lakehouse.export import export_table

    export = export_table(lake, table, file_format, out, shop_id, guard_formulas)
    console.print(
        f"Wrote {export.row_count:,} rows, {export.size_bytes / 1e6:,.1f} MB: {export.path}",
        markup=False,
    )
    if export.formula_like_count and not export.is_guarded:
        console.print(
            f"  {export.formula_like_count:,} texts begin with = + - or @, which a spreadsheet "
            "takes for formulas. For one, export xlsx, or add --guard-formulas.",
            markup=False,
        )


def print_headlines(lake: Lake) -> None:
    """Prints the headline figures of each shop."""
    from lakehouse.reading import read_table

    currency = {
        r["shop_id"]: r["currency_code"] for r in read_table(lake, "gold", "dim_shops").to_pylist()
    }
    table = Table("shop", "orders", "customers", "net sales", "average order", "sessions converted")
    for row in sorted(read_table(lake, "gold", "rpt_kpis").to_pylist(), key=lambda r: r["shop_id"]):
        rate = row["conversion_rate"]
        average = row["average_order_value"]
        unit = currency[row["shop_id"]]
        table.add_row(
            row["shop_id"],
            f"{row['order_count']:,}",
            f"{row['customer_count']:,}",
            f"{row['net_amount']:,} {unit}",
            "-" if average is None else f"{average:,} {unit}",
            "-" if rate is None else f"{rate:.2%}",
        )
    console.print(table)


def run_demo(folder: Path, scale: float) -> None:
    """Generates, loads, builds and documents, in a lake of its own, in this one process.

    Raises:
        LakehouseError: a step failed.
    """
    started = time.monotonic()
    lake = Lake.at(folder / "lake")
    generate_files(folder / "raw", None, scale, seed=42)
    load_files(lake, folder / "raw")
    build_tables(lake)
    write_docs(lake, folder / "site" / "index.html")
    print_headlines(lake)
    console.print(f"Done in {time.monotonic() - started:.0f} s. Where to look next:")
    for line in (
        f"  {folder / 'site' / 'index.html'}: every table, its question and its columns",
        f"  export LAKE_ROOT={lake.root}",
        "  source scripts/env.sh",
        "  lakehouse status",
        "  lakehouse report online_retail",
        "  dbt show --inline 'select * from gold.rpt_kpis'",
    ):
        console.print(line, markup=False)
