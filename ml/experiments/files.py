"""Units, exposures and outcomes as CSV files; an error names the file, the row and the column.

Rows count as a spreadsheet shows them: the header is row 1.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pyarrow as pa

from lakehouse.errors import LakehouseError
from lakehouse.whole_file import whole_file
from ml.experiments.declaration import Experiment, Variant
from ml.experiments.exposures import OUTCOMES
from ml.experiments.record import Exposure

Value = TypeVar("Value")

_BETWEEN_ITEMS = re.compile(r"[\s|]+")


def read_units(path: Path) -> list[str]:
    """The units of a file with a column `unit_id`, each once, in their order.

    Raises:
        LakehouseError: the file has no such column, or a row has none.
    """
    return list(dict.fromkeys(row.text("unit_id") for row in _rows(path, ["unit_id"])))


def read_exposures(path: Path, experiment: Experiment) -> list[Exposure]:
    """What units were shown: variant, unit_id, exposed_at, strategy, and items.

    Items are separated by spaces or `|`. A moment without a zone is in UTC.

    Raises:
        LakehouseError: a column is missing, or a cell is empty or not what it should be.
    """
    variants = {variant.name for variant in experiment.variants}

    def variant(text: str) -> str:
        if text not in variants:
            raise ValueError(f"{experiment.name} has no such variant")
        return text

    return [
        Exposure(
            row.parsed("variant", variant),
            row.text("unit_id"),
            row.parsed("exposed_at", moment),
            row.text("strategy"),
            tuple(filter(None, _BETWEEN_ITEMS.split(row.text("items")))),
        )
        for row in _rows(path, ["variant", "unit_id", "exposed_at", "strategy", "items"])
    ]


def read_outcomes(path: Path) -> pa.Table:
    """What units did: unit_id, which may be empty, occurred_at and value, of schema `OUTCOMES`.

    Raises:
        LakehouseError: a column is missing, or a cell is empty or not what it should be.
    """
    rows = [
        {
            "unit_id": row.cells["unit_id"] or None,
            "occurred_at": row.parsed("occurred_at", moment),
            "value": row.parsed("value", _number),
        }
        for row in _rows(path, OUTCOMES.names)
    ]
    return pa.Table.from_pylist(rows, schema=OUTCOMES)


def write_assignment(path: Path, unit_ids: Iterable[str], variants: Iterable[Variant]) -> None:
    """Writes unit_id, variant and strategy.

    Raises:
        MachineError: the file cannot be written.
    """
    with whole_file(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["unit_id", "variant", "strategy"])
        for unit_id, variant in zip(unit_ids, variants, strict=True):
            writer.writerow([unit_id, variant.name, variant.strategy])


def moment(text: str) -> datetime:
    """A moment such as 2024-05-01, 2024-05-01T10:00 or 2024-05-01 10:00:00+02:00, in UTC.

    Raises:
        ValueError: it is none.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("no moment; write it as 2024-05-01T10:00") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _number(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise ValueError("no number; write it as 1234.5")
    return found


@dataclass(frozen=True)
class _Row:
    """A row of a file: its cells by column, without the blanks around them."""

    path: Path
    number: int
    cells: dict[str, str]

    def text(self, column: str) -> str:
        return self.parsed(column, str)

    def parsed(self, column: str, parse: Callable[[str], Value]) -> Value:
        place = f"{self.path}, row {self.number}, column {column}"
        text = self.cells[column]
        if not text:
            raise LakehouseError(f"{place}: the cell is empty.")
        try:
            return parse(text)
        except ValueError as error:
            raise LakehouseError(f"{place}: {text!r}: {error}.") from error


def _rows(path: Path, columns: Sequence[str]) -> Iterator[_Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            header = reader.fieldnames or []
            if missing := [name for name in columns if name not in header]:
                raise LakehouseError(
                    f"{path} lacks the column {', '.join(missing)}; its header is: "
                    f"{', '.join(header) or 'empty'}."
                )
            for number, cells in enumerate(reader, start=2):
                if None in cells:
                    raise LakehouseError(f"{path}, row {number}: more cells than the header has.")
                yield _Row(path, number, {name: cells[name].strip() for name in columns})
    except (UnicodeDecodeError, csv.Error) as error:
        raise LakehouseError(f"{path} is no CSV file in UTF-8: {error}.") from error
