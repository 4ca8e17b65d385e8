"""The report as one HTML page that loads nothing: text, tables, charts and their script inline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lakehouse.report.findings import Findings
from lakehouse.whole_file import whole_file

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from jinja2 import Template
    from markupsafe import Markup


def write_page(findings: Findings, out: Path, index: str | None = None) -> None:
    """Writes the page; it appears when it is complete.

    Args:
        findings: what it says.
        out: the file.
        index: address of the page of all shops, if there is one, as seen from this page.

    Raises:
        LakehouseError: a folder that cannot be written to.
    """
    with whole_file(out) as partial:
        partial.write_text(render_page(findings, index), encoding="utf-8")


def render_page(findings: Findings, index: str | None = None) -> str:
    """The page; the same findings give the same text."""
    from markupsafe import Markup
    from plotly.offline import get_plotlyjs

    unit = findings.shop.currency_code
    charts = {
        section: [
            chart(figure, f"{section.section_id}-{n}")
            for n, figure in enumerate(section.charts(unit))
        ]
        for section in findings.sections
    }
    return template("page.html.jinja").render(
        findings=findings,
        unit=unit,
        charts=charts,
        index=index,
        plotly_js=Markup(get_plotlyjs()) if any(charts.values()) else "",
    )


def template(name: str) -> Template:
    """A template of the report, in which every text is escaped and none may be missing."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("lakehouse.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def chart(figure: go.Figure, chart_id: str) -> Markup:
    """A figure as a part of the page; plotly escapes what could end its script."""
    from markupsafe import Markup

    part = figure.to_html(
        full_html=False,
        include_plotlyjs=False,
        div_id=f"chart-{chart_id}",
        config={"displayModeBar": False, "responsive": True},
    )
    return Markup(part)
