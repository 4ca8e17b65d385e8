"""How fast the loader is, beside what else makes typed tables of the same CSV files in one run.

    python -m bench.ingest --rows 3000000

- Spark alone: its CSV reader with the contract's types, written to Delta by the same session. No
  contract, no checksum, no check of the text, no rescued rows, no ledger.
- DuckDB and pandas (in chunks): the same columns and types, written to Parquet.

What does not fit its type is null with all three.

Every way runs once to be warm, then in turns; the quickest turn counts. Processor seconds are those
of this process and of Spark's; unlike seconds, they say much the same on a busy machine.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from bench.figures import Aim, Figure, markdown_table
from bench.processes import Stopwatch
from lakehouse.contracts.model import TableContract
from lakehouse.contracts.reader import load_contracts
from lakehouse.generate import generate
from lakehouse.ingest import load
from lakehouse.lake import Lake
from lakehouse.session import open_session

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import SparkSession

SHOP = "rees46"
ROWS = 3_000_000
WARM_UP_ROWS = 20_000
TURNS = 3
CHUNK_ROWS = 500_000
TIME_FORMAT = "%Y-%m-%d %H:%M:%S UTC"

# From a folder with the shop's files to a table at a path.
Way = Callable[[Path, Path], None]


@dataclass(frozen=True)
class Cost:
    """What a way took: its quickest turn, and the fewest processor seconds."""

    seconds: float
    processor_seconds: float


def measure(rows: int = ROWS, turns: int = TURNS) -> list[Figure]:
    """Rows a second and processor seconds of every way, each beside that of the loader."""
    command = f"python -m bench.ingest --rows {rows} --turns {turns}"
    costs = _costs(rows, turns)
    figures = []
    for name, cost in costs.items():
        # The loader is compared with its baseline, the others with the loader.
        other = "Spark alone" if name == "lakehouse load" else "lakehouse load"
        speed, other_speed = rows / cost.seconds, rows / costs[other].seconds
        aim = Aim(0.9, at_least=True, of_ratio=True) if name == "lakehouse load" else None
        figures.append(
            Figure(
                f"{name}, {rows:,} rows",
                speed,
                "rows/s",
                other,
                speed / other_speed,
                command,
                aim,
            )
        )
        figures.append(
            Figure(
                f"{name}, {rows:,} rows",
                cost.processor_seconds,
                "CPU s",
                other,
                cost.processor_seconds / costs[other].processor_seconds,
                command,
            )
        )
    return figures


def _costs(rows: int, turns: int) -> dict[str, Cost]:
    table = load_contracts()[SHOP].table(f"{SHOP}__events")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate(folder / "warm", [SHOP], rees46_rows=WARM_UP_ROWS)
        generate(folder / "raw", [SHOP], rees46_rows=rows)
        spark = open_session(Lake.at(folder / "lake"), "bench")
        ways: dict[str, Way] = {
            "lakehouse load": lambda raw, target: _load(spark, raw, target),
            "Spark alone": lambda raw, target: _spark_alone(spark, table, raw, target),
            "DuckDB": lambda raw, target: _duckdb(table, raw, target),
            "pandas": lambda raw, target: _pandas(table, raw, target),
        }
        for way in ways.values():
            _timed(way, folder / "warm", folder / "out", spark)
        taken: dict[str, list[Cost]] = {name: [] for name in ways}
        for _ in range(turns):
            for name, way in ways.items():
                taken[name].append(_timed(way, folder / "raw", folder / "out", spark))
    return {
        name: Cost(min(c.seconds for c in costs), min(c.processor_seconds for c in costs))
        for name, costs in taken.items()
    }


def _timed(way: Way, raw: Path, target: Path, spark: SparkSession) -> Cost:
    watch = Stopwatch(spark)
    started = time.monotonic()
    way(raw, target)
    cost = Cost(time.monotonic() - started, watch.processor_seconds())
    shutil.rmtree(target)
    return cost


def _load(spark: SparkSession, raw: Path, target: Path) -> None:
    load(spark, Lake.at(target), raw).check()


def _spark_alone(spark: SparkSession, table: TableContract, raw: Path, target: Path) -> None:
    types = ", ".join(f"`{column.header}` {column.sql_type}" for column in table.columns)
    files = spark.read.schema(types).option("header", True).csv(str(raw / SHOP))
    files.write.format("delta").save(str(target))


def _duckdb(table: TableContract, raw: Path, target: Path) -> None:
    import duckdb

    target.mkdir()
    texts = dict.fromkeys((column.header for column in table.columns), "varchar")
    cells = ", ".join(_duckdb_cell(column.header, column.sql_type) for column in table.columns)
    with duckdb.connect() as database:
        database.execute(
            f"copy (select {cells} from read_csv('{raw / SHOP}/*.csv', columns = {texts}, "
            "auto_detect = false, header = true, delim = ',', quote = '\"', null_padding = true)) "
            f"to '{target}/rows.parquet' (format parquet, compression zstd)"
        )


def _duckdb_cell(header: str, sql_type: str) -> str:
    if sql_type == "string":
        return header
    if sql_type == "timestamp":
        return f"try_strptime({header}, '{TIME_FORMAT}') as {header}"
    return f"try_cast({header} as {sql_type}) as {header}"


def _pandas(table: TableContract, raw: Path, target: Path) -> None:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    target.mkdir()
    schema = pa.schema([(c.header, _arrow_types()[c.sql_type]) for c in table.columns])
    for number, path in enumerate(sorted((raw / SHOP).iterdir())):
        with (
            pd.read_csv(path, dtype=str, chunksize=CHUNK_ROWS) as chunks,
            pq.ParquetWriter(target / f"{number}.parquet", schema, compression="zstd") as writer,
        ):
            for chunk in chunks:
                for column in table.columns:
                    texts = chunk[column.header]
                    if column.sql_type == "timestamp":
                        chunk[column.header] = pd.to_datetime(
                            texts, format=TIME_FORMAT, errors="coerce"
                        )
                    elif column.sql_type != "string":
                        chunk[column.header] = pd.to_numeric(texts, errors="coerce")
                rows = pa.Table.from_pandas(chunk, preserve_index=False)
                writer.write_table(rows.cast(schema, safe=False))


def _arrow_types() -> Mapping[str, pa.DataType]:
    import pyarrow as pa

    return {
        "string": pa.string(),
        "timestamp": pa.timestamp("us"),
        "decimal(18,4)": pa.decimal128(18, 4),
    }


def main() -> None:
    """Measures with a number of rows and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=ROWS, help="rows of the clickstream")
    parser.add_argument("--turns", type=int, default=TURNS, help="how often each way runs")
    chosen = parser.parse_args()
    figures = measure(chosen.rows, chosen.turns)
    Console(width=160, highlight=False).print(markdown_table(figures), markup=False)


if __name__ == "__main__":
    main()
