"""What a benchmark measures: figures, each a ratio of things done in the same run where it can be.

Every benchmark has a function `measure` that returns them; `make bench` renders them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Aim:
    """What a figure should come to.

    Attributes:
        limit: not to be passed.
        at_least: whether more is better; otherwise less is.
        of_ratio: whether it is the ratio that should, and not the value itself.
    """

    limit: float
    at_least: bool = False
    of_ratio: bool = False

    def verdict(self, value: float, ratio: float | None) -> str:
        """The aim, and whether it was met, e.g. `at most 120: missed`.

        Raises:
            ValueError: the aim is about a ratio and there is none.
        """
        if self.of_ratio and ratio is None:
            raise ValueError("The aim is of a ratio, and the figure has none.")
        found = ratio if self.of_ratio and ratio is not None else value
        is_met = found >= self.limit if self.at_least else found <= self.limit
        words = f"{'ratio ' if self.of_ratio else ''}at {'least' if self.at_least else 'most'}"
        return f"{words} {self.limit:g}: {'met' if is_met else '**missed**'}"


@dataclass(frozen=True)
class Figure:
    """One measured figure.

    Attributes:
        name: what was measured, e.g. `lakehouse load, 3,000,000 rows`.
        value: how much of the unit.
        unit: e.g. `s`, `rows/s` or `CPU s`.
        compared_with: what else the same run measured, that does the same work; None if nothing.
        ratio: the value divided by that of what it is compared with; None if nothing.
        command: with which a reader measures it.
        aim: what it should come to; None where it is only told.
    """

    name: str
    value: float
    unit: str
    compared_with: str | None
    ratio: float | None
    command: str
    aim: Aim | None = None


def markdown_table(figures: Iterable[Figure]) -> str:
    """The figures as a Markdown table, in their order, with a line end at its end."""
    lines = [
        "| what | figure | compared with | ratio | aim | command |",
        "| --- | ---: | --- | ---: | --- | --- |",
    ]
    for figure in figures:
        ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
        cells = (
            _escaped(figure.name),
            f"{_rounded(figure.value)} {figure.unit}",
            _escaped(figure.compared_with or ""),
            ratio,
            figure.aim.verdict(figure.value, figure.ratio) if figure.aim else "",
            f"`{figure.command}`",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _rounded(value: float) -> str:
    """As many digits as a measurement on a shared machine is worth."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 1 else 3
    return f"{value:,.{digits}f}"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")
