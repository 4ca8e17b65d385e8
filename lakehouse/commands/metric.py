"""`lakehouse metric`: the figures of declared metrics."""

from __future__ import annotations

import datetime
import sys
from typing import Annotated

import typer

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake


def metric(
    names: Annotated[
        list[str] | None, typer.Argument(help="Metrics, e.g. net_amount. Without: which there are.")
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(help="A dimension to group by, e.g. country; more: again, or with commas."),
    ] = None,
    grain: Annotated[
        str | None, typer.Option(help="Also by day, week, month, quarter or year.")
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", help="The first day, e.g. 2024-01-31.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help="The last day.")] = None,
    shop: Annotated[str | None, typer.Option(help="Only this shop.")] = None,
    file_format: Annotated[str, typer.Option("--format", help="table, csv or json.")] = "table",
    sql: Annotated[bool, typer.Option("--sql", help="Print the SQL instead, for Spark.")] = False,
) -> None:
    """Show declared metrics by shop, time and dimensions; without a name, list them."""
    from lakehouse.console import console
    from lakehouse.metrics import Grain, Question, ask, compile_question, read_declarations
    from lakehouse.metrics import shown as show

    if file_format not in show.FORMATS:
        raise LakehouseError(
            f"Unknown format {file_format!r}. There are: {', '.join(show.FORMATS)}."
        )
    if grain is not None and grain not in tuple(Grain):
        raise LakehouseError(f"Unknown grain {grain!r}. There are: {', '.join(Grain)}.")
    question = Question(
        metrics=names or [],
        by=[name.strip() for names in by or [] for name in names.split(",")],
        grain=Grain(grain) if grain is not None else None,
        first_day=_day("--from", first),
        last_day=_day("--to", last),
        shop_id=shop,
    )
    declarations = read_declarations()
    lake = Lake.from_environment()
    if sql:
        print(compile_question(declarations, question, lake.schema("gold")).sql)
    elif question != Question(metrics=[], by=[]):
        answer = ask(lake, declarations, question)
        if file_format == "table":
            show.print_answer(answer, console)
        else:
            sys.stdout.write(show.written(file_format, answer.query.columns, answer.rows))
    elif file_format == "table":
        show.print_metrics(declarations, console)
    else:
        listed = show.listed(declarations)
        sys.stdout.write(show.written(file_format, show.LIST_COLUMNS, listed))


def _day(option: str, text: str | None) -> datetime.date | None:
    if text is None:
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise LakehouseError(f"{option} {text} is no day. Write it as 2024-01-31.") from error
