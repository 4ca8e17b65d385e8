"""`lakehouse demo`: everything end to end."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Annotated

import typer

from lakehouse.commands.build import build_tables
from lakehouse.commands.docs import write_docs
from lakehouse.commands.evaluate import write_evaluation
from lakehouse.commands.generate import generate_files
from lakehouse.commands.load import load_files
from lakehouse.commands.report import write_all
from lakehouse.commands.score import score_models
from lakehouse.commands.train import train_models
from lakehouse.errors import MachineError
from lakehouse.lake import Lake

MIN_FREE_MB = 1000
# Each model for the shop with what it is to find; `lakehouse train` is for all shops.
SHOWN = {
    "segments": "rees46",
    "lifetime": "thelook",
    "recommender": "online_retail",
    "ratings": "shopping_trends",
    "next_categories": "online_retail",
    "promo": "shopping_trends",
    "seasons": "shopping_trends",
    "product_groups": "online_retail",
    "demand": "online_retail",
}


def demo(
    folder: Annotated[Path, typer.Option(help="Folder of the demo's own lake.")] = Path("demo"),
    scale: Annotated[float, typer.Option(help="1 is some 300,000 rows.")] = 1.0,
) -> None:
    """Run everything end to end on generated data, in a lake of its own."""
    from lakehouse.console import console
    from lakehouse.session import check_java

    # What would stop it in some minutes is said now.
    check_java()
    check_disk(folder)
    started = time.monotonic()
    lake = Lake.at(folder / "lake")
    generate_files(folder / "raw", None, scale, seed=42)
    load_files(lake, folder / "raw")
    build_tables(lake, ("--exclude", "source:ml+"))
    for model, shop in SHOWN.items():
        train_models(lake, [model], [shop])
    score_models(lake)
    # What is left out above: what the models say, and what rests on it.
    build_tables(lake, changed=True)
    write_docs(lake, folder / "site" / "index.html")
    write_all(lake, folder / "reports")
    write_evaluation(lake, folder / "reports" / "models.html")
    print_headlines(lake)
    console.print(f"Done in {time.monotonic() - started:.0f} s. Where to look next:")
    for line in (
        f"  {folder / 'reports' / 'index.html'}: what gold says of each shop",
        f"  {folder / 'reports' / 'models.html'}: how good each model is, beside what it replaces",
        f"  {folder / 'site' / 'index.html'}: every table, its question and its columns",
        f"  export LAKE_ROOT={lake.root}",
        "  source scripts/env.sh",
        "  lakehouse status",
        "  lakehouse releases",
        "  lakehouse report online_retail",
        "  dbt show --inline 'select * from gold.rpt_kpis'",
    ):
        console.print(line, markup=False)


def check_disk(folder: Path) -> None:
    """Makes the demo's folder and checks that there is room for it.

    Raises:
        MachineError: there is not.
        OSError: the folder cannot be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    free_mb = shutil.disk_usage(folder).free // 1_000_000
    if free_mb < MIN_FREE_MB:
        raise MachineError(
            f"Only {free_mb} MB are free on the disk of {folder}; {MIN_FREE_MB} MB are needed."
        )


def print_headlines(lake: Lake) -> None:
    """Prints the headline figures of each shop."""
    from rich.table import Table

    from lakehouse.console import console
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
