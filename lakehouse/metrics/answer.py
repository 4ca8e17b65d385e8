"""Answers a question from the files of gold, without Spark: DuckDB runs the SELECT."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from typing import Any

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from lakehouse.metrics.compiler import Query, Question, compile_question
from lakehouse.metrics.declarations import Declarations
from lakehouse.reading import open_dataset
from lakehouse.shops import find_shop


@dataclass(frozen=True)
class Answer:
    """The figures.

    Attributes:
        query: that was run.
        rows: a value for each of its columns; None where there is none.
    """

    query: Query
    rows: list[tuple[Any, ...]]


def ask(lake: Lake, declarations: Declarations, question: Question) -> Answer:
    """The figures of a lake's gold.

    Raises:
        LakehouseError: what cannot be compiled, a shop that gold does not have, no gold, or one
            built before its columns were declared.
    """
    query = compile_question(declarations, question)
    if question.shop_id is not None:
        find_shop(lake, question.shop_id)
    return Answer(query, run(lake, query))


def run(lake: Lake, query: Query) -> list[tuple[Any, ...]]:
    """The rows of a query.

    Raises:
        LakehouseError: gold lacks a table or column of it.
    """
    import duckdb

    with (
        tempfile.TemporaryDirectory(prefix="lakehouse-") as spilled,
        # Nothing is fetched from the network; what outgrows memory goes to a folder that goes away.
        duckdb.connect(
            config={
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "temp_directory": spilled,
            }
        ) as connection,
    ):
        connection.execute("set timezone = 'UTC'")
        connection.execute("create schema gold")
        for table in query.tables:
            connection.register(f"_{table}", open_dataset(lake, "gold", table))
            connection.execute(f"create view gold.{table} as select * from _{table}")
        try:
            return connection.execute(query.sql).fetchall()
        except duckdb.BinderException as error:
            said = str(error).partition("\n")[0]
            raise LakehouseError(
                f"The gold of {lake.root} is not what the metrics are declared on: {said}. "
                "Run: lakehouse build"
            ) from error
