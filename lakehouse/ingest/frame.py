"""A file as a bronze DataFrame: read as text, typed by contract, misfits in `_rescued`."""

from __future__ import annotations

import datetime
import re
from functools import reduce
from typing import TYPE_CHECKING

from lakehouse.contracts.model import ColumnContract
from lakehouse.ingest.cells import is_bad, typed
from lakehouse.ingest.header import Layout
from lakehouse.ingest.preflight import ReadyFile
from lakehouse.ingest.text import LATIN_1, UTF_8, WINDOWS_1252
from lakehouse.storage import FilePath, spark_path

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

# Key in `_rescued` of a row with too few or too many fields.
WHOLE_ROW = "_row"
CORRUPT = "_corrupt"
SPARK_ENCODINGS = {UTF_8: "UTF-8", LATIN_1: "ISO-8859-1"}


def bronze_frame(
    spark: SparkSession, ready: ReadyFile, ingested_at: datetime.datetime
) -> DataFrame:
    """The rows of a file as its bronze table holds them; one lazy pass, no row dropped.

    Args:
        spark: the session.
        ready: a file that passed the checks and has a layout.
        ingested_at: UTC time of the load, with its zone.
    """
    from pyspark.sql import functions as sf

    if ready.layout is None:
        raise ValueError(f"{ready.file.source_file} is loaded already and has no layout")
    table, layout = ready.file.table, ready.layout
    raw = _raw_frame(spark, ready.text_path, layout)
    cells = {column.name: _cell(layout, n) for n, column in enumerate(layout.columns)}
    values = [
        typed(column, cells[column.name], table.time_zone).alias(f"v_{column.name}")
        for column in layout.columns
    ]
    # Two projections: the second uses each value twice, as itself and to see whether it is bad.
    parsed = raw.select(
        CORRUPT, *(cell.alias(f"r_{name}") for name, cell in cells.items()), *values
    )
    is_whole = sf.col(CORRUPT).isNull()
    # Spark writes a moment into the code that it generates, which Java would compile anew for each
    # load; an array it refers to. Both rows that are whole and others take it from there.
    moments = sf.array(sf.lit(ingested_at), sf.lit(ingested_at))
    return parsed.select(
        *(
            _bronze_column(column, column.name in cells, is_whole).alias(column.name)
            for column in table.columns
        ),
        _rescued(dict(zip(layout.headers, layout.columns, strict=True))).alias("_rescued"),
        sf.lit(ready.file.source_file).alias("_source_file"),
        sf.lit(ready.batch_id).alias("_batch_id"),
        sf.get(moments, is_whole.cast("int")).alias("_ingested_at"),
    )


def _raw_frame(spark: SparkSession, path: FilePath, layout: Layout) -> DataFrame:
    """Every cell as text (`r0`, `r1`, …), and the whole line where the fields do not count up."""
    from pyspark.sql import functions as sf
    from pyspark.sql.types import StructType

    form = layout.form
    if form.encoding == UTF_8 and not form.has_quotes:
        return _split_frame(spark, path, layout)
    schema = StructType()
    for number in range(len(layout.headers)):
        schema = schema.add(f"r{number}", "string")
    schema = schema.add(CORRUPT, "string")
    reader = spark.read.schema(schema).options(
        header=layout.has_header,
        sep=form.delimiter,
        quote='"',
        escape='"',
        encoding=SPARK_ENCODINGS[form.encoding],
        mode="PERMISSIVE",
        columnNameOfCorruptRecord=CORRUPT,
        # With pruning a row with the wrong number of fields would pass as sound.
        columnPruning=False,
    )
    if not form.has_cell_breaks:
        return reader.csv(spark_path(path))
    # One core reads the file. Left to find the line end itself, Spark takes the first it meets:
    # it joins rows where the ends differ, and changes the breaks inside cells.
    line_end = "\r" if form.line_end == "\r" else "\n"
    frame = reader.options(multiLine=True, lineSep=line_end).csv(spark_path(path))
    # Blank lines are no rows.
    return frame.where(sf.col(CORRUPT).isNull() | sf.col(CORRUPT).rlike(r"\S"))


def _split_frame(spark: SparkSession, path: FilePath, layout: Layout) -> DataFrame:
    """As `_raw_frame`: the cells of a file without quotes are what stands between delimiters.

    Splitting its lines takes a third of the work of Spark's CSV parser.
    """
    from pyspark.sql import functions as sf

    line, cells = sf.col("value"), sf.col("cells")
    lines = spark.read.text(spark_path(path))
    # Spark's CSV parser takes lines of blanks and control characters for blank, too. The pattern is
    # tried only where the first character is one: it costs ten times as much.
    is_row = (line >= "!") | line.rlike(r"[^\x00-\x20]")
    if layout.has_header:
        # Lines are numbered from 0 in the first partition, which begins with the file.
        lines = lines.select(line, sf.monotonically_increasing_id().alias("number"))
        is_header = sf.col("number") == layout.blank_lines
        header = sf.lit(layout.form.delimiter.join(layout.headers))
        is_row = is_row & ~(is_header & (line == header))
    count = len(layout.headers)
    split = sf.split(line, re.escape(layout.form.delimiter)).alias("cells")
    return (
        lines.where(is_row)
        .select(line, split)
        .select(
            *(sf.get(cells, sf.lit(number)).alias(f"r{number}") for number in range(count)),
            sf.when(sf.size(cells) != count, line).alias(CORRUPT),
        )
    )


def _cell(layout: Layout, number: int) -> Column:
    from pyspark.sql import functions as sf

    form, cell = layout.form, sf.col(f"r{number}")
    if form.has_cell_breaks and form.line_end == "\r\n" and number + 1 == len(layout.headers):
        cell = sf.rtrim(cell, sf.lit("\r"))
    if form.encoding == UTF_8:
        return cell
    # Spark reads ISO-8859-1 but not Windows-1252, which differs in these characters only.
    controls = "".join(map(chr, WINDOWS_1252))
    return sf.translate(cell, controls, "".join(WINDOWS_1252.values()))


def _bronze_column(column: ColumnContract, is_in_file: bool, is_whole: Column) -> Column:
    from pyspark.sql import functions as sf

    if not is_in_file:
        return sf.lit(None).cast(column.sql_type)
    return sf.when(is_whole, sf.col(f"v_{column.name}"))


def _rescued(columns: dict[str, ColumnContract]) -> Column:
    """JSON of the bad cells by header, of the whole row if its fields do not count up, or null."""
    from pyspark.sql import functions as sf

    bad = {
        header: condition
        for header, column in columns.items()
        if (condition := is_bad(column, *_raw_and_value(column))) is not None
    }
    whole_row = sf.to_json(sf.struct(sf.col(CORRUPT).alias(WHOLE_ROW)))
    rescued = sf.when(sf.col(CORRUPT).isNotNull(), whole_row)
    if not bad:
        return rescued
    # to_json leaves out nulls, so only the bad cells remain.
    texts = [
        sf.when(condition, sf.coalesce(sf.col(f"r_{columns[header].name}"), sf.lit(""))).alias(
            header
        )
        for header, condition in bad.items()
    ]
    any_bad = reduce(lambda one, other: one | other, bad.values())
    return rescued.when(any_bad, sf.to_json(sf.struct(*texts)))


def _raw_and_value(column: ColumnContract) -> tuple[Column, Column]:
    from pyspark.sql import functions as sf

    return sf.col(f"r_{column.name}"), sf.col(f"v_{column.name}")
