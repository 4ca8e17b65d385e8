"""`lakehouse forget`: a customer out of the lake, for good."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake


def forget(
    shop: Annotated[str | None, typer.Option(help="The customer's shop.")] = None,
    customer: Annotated[
        list[str] | None,
        typer.Option(help="The customer's id, as the shop's files have it; may be repeated."),
    ] = None,
    dbt_vars: Annotated[
        str | None, typer.Option("--vars", help="The vars that the lake is built with, for dbt.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Pseudonymise a customer in every table, and delete all older versions; totals stay.

    Without options it finishes a run that was interrupted.
    """
    from lakehouse.commands.build import rebuild_tables
    from lakehouse.console import console, progress_bar
    from lakehouse.forget import forget as forget_people
    from lakehouse.forget import rows_of

    lake = Lake.from_environment()
    people = customer or []
    if (shop is None) != (not people):
        raise LakehouseError("Name both, --shop and --customer.")
    if shop is not None and not yes and sys.stdin.isatty():
        rows = rows_of(lake, shop, people)
        if not _agrees(f"{sum(rows.values()):,} rows of {len(rows)} tables of {lake.root}"):
            console.print("Nothing was changed")
            return
    arguments = ["--vars", dbt_vars] if dbt_vars else []
    done = forget_people(
        lake, shop, people, lambda: rebuild_tables(lake, arguments), bars=progress_bar
    )
    for name, count in sorted(done.rows.items()):
        console.print(f"  {name}: {count:,} rows", markup=False)
    console.print(
        f"Forgotten. {done.built_count:,} tables and views were built anew, "
        f"{done.deleted_count:,} files of older versions deleted, and with them every release. To "
        "test what is there and to publish it: lakehouse build --changed"
    )
    for model, shop_id in done.fitted:
        console.print(
            f"Deleted, since it remembered customers: {model} of {shop_id}. Nothing serves until "
            f"you train it again: lakehouse train {model} --shop {shop_id}",
            markup=False,
        )
    if done.left_alone:
        console.print(
            f"Left alone, since they are none of the lake's tables: {', '.join(done.left_alone)}. "
            "Look into them yourself, and into exports, reports and the files that were loaded.",
            markup=False,
        )


def _agrees(rows: str) -> bool:
    """Whether the user wants what cannot be undone."""
    try:
        return typer.confirm(
            f"{rows} tell of them. They get another id, names and addresses are emptied, and no "
            "older version of any table is kept. Go on?"
        )
    except typer.Abort as error:
        raise KeyboardInterrupt from error
