"""Gold by DuckDB over the Delta files of bronze: the same SELECTs, translated by sqlglot.

    python -m bench.duckdb_build LAKE MANIFEST

A model that sqlglot or DuckDB does not take is left out, with all that read it, and counted: no
query is written twice here.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
import sqlglot

from bench.plain_build import read_queries
from lakehouse.lake import Lake
from lakehouse.reading import open_dataset


@dataclass
class Outcome:
    """What DuckDB computed.

    Attributes:
        tables: name -> rows of the gold tables.
        left_out: name -> why, of the models that could not be computed.
    """

    tables: dict[str, pa.Table] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)


def build(lake: Lake, manifest: Path) -> Outcome:
    """Computes every model that DuckDB understands, in memory.

    Args:
        lake: whose bronze and seeds are read.
        manifest: of dbt, with the compiled SELECTs.
    """
    outcome = Outcome()
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    for layer in ("bronze", "silver", "gold"):
        connection.execute(f"create schema {layer}")
    queries = read_queries(manifest)
    for layer in ("bronze", "silver"):
        for table in lake.tables(layer):
            if table not in queries:
                connection.register(f"_{layer}_{table}", open_dataset(lake, layer, table))
                connection.execute(f"create view {layer}.{table} as from _{layer}_{table}")
    for query in queries.values():
        missing = sorted(query.parents & outcome.left_out.keys())
        if missing:
            outcome.left_out[query.name] = f"reads {missing[0]}"
            continue
        try:
            select = sqlglot.transpile(query.select, read="spark", write="duckdb")[0]
            connection.execute(f"create table {query.layer}.{query.name} as {select}")
            if query.layer == "gold":
                outcome.tables[query.name] = connection.table(f"gold.{query.name}").to_arrow_table()
        except (duckdb.Error, sqlglot.ParseError) as error:
            outcome.left_out[query.name] = str(error).partition("\n")[0]
    return outcome


def main() -> None:
    """Builds the lake of the command line; prints what could not be."""
    outcome = build(Lake.at(sys.argv[1]), Path(sys.argv[2]))
    print(f"{len(outcome.tables)} gold tables, {len(outcome.left_out)} models left out")
    for name, reason in outcome.left_out.items():
        print(f"{name}: {reason}")


if __name__ == "__main__":
    main()
