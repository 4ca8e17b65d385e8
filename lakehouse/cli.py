"""The `lakehouse` command: which commands there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer

from lakehouse.commands.build import build
from lakehouse.commands.dbt import dbt
from lakehouse.commands.demo import demo
from lakehouse.commands.docs import docs
from lakehouse.commands.env import env
from lakehouse.commands.evaluate import evaluate
from lakehouse.commands.experiment import assign, create, expose
from lakehouse.commands.experiment import report as report_experiment
from lakehouse.commands.export import export
from lakehouse.commands.forget import forget
from lakehouse.commands.generate import generate
from lakehouse.commands.load import load
from lakehouse.commands.metric import metric
from lakehouse.commands.register import register
from lakehouse.commands.release import diff, maintain, release, releases, rollback
from lakehouse.commands.report import report
from lakehouse.commands.score import score
from lakehouse.commands.serve import serve
from lakehouse.commands.shop import new, remove
from lakehouse.commands.status import status
from lakehouse.commands.train import train
from lakehouse.commands.withdraw import withdraw
from lakehouse.failures import guarded

# In the order of `lakehouse --help`. A new command: a module in lakehouse/commands, a name here.
COMMANDS = (
    generate,
    load,
    withdraw,
    forget,
    build,
    release,
    releases,
    rollback,
    diff,
    maintain,
    dbt,
    train,
    score,
    evaluate,
    serve,
    register,
    status,
    docs,
    report,
    metric,
    export,
    env,
    demo,
)
# They hand what they do not know themselves to dbt; `dbt` its --help too.
_UNKNOWN = {"allow_extra_args": True, "ignore_unknown_options": True}
PASSED_ON: dict[Callable[..., None], dict[str, Any]] = {
    build: _UNKNOWN,
    dbt: _UNKNOWN | {"help_option_names": []},
}

app = typer.Typer(
    help="Load, build and read an e-commerce lakehouse, at LAKE_ROOT (default ./lake).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in COMMANDS:
    app.command(context_settings=PASSED_ON.get(command))(guarded(command))

shop = typer.Typer(help="A shop of one's own in the project: new, remove.", no_args_is_help=True)
shop.command()(guarded(new))
shop.command()(guarded(remove))
app.add_typer(shop, name="shop")

experiment = typer.Typer(
    help="A/B tests of recommendation strategies: create, assign, expose, report.",
    no_args_is_help=True,
)
for step in (create, assign, expose, report_experiment):
    experiment.command()(guarded(step))
app.add_typer(experiment, name="experiment")


def main() -> None:
    """Runs the command line."""
    app()
