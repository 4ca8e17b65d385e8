"""Figures, and the list of metrics, as people and programs read them: a table, CSV or JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lakehouse.metrics.answer import Answer
from lakehouse.metrics.declarations import Declarations
from lakehouse.metrics.model import SHOP

FORMATS = ("table", "csv", "json")
# Rounded as gold rounds amounts.
CENT = Decimal("0.01")
DIGITS = Context(prec=40)
LIST_COLUMNS = ("name", "label", "description", "dimensions")


def print_answer(answer: Answer, console: Console) -> None:
    """A table; amounts rounded to cents, rates to four decimals."""
    query = answer.query
    shown = Table()
    for column in query.columns:
        shown.add_column(column, justify="right" if column in query.metrics else "left")
    for row in answer.rows:
        shown.add_row(*(Text(_shown(value)) for value in row))
    console.print(shown)


def print_metrics(declarations: Declarations, console: Console) -> None:
    """All metrics, those together that can be grouped by the same dimensions."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for name in declarations.metrics:
        alike.setdefault(tuple(declarations.dimensions_of([name])), []).append(name)
    for dimensions, names in alike.items():
        shown = Table("metric", "label", "description")
        for name in names:
            metric = declarations.metrics[name]
            shown.add_row(name, Text(metric.label), Text(metric.description))
        console.print(shown)
        console.print(f"Always by {SHOP}; also --by {', '.join(dimensions)}\n", markup=False)


def listed(declarations: Declarations) -> list[tuple[Any, ...]]:
    """All metrics, with `LIST_COLUMNS`."""
    return [
        (metric.name, metric.label, metric.description, declarations.dimensions_of([metric.name]))
        for metric in declarations.metrics.values()
    ]


def written(file_format: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Rows with all digits: as CSV, or as a JSON list of objects."""
    return _csv(columns, rows) if file_format == "csv" else _json(columns, rows)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Text is in double quotes, and a null is an empty cell without them."""
    lines = [",".join(map(_csv_cell, row)) for row in (columns, *rows)]
    return "".join(f"{line}\n" for line in lines)


def _json(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    objects = [
        ", ".join(
            f"{json.dumps(column)}: {_json_value(value)}"
            for column, value in zip(columns, row, strict=True)
        )
        for row in rows
    ]
    if not objects:
        return "[]\n"
    lines = ",\n".join(f"  {{{text}}}" for text in objects)
    return f"[\n{lines}\n]\n"


def _shown(value: Any) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return str(value).lower()
        case int():
            return f"{value:,}"
        case Decimal():
            return f"{value.quantize(CENT, ROUND_HALF_UP, DIGITS):,f}"
        case float():
            return f"{value:,.4f}"
        case _:
            return str(value)


def _csv_cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case Decimal():
            return f"{value:f}"
        case str():
            doubled = value.replace('"', '""')
            return f'"{doubled}"'
        case list():
            return _csv_cell(", ".join(value))
        case _:
            return str(value)


def _json_value(value: Any) -> str:
    match value:
        case Decimal():
            return f"{value:f}"
        case float() if not math.isfinite(value):
            return "null"
        case None | bool() | int() | float() | str() | list():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return json.dumps(str(value))
