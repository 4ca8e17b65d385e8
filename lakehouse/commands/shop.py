"""`lakehouse shop`: a shop of one's own in the project, and out of it again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lakehouse.errors import LakehouseError

if TYPE_CHECKING:
    from lakehouse.shop import ProposedShop, Role, Sample

File = Annotated[Path | None, typer.Option(show_default=False)]


def new(
    name: Annotated[str, typer.Argument(help="The shop's name, such as my_shop.")],
    files: Annotated[list[Path], typer.Argument(help="Its files: CSV or Excel, with headers.")],
    orders: File = None,
    lines: File = None,
    products: File = None,
    customers: File = None,
    events: File = None,
    column: Annotated[
        list[str] | None,
        typer.Option(help="Which column is which: lines.product_id=SKU. Repeat for several."),
    ] = None,
    currency: Annotated[str, typer.Option(help="ISO 4217 code of its amounts.")] = "USD",
    time_zone: Annotated[str, typer.Option(help="Of times that name none.")] = "UTC",
    title: Annotated[str | None, typer.Option(help="What people call it.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Take what is guessed; ask nothing.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the shop's files.")] = False,
) -> None:
    """Write the contract, models and tests of a shop, proposed from its files.

    --orders, --lines, --products, --customers and --events say which file is which; one flat file
    may be several. Without them it is guessed from names and headers, and asked.
    """
    from lakehouse.console import console
    from lakehouse.session import PROJECT_DIR
    from lakehouse.shop import add_shop, guess_roles, propose_shop, read_sample
    from lakehouse.shop.project import require_checkout

    require_checkout(PROJECT_DIR)
    given: dict[Role, Path | None] = {
        "orders": orders,
        "lines": lines,
        "products": products,
        "customers": customers,
        "events": events,
    }
    paths = list(dict.fromkeys([*files, *(path for path in given.values() if path)]))
    samples = {path: read_sample(path) for path in paths}
    said = {role: samples[path] for role, path in given.items() if path}
    guessed = guess_roles([s for s in samples.values() if s not in said.values()])
    roles = said | {role: sample for role, sample in guessed.items() if role not in said}
    if set(roles) != set(said) and not yes:
        roles = _ask(roles, said)
    shop = propose_shop(
        name,
        list(samples.values()),
        roles,
        shop_name=title,
        currency=currency,
        time_zone=time_zone,
        chosen=dict(map(_chosen, column or [])),
    )
    written = add_shop(shop, force=force)
    for path in written:
        console.print(f"wrote {path.relative_to(PROJECT_DIR)}", markup=False)
    _print_next(shop)


def remove(name: Annotated[str, typer.Argument(help="The shop's name.")]) -> None:
    """Take a shop out of the project; the next build has no rows of it."""
    from lakehouse.console import console
    from lakehouse.session import PROJECT_DIR
    from lakehouse.shop import remove_shop

    for path in remove_shop(name):
        console.print(f"changed {path.relative_to(PROJECT_DIR)}", markup=False)
    console.print("Run lakehouse build: its rows go. Its files stay in bronze.")


def _ask(roles: dict[Role, Sample], said: dict[Role, Sample]) -> dict[Role, Sample]:
    """Asks on a terminal whether the guess holds.

    Raises:
        LakehouseError: nobody can be asked, or the answer is no.
    """
    from rich.prompt import Confirm

    from lakehouse.console import console

    guesses = {role: sample for role, sample in roles.items() if role not in said}
    if not sys.stdin.isatty():
        shown = " ".join(f"--{role} {sample.path}" for role, sample in guesses.items())
        raise LakehouseError(
            f"Which file is which is a guess: {shown}. Repeat the command with these options, or "
            "with --yes."
        )
    kept = dict(said)
    for role, sample in guesses.items():
        if Confirm.ask(f"Are the {role} in {sample.path.name}?", console=console, default=True):
            kept[role] = sample
    return kept


def _chosen(text: str) -> tuple[tuple[Role, str], str]:
    from lakehouse.shop.roles import HEADERS

    place, equals, header = text.partition("=")
    role, _, field = place.partition(".")
    for known, fields in HEADERS.items():
        if equals and role == known and field in fields:
            return (known, field), header
    raise LakehouseError(f"--column {text}: write it as lines.product_id=HEADER.")


def _print_next(shop: ProposedShop) -> None:
    from lakehouse.console import console

    unsure = sum(len(table.unsure) for table in shop.tables) + sum(
        len(column.unsure) for table in shop.tables for column in table.columns
    )
    contract = f"lakehouse/contracts/{shop.shop_id}.yml"
    console.print(
        f"\nMarked `# unsure:` in {contract}: {unsure}. Then:",
        markup=False,
    )
    for line in (
        "  python -m lakehouse.contracts",
        f"  lakehouse load FOLDER --shop {shop.shop_id}",
        "  lakehouse build",
    ):
        console.print(line, markup=False)
