"""Bad rows for the message of a rejected file, with the place where the user finds them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lakehouse.ingest.frame import WHOLE_ROW
from lakehouse.ingest.preflight import ReadyFile
from lakehouse.ingest.text import open_lines
from lakehouse.lake import Lake

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MAX_SAMPLES = 5
MAX_TEXT = 120


@dataclass(frozen=True)
class BadRow:
    """A row that did not fit.

    Attributes:
        place: `row 7` of the file, the header being row 1, or `sheet Year 2009, row 7`.
        cells: raw text by header; the whole row under `_row`.
    """

    source_file: str
    place: str
    cells: dict[str, str]

    def __str__(self) -> str:
        """One line for the user."""
        parts = []
        for header, text in self.cells.items():
            shown = text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"
            column = "wrong number of fields" if header == WHOLE_ROW else header
            parts.append(f"{column}: {shown!r}" if shown else f"{column}: blank")
        return f"{self.source_file}, {self.place}: {'; '.join(parts)}"


def bad_rows(spark: SparkSession, lake: Lake, ready: ReadyFile) -> list[BadRow]:
    """Up to five bad rows of a file, found again in the file itself.

    Args:
        spark: the session.
        lake: the lake.
        ready: the file, whose rows are in its bronze table.
    """
    from pyspark.sql import functions as sf

    rows = (
        lake.read(spark, "bronze", ready.file.table.name)
        .where((sf.col("_batch_id") == ready.batch_id) & sf.col("_rescued").isNotNull())
        .select("_rescued")
        .limit(MAX_SAMPLES)
        .collect()
    )
    wanted: list[dict[str, str]] = [json.loads(row["_rescued"]) for row in rows]
    found: list[BadRow] = []
    for number, text, record in _records(ready):
        match = next((cells for cells in wanted if _is_row(cells, text, record)), None)
        if match is not None:
            wanted.remove(match)
            found.append(BadRow(ready.file.source_file, _place(ready, number), match))
        if not wanted:
            return found
    lost = [BadRow(ready.file.source_file, "row unknown", cells) for cells in wanted]
    return found + lost


def _records(ready: ReadyFile) -> Iterator[tuple[int, str | None, dict[str, str] | None]]:
    """Number, raw line and cells of each record after the header; no cells if miscounted."""
    if ready.layout is None:
        return
    headers, form = ready.layout.headers, ready.layout.form
    split = _by_record if form.has_cell_breaks else _by_line
    with open_lines(ready.text_path, form.encoding) as lines:
        seen_header = not ready.layout.has_header
        for number, text, cells in split(lines, form.delimiter):
            if not any(cell.strip() for cell in cells) and len(cells) <= 1:
                continue
            if not seen_header:
                seen_header = True
                continue
            fits = len(cells) == len(headers)
            yield number, text, dict(zip(headers, cells, strict=True)) if fits else None


def _by_line(lines: Iterator[str], delimiter: str) -> Iterator[tuple[int, str | None, list[str]]]:
    for number, line in enumerate(lines, start=1):
        yield number, line.rstrip("\r\n"), next(csv.reader([line], delimiter=delimiter), [])


def _by_record(lines: Iterator[str], delimiter: str) -> Iterator[tuple[int, str | None, list[str]]]:
    reader = csv.reader(lines, delimiter=delimiter)
    first_line = 1
    for cells in reader:
        yield first_line, None, cells
        first_line = reader.line_num + 1


def _is_row(cells: dict[str, str], text: str | None, record: dict[str, str] | None) -> bool:
    if WHOLE_ROW in cells:
        return text == cells[WHOLE_ROW] if text is not None else record is None
    return record is not None and all(record.get(h) == value for h, value in cells.items())


def _place(ready: ReadyFile, number: int) -> str:
    runs = [run for run in ready.sheet_runs if run.csv_row <= number]
    if not runs:
        return f"row {number}"
    run = runs[-1]
    return f"sheet {run.sheet}, row {run.sheet_row + number - run.csv_row}"
