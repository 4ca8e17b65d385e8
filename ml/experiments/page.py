"""A report of an experiment on a screen, and as a page with the lift at each look."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakehouse.report.drawing import INK, PALE, PALETTE, new_figure
from ml.experiments.plan import Plan
from ml.experiments.report import Effect, Report, VariantResult

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from rich.console import Console

COLUMNS = ("variant", "strategy", "exposed", "analysed", "mean", "difference", "lift", "z")


def cells(variant: VariantResult) -> tuple[str, ...]:
    """A variant as a row of the table; dashes for what is not compared."""
    mean = "-" if variant.mean is None else f"{variant.mean:,.4f}"
    counts = (f"{variant.exposed:,}", f"{variant.analysed:,}")
    return (variant.name, variant.strategy, *counts, mean, *_effect_cells(variant.effect))


def _effect_cells(effect: Effect | None) -> tuple[str, str, str]:
    if effect is None:
        return ("-", "-", "-")
    low, high = effect.interval
    difference = f"{effect.difference:+,.4f} ({low:+,.4f} to {high:+,.4f})"
    lift = "-"
    if effect.lift is not None and effect.lift_interval is not None:
        low, high = effect.lift_interval
        lift = f"{effect.lift:+.1%} ({low:+.1%} to {high:+.1%})"
    return (difference, lift, f"{effect.z:+.2f}")


def sentences(report: Report) -> list[str]:
    """The verdict, and what it rests on."""
    analysed = sum(variant.analysed for variant in report.variants)
    said = [
        f"{report.text[0].upper()}{report.text[1:]}.",
        f"{analysed:,} of {report.planned_units:,} planned units are analysed, as of "
        f"{report.as_of:%Y-%m-%d %H:%M} UTC.",
    ]
    if report.critical_value is not None:
        said.append(
            f"Look {len(report.looks)}: |z| of {report.critical_value:.2f} ends the experiment; "
            "intervals hold at all looks together."
        )
    if report.sample_ratio_p is None:
        said.append("Sample ratio: too few units to tell.")
    else:
        said.append(f"Sample ratio: p = {report.sample_ratio_p:.2g}.")
    if report.crossover_count:
        said.append(f"{report.crossover_count:,} units saw several variants and are left out.")
    if report.variance_reduction is not None:
        said.append(f"The covariate explains {report.variance_reduction:.1%} of the variance.")
    return said


def print_report(report: Report, console: Console) -> None:
    """Prints the verdict, the variants and what the verdict rests on."""
    from rich.table import Table

    verdict, *basis = sentences(report)
    console.print(f"{report.experiment}: {verdict}", markup=False)
    table = Table(*COLUMNS)
    for variant in report.variants:
        table.add_row(*cells(variant))
    console.print(table)
    for sentence in basis:
        console.print(sentence, markup=False)


def write_page(report: Report, planned: Plan, looks: Sequence[dict[str, Any]], out: Path) -> None:
    """Writes the page; it has plots once there was a look.

    Args:
        report: what it says.
        planned: of the experiment.
        looks: rows of `ml.experiment_looks`, by look.
        out: the file.

    Raises:
        LakehouseError: a folder that cannot be written to.
    """
    from markupsafe import Markup
    from plotly.offline import get_plotlyjs

    from lakehouse.report.page import chart, template
    from lakehouse.whole_file import whole_file

    figures = {"lift": lift_figure(looks), "z": z_figure(planned, looks)} if looks else {}
    page = template("experiment.html.jinja").render(
        report=report,
        sentences=sentences(report),
        columns=COLUMNS,
        rows=[cells(variant) for variant in report.variants],
        charts=[chart(figure, name) for name, figure in figures.items()],
        plotly_js=Markup(get_plotlyjs()) if figures else "",
    )
    with whole_file(out) as partial:
        partial.write_text(page, encoding="utf-8")


def lift_figure(looks: Sequence[dict[str, Any]]) -> go.Figure:
    """The lift of each treatment at each look; past the boundary its interval leaves out 0."""
    figure = _figure("Lift over the control at each look, with its interval")
    # Intervals of one look stand side by side.
    figure.update_layout(scattermode="group", scattergap=0.92)
    for name, rows, color in _treatments(looks):
        compared = [row for row in rows if row["lift"] is not None]
        figure.add_scatter(
            x=[row["unit_count"] for row in compared],
            y=[row["lift"] for row in compared],
            error_y={
                "type": "data",
                "array": [row["lift_upper"] - row["lift"] for row in compared],
                "arrayminus": [row["lift"] - row["lift_lower"] for row in compared],
            },
            mode="markers",
            name=name,
            marker={"color": color, "size": 9},
        )
    figure.update_yaxes(tickformat="+.0%")
    return figure


def z_figure(planned: Plan, looks: Sequence[dict[str, Any]]) -> go.Figure:
    """The z of each treatment at each look, between the boundaries that end the experiment.

    At looks that were made the boundary is as it was there, at later ones as planned.
    """
    figure = _figure("z at each look, and the boundary that ends the experiment")
    boundary = {row["unit_count"]: row["critical_value"] for row in looks}
    last = max(boundary)
    points = zip(planned.fractions, planned.critical_values, strict=True)
    boundary |= {
        round(part * planned.total): value for part, value in points if part * planned.total > last
    }
    for name, sign in (("better", 1), ("worse", -1)):
        figure.add_scatter(
            x=list(boundary),
            y=[sign * value for value in boundary.values()],
            mode="lines+markers",
            name=name,
            line={"color": PALE, "dash": "dash"},
        )
    for name, rows, color in _treatments(looks):
        figure.add_scatter(
            x=[row["unit_count"] for row in rows],
            y=[row["z"] for row in rows],
            mode="lines+markers",
            name=name,
            marker={"color": color, "size": 9},
        )
    return figure


def _figure(title: str) -> go.Figure:
    figure = new_figure(title, 380)
    figure.update_layout(showlegend=True, margin={"t": 56, "b": 56})
    figure.update_xaxes(title="analysed units", tickformat=",", rangemode="tozero")
    figure.add_hline(y=0, line={"color": INK, "width": 1})
    return figure


def _treatments(
    looks: Sequence[dict[str, Any]],
) -> list[tuple[str, list[dict[str, Any]], str]]:
    """Each treatment with its rows, and a colour."""
    by_name: dict[str, list[dict[str, Any]]] = {}
    for row in looks:
        by_name.setdefault(row["variant"], []).append(row)
    return [
        (name, rows, PALETTE[number % len(PALETTE)])
        for number, (name, rows) in enumerate(by_name.items())
    ]
