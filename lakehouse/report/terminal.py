"""The report in the terminal: the headline figures, a sentence or two and a short table each."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lakehouse.report.findings import Findings
from lakehouse.report.section import TextTable

SHOWN_ROWS = 5


def print_findings(findings: Findings, console: Console) -> None:
    """Prints the findings; texts of the data are never taken for markup."""
    shop = findings.shop
    unit = shop.currency_code
    console.print(Text(f"{shop.name} ({shop.shop_id})", style="bold"))
    console.print(f"Figures as of the build of {findings.as_of:%Y-%m-%d %H:%M} UTC")
    figures = Table.grid(padding=(0, 3))
    for row in _in_threes(findings.kpis.told(unit)):
        figures.add_row(*(Text.assemble((f"{label}  ", "dim"), text) for label, text in row))
    console.print(figures)
    if findings.kpis.advice:
        console.print(findings.kpis.advice)
    for section in findings.sections:
        console.print()
        console.print(Text(section.title, style="bold"))
        for sentence in section.sentences(unit):
            console.print(Text(sentence))
        console.print(_table(section.table(unit)))
    if findings.not_built:
        console.print(
            Text(f"\nNot built in this lake: {', '.join(findings.not_built)}. Run: lakehouse build")
        )


def _in_threes(
    figures: tuple[tuple[str, str], ...],
) -> list[tuple[tuple[str, str], ...]]:
    return [figures[i : i + 3] for i in range(0, len(figures), 3)]


def _table(table: TextTable) -> Table:
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for column in table.columns:
        shown.add_column(
            column.name,
            justify="right" if column.is_number else "left",
            overflow="ellipsis",
            no_wrap=True,
        )
    for row in table.rows[:SHOWN_ROWS]:
        shown.add_row(*(Text(cell) for cell in row))
    return shown
