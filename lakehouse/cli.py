"""The `lakehouse` command. Heavy imports wait until a command needs them."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake

app = typer.Typer(
    help="Load, build and read an e-commerce lakehouse, at LAKE_ROOT (default ./lake).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def main() -> None:
    """Runs the command line; what a user can mend is one clear text and exit code 1."""
    try:
        app()
    except LakehouseError as error:
        print(f"lakehouse: {error}", file=sys.stderr)
        sys.exit(1)


@app.command()
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
    from lakehouse.steps import generate_files

    generate_files(out, shop, scale, seed, clickstream_rows, clickstream_bytes)


@app.command()
def load(
    folder: Annotated[Path, typer.Argument(help="Holds <shop>/<files>; with --shop the files.")],
    shop: Annotated[str | None, typer.Option(help="The shop whose files FOLDER holds.")] = None,
    max_rescued: Annotated[
        float, typer.Option(help="Largest share (0-1) of a file's rows that may not fit.")
    ] = 0.05,
) -> None:
    """Load CSV and Excel files into bronze: each content once, nothing dropped."""
    from lakehouse.steps import load_files

    load_files(Lake.from_environment(), folder, shop, max_rescued)


@app.command(context_settings=PASS_ON)
def build(context: typer.Context) -> None:
    """Build and test silver and gold (dbt build); further arguments go to dbt."""
    from lakehouse.steps import build_tables

    build_tables(Lake.from_environment(), context.args)


@app.command(context_settings=PASS_ON)
def dbt(context: typer.Context) -> None:
    """Run any dbt command on the lake, e.g. lakehouse dbt run -s rpt_kpis."""
    from lakehouse.transform import run_dbt

    result = run_dbt(Lake.from_environment(), context.args)
    if result.exception is not None:
        print(f"lakehouse: {result.exception}", file=sys.stderr)
    sys.exit(0 if result.success else 1)


@app.command()
def register() -> None:
    """Bring the metastore back from the lake's folders, e.g. after deleting _catalog."""
    from lakehouse.steps import register_tables

    register_tables(Lake.from_environment())


@app.command()
def status() -> None:
    """Say what is loaded, built and stale, and what to run next."""
    from lakehouse.steps import print_status

    print_status(Lake.from_environment())


@app.command()
def docs(
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("site/index.html"),
) -> None:
    """Write the documentation of all tables as one static page."""
    from lakehouse.steps import write_docs

    write_docs(Lake.from_environment(), out)


@app.command()
def report(
    shop: Annotated[str, typer.Argument(help="The shop, e.g. online_retail.")],
    out: Annotated[
        Path | None, typer.Option(help="The page. Default: reports/<shop>.html.")
    ] = None,
) -> None:
    """Show a shop's key findings, and write them as one page with charts."""
    from lakehouse.steps import show_report

    show_report(Lake.from_environment(), shop, out or Path("reports", f"{shop}.html"))


@app.command()
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
    from lakehouse.steps import export_file

    export_file(Lake.from_environment(), table, file_format, out, shop, guard_formulas)


@app.command()
def env() -> None:
    """Print the variables with which dbt, pyspark and notebooks find the lake."""
    from lakehouse.session import spark_environment

    for name, value in spark_environment(Lake.from_environment()).items():
        print(f"export {name}={shlex.quote(value)}")


@app.command()
def demo(
    folder: Annotated[Path, typer.Option(help="Folder of the demo's own lake.")] = Path("demo"),
    scale: Annotated[float, typer.Option(help="1 is some 300,000 rows.")] = 1.0,
) -> None:
    """Run everything end to end on generated data, in a lake of its own."""
    from lakehouse.steps import run_demo

    run_demo(folder, scale)
