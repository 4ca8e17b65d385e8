"""`lakehouse experiment`: recommendation strategies against each other, from plan to verdict."""

from __future__ import annotations

import datetime
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake

if TYPE_CHECKING:
    from ml.experiments.declaration import Experiment
    from ml.experiments.plan import Plan

Name = Annotated[str, typer.Argument(help="The experiment, as its declaration names it.")]


def create(
    file: Annotated[Path, typer.Argument(help="The declaration, YAML: see docs/experiments.md.")],
) -> None:
    """Declare an experiment, and show how many units its looks take."""
    from lakehouse.console import console
    from ml.experiments.declaration import read_experiment
    from ml.experiments.plan import plan
    from ml.experiments.record import declare

    experiment = read_experiment(file)
    is_new = declare(Lake.from_environment(), experiment, datetime.datetime.now(datetime.UTC))
    said = "is declared" if is_new else "was declared before, just so"
    console.print(f"{experiment.name} {said}", markup=False)
    _print_plan(experiment, plan(experiment))


def assign(
    name: Name,
    units: Annotated[
        Path | None, typer.Option(help="The units: a CSV file with a column unit_id.")
    ] = None,
    shop: Annotated[
        str | None, typer.Option(help="Instead: all customers of this shop, by customer_key.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The file. Default: exports/experiment_<name>.csv.")
    ] = None,
) -> None:
    """Write which variant and strategy each unit sees; the same units get the same ones again."""
    from lakehouse.console import console
    from ml.experiments.assignment import assign as assign_units
    from ml.experiments.files import read_units, write_assignment
    from ml.experiments.gold import customers
    from ml.experiments.record import find

    lake = Lake.from_environment()
    experiment = find(lake, name)
    if units is not None and shop is None:
        unit_ids = read_units(units)
    elif shop is not None and units is None:
        unit_ids = customers(lake, shop)
    else:
        raise LakehouseError("Name one of the two: --units FILE.csv, or --shop SHOP.")
    variants = assign_units(experiment, unit_ids)
    path = out or Path("exports", f"experiment_{name}.csv")
    write_assignment(path, unit_ids, variants)
    counts = Counter(variant.name for variant in variants)
    for variant in experiment.variants:
        console.print(f"{variant.name}: {counts[variant.name]:,} units", markup=False)
    console.print(f"Wrote {len(unit_ids):,} units: {path}", markup=False)


def expose(
    name: Name,
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV: variant, unit_id, exposed_at, strategy, items (spaces or | between them)."
        ),
    ],
) -> None:
    """Add what units were shown to the log of exposures; what is there already is left alone."""
    from lakehouse.console import console
    from ml.experiments.files import read_exposures
    from ml.experiments.record import find, log, strayed

    lake = Lake.from_environment()
    experiment = find(lake, name)
    exposures = read_exposures(file, experiment)
    added = log(lake, experiment, exposures)
    console.print(
        f"{added:,} exposures added, {len(exposures) - added:,} were there already", markup=False
    )
    if others := strayed(experiment, exposures):
        first = others[0]
        console.print(
            f"{len(others):,} of the file's exposures are to another variant than `assign` gives "
            f"the unit, the first: {first.unit_id} saw {first.variant}. They were shown, so they "
            "count; but a unit's variant must not depend on anything but its hash.",
            markup=False,
        )


def report(
    name: Name,
    shop: Annotated[str | None, typer.Option(help="Only orders of this shop.")] = None,
    outcomes: Annotated[
        Path | None,
        typer.Option(help="Instead of gold's orders, a CSV: unit_id, occurred_at, value."),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            help="See nothing later; to the minute, e.g. 2024-05-01T10:00 (UTC). Default: the last "
            "outcome, since what was done after it may not have arrived yet."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The page. Default: reports/experiment_<name>.html.")
    ] = None,
) -> None:
    """Say whether to go on or to stop, and why; variants are compared at planned looks only.

    What units did are their customers' orders in gold, or the rows of a file.
    """
    from lakehouse.console import console
    from ml.experiments.exposures import last_moment
    from ml.experiments.files import read_outcomes
    from ml.experiments.gold import orders
    from ml.experiments.page import print_report, write_page
    from ml.experiments.plan import plan
    from ml.experiments.record import find, keep_look, kept_looks, logged, looks_of
    from ml.experiments.report import report as report_on

    if shop is not None and outcomes is not None:
        raise LakehouseError("Name one of the two at most: --shop SHOP, or --outcomes FILE.csv.")
    moment = _given_moment(as_of)
    lake = Lake.from_environment()
    experiment = find(lake, name)
    exposures = logged(lake, name)
    if not exposures.num_rows:
        raise LakehouseError(
            f"The log has no exposures of {name}. Add them: lakehouse experiment expose {name} FILE"
        )
    done = (
        read_outcomes(outcomes)
        if outcomes is not None
        else orders(lake, experiment, exposures, shop)
    )
    before = looks_of(kept_looks(lake, name))
    found = report_on(experiment, exposures, done, before, _minute(moment or last_moment(done)))
    looks = keep_look(lake, found)
    print_report(found, console)
    if found.looks != looks_of(looks):
        console.print("This look was kept when it was made, by the rows of then; it stays.")
    page = out or Path("reports", f"experiment_{name}.html")
    write_page(found, plan(experiment), looks, page)
    console.print(f"Wrote {page}", markup=False)


def _print_plan(experiment: Experiment, planned: Plan) -> None:
    from rich.table import Table

    from lakehouse.console import console

    variants = Table("variant", "strategy", "share", "units")
    rows = zip(experiment.variants, experiment.shares, planned.unit_counts, strict=True)
    for variant, share, count in rows:
        variants.add_row(variant.name, variant.strategy, f"{share:.1%}", f"{count:,}")
    looks = Table("look", "units", "|z| that ends it")
    points = zip(planned.fractions, planned.critical_values, strict=True)
    for number, (fraction, value) in enumerate(points, start=1):
        looks.add_row(f"{number}", f"{fraction * planned.total:,.0f}", f"{value:.2f}")
    console.print(variants)
    console.print(looks)
    console.print(
        f"{planned.total:,} units in all, {planned.inflation:.3f} times those of one look. A "
        f"variant better by {experiment.minimum_lift:.1%} is found with probability "
        f"{planned.power:.2f}.",
        markup=False,
    )


def _given_moment(as_of: str | None) -> datetime.datetime | None:
    """What --as-of says.

    Raises:
        LakehouseError: it is no moment, or still to come: outcome days that are not over would
            count as over.
    """
    from ml.experiments.files import moment

    if as_of is None:
        return None
    try:
        found = moment(as_of)
    except ValueError as error:
        raise LakehouseError(f"--as-of {as_of}: {error}.") from error
    if found > datetime.datetime.now(datetime.UTC):
        raise LakehouseError(f"--as-of {as_of} is still to come.")
    return found


def _minute(moment: datetime.datetime) -> datetime.datetime:
    """The beginning of the minute: messages name looks to the minute, and so may --as-of."""
    return moment.replace(second=0, microsecond=0)
