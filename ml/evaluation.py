"""`lakehouse evaluate`: the last training of each model and shop, on a screen and as a page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from lakehouse.reading import read_table
from ml import tables
from ml.runs import EVALUATIONS, PLOTS, Serves, latest_runs

if TYPE_CHECKING:
    from markupsafe import Markup
    from rich.console import Console

COLUMNS = ("model", "shop", "serves", "metric", "model scores", "baseline scores", "gain (95%)")


@dataclass(frozen=True)
class Evaluated:
    """What is known of the last training of a model for a shop.

    Attributes:
        run: its row of `ml.model_runs`.
        scores: its rows of `ml.model_evaluations`, as they were noted.
        plots: name and figure, as plotly's JSON.
    """

    run: dict[str, Any]
    scores: list[dict[str, Any]]
    plots: list[tuple[str, str]]

    @property
    def section_id(self) -> str:
        """Its address on the page."""
        return f"{self.run['model']}-{self.run['shop_id']}"

    @property
    def limits(self) -> list[str]:
        """What not to use the model for."""
        return [str(limit) for limit in json.loads(self.run["limits"])]


def evaluated(lake: Lake) -> list[Evaluated]:
    """Every model and shop, sorted.

    Raises:
        LakehouseError: nothing was trained.
    """
    runs = latest_runs(lake)
    if not runs:
        raise LakehouseError(f"Nothing was trained in {lake.root}. Run: lakehouse train")
    scores = _by_run(lake, EVALUATIONS)
    plots = _by_run(lake, PLOTS)
    return [
        Evaluated(
            run,
            scores.get(run["run_id"], []),
            [(plot["plot"], plot["figure"]) for plot in plots.get(run["run_id"], [])],
        )
        for _, run in sorted(runs.items())
    ]


def _by_run(lake: Lake, table: str) -> dict[str, list[dict[str, Any]]]:
    if not lake.has_table(tables.LAYER, table):
        return {}
    found: dict[str, list[dict[str, Any]]] = {}
    for row in read_table(lake, tables.LAYER, table).to_pylist():
        found.setdefault(row["run_id"], []).append(row)
    return found


def cells(run: dict[str, Any]) -> tuple[str, ...]:
    """A run as a row of the table; dashes where the shop has not what the model takes."""
    if run["gain"] is None:
        return (run["model"], run["shop_id"], run["serves"], run["metric"], "-", "-", "-")
    gain = f"{run['gain']:+.4f} ({run['gain_lower']:+.4f} to {run['gain_upper']:+.4f})"
    return (
        run["model"],
        run["shop_id"],
        run["serves"],
        run["metric"],
        f"{run['model_score']:.4f}",
        f"{run['baseline_score']:.4f} ({run['baseline']})",
        gain,
    )


def print_runs(models: Sequence[Evaluated], console: Console) -> None:
    """Prints the table, and why nothing serves where nothing does."""
    from rich.table import Table

    table = Table(*COLUMNS)
    for one in models:
        table.add_row(*cells(one.run))
    console.print(table)
    for one in models:
        if one.run["gain"] is None or one.run["serves"] == Serves.NOTHING:
            console.print(
                f"{one.run['model']} {one.run['shop_id']}: {one.run['reason']}", markup=False
            )


def write_page(models: Sequence[Evaluated], out: Path) -> None:
    """Writes the page: the table, and of each model its scores, limits and plots.

    Raises:
        LakehouseError: a folder that cannot be written to.
    """
    from markupsafe import Markup
    from plotly.offline import get_plotlyjs

    from lakehouse.report.page import template
    from lakehouse.whole_file import whole_file

    page = template("models.html.jinja").render(
        columns=COLUMNS,
        models=[(one, cells(one.run)) for one in models],
        charts={one.section_id: _charts(one) for one in models},
        plotly_js=Markup(get_plotlyjs()),
    )
    with whole_file(out) as partial:
        partial.write_text(page, encoding="utf-8")


def _charts(model: Evaluated) -> list[Markup]:
    import plotly.io

    from lakehouse.report.page import chart

    return [
        chart(plotly.io.from_json(figure), f"{model.section_id}-{name}")
        for name, figure in model.plots
    ]
