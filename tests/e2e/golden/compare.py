"""Compares rows of a gold table with the rows that were worked out by hand.

An expected file is a CSV whose cells read so:

- an empty cell is null (an empty string in the table is a difference);
- booleans are `true` and `false`, dates `YYYY-MM-DD`, timestamps `YYYY-MM-DD HH:MM:SS` in UTC;
- a decimal or a whole number is compared exactly, whatever its trailing zeros;
- a double is compared to 1e-9 relative;
- `~` before a number marks an average of money that does not end within cents: a decimal is
  compared with the number rounded half up to the decimal's own scale, which must be 2 or more.

Columns of the table that the file leaves out are not compared.
"""

from __future__ import annotations

import csv
import json
import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import Any

EXPECTED = Path(__file__).parent / "expected"
RELATIVE_TOLERANCE = 1e-9
# Of doubles whose expected value is 0, where a relative tolerance allows nothing.
ABSOLUTE_TOLERANCE = 1e-12


@dataclass(frozen=True)
class ExpectedTable:
    """An expected file and how to compare it.

    Attributes:
        csv_path: the file.
        table: the gold table that it describes, wholly or for some shops.
        keys: columns that tell its rows apart; rows that share a key are matched by contents.
        only: column -> the values that the file covers; rows with others are not its business.
    """

    csv_path: Path
    table: str
    keys: list[str]
    only: dict[str, list[str]]

    def covered(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The rows of the table that the file speaks of."""
        return [
            row
            for row in rows
            if all(_key_text(row.get(column)) in values for column, values in self.only.items())
        ]


def expected_tables(folder: Path = EXPECTED) -> list[ExpectedTable]:
    """Every expected file, as listed in `tables.json` beside them.

    Raises:
        ValueError: if the list and the files in the folder differ.
    """
    listed = json.loads((folder / "tables.json").read_text(encoding="utf-8"))
    tables = [
        ExpectedTable(
            csv_path=folder / name,
            table=name.split(".")[0],
            keys=entry["keys"],
            only=entry.get("only", {}),
        )
        for name, entry in listed.items()
    ]
    unlisted = {path.name for path in folder.glob("*.csv")} ^ set(listed)
    if unlisted:
        raise ValueError(f"{folder}: tables.json and the files differ in {sorted(unlisted)}")
    return tables


def compare(actual: list[dict[str, Any]], expected_csv: Path, keys: list[str]) -> list[str]:
    """Readable differences between a table and its expected rows; none if they agree.

    Args:
        actual: rows of the table, column -> value as Spark collects it.
        expected_csv: the expected rows; its header names the columns to compare.
        keys: columns that tell rows apart. Rows that share a key are matched by contents.

    Raises:
        ValueError: if the expected file lacks a key, or a row of it is too short or too long.
    """
    columns, expected = _read(expected_csv)
    lacking = [key for key in keys if key not in columns]
    if lacking:
        raise ValueError(f"{expected_csv}: no column {', '.join(lacking)}")

    if actual:
        absent = [column for column in columns if column not in actual[0]]
        differences = [f"column {column}: not in the table" for column in absent]
        if set(absent) & set(keys):
            return differences
        columns = [column for column in columns if column not in absent]
    else:
        differences = []

    expected_by_key: dict[tuple[str, ...], list[dict[str, str]]] = defaultdict(list)
    for expected_row in expected:
        expected_by_key[tuple(expected_row[key] for key in keys)].append(expected_row)
    actual_by_key: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for actual_row in actual:
        actual_by_key[tuple(_key_text(actual_row[key]) for key in keys)].append(actual_row)

    for key in sorted(expected_by_key.keys() | actual_by_key.keys()):
        name = ", ".join(f"{column}={value}" for column, value in zip(keys, key, strict=True))
        differences += _compare_group(
            name, expected_by_key.get(key, []), actual_by_key.get(key, []), columns
        )
    return differences


def _read(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.reader(lines)
        columns = next(reader)
        rows = []
        for row in reader:
            if len(row) != len(columns):
                raise ValueError(
                    f"{path}, line {reader.line_num}: {len(row)} cells under {len(columns)} headers"
                )
            rows.append(dict(zip(columns, row, strict=True)))
    return columns, rows


def _compare_group(
    name: str, expected: list[dict[str, str]], actual: list[dict[str, Any]], columns: list[str]
) -> list[str]:
    """Differences between the rows of one key: the most similar rows are paired first."""
    pairs = sorted(
        (
            (len(_row_differences(e, a, columns)), i, j)
            for i, e in enumerate(expected)
            for j, a in enumerate(actual)
        ),
    )
    paired_expected: dict[int, int] = {}
    paired_actual: set[int] = set()
    for _, i, j in pairs:
        if i not in paired_expected and j not in paired_actual:
            paired_expected[i] = j
            paired_actual.add(j)

    differences = []
    for i, expected_row in enumerate(expected):
        if i not in paired_expected:
            differences.append(f"missing row: {name} {_shown(expected_row, columns)}")
            continue
        found = _row_differences(expected_row, actual[paired_expected[i]], columns)
        differences += [f"{name}: {difference}" for difference in found]
    for j, actual_row in enumerate(actual):
        if j not in paired_actual:
            differences.append(f"unexpected row: {name} {_shown(actual_row, columns)}")
    return differences


def _row_differences(
    expected: dict[str, str], actual: dict[str, Any], columns: list[str]
) -> list[str]:
    return [
        f"{column}: expected {expected[column] or 'null'} got {_text(actual[column])}"
        for column in columns
        if not _equal(expected[column], actual[column])
    ]


def _equal(expected: str, actual: object) -> bool:
    if actual is None or expected == "":
        return actual is None and expected == ""
    if isinstance(actual, bool | datetime | date | str):
        return actual != "" and _text(actual) == expected
    number = _number(expected.removeprefix("~"))
    if number is None:
        return False
    if isinstance(actual, float):
        return math.isclose(
            actual, float(number), rel_tol=RELATIVE_TOLERANCE, abs_tol=ABSOLUTE_TOLERANCE
        )
    if isinstance(actual, Decimal):
        return actual == (_to_scale(number, actual) if expected.startswith("~") else number)
    return actual == number


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _to_scale(number: Decimal, of: Decimal) -> Decimal:
    """The number rounded half up to the scale of a decimal, cents at least."""
    exponent = of.as_tuple().exponent
    scale = max(2, -exponent) if isinstance(exponent, int) else 2
    return number.quantize(Decimal(1).scaleb(-scale), rounding=ROUND_HALF_UP)


def _key_text(value: object) -> str:
    """A key's value as an expected file writes it: decimals without trailing zeros."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return _text(value)


def _text(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        in_utc = value.astimezone(UTC) if value.tzinfo else value
        return in_utc.replace(tzinfo=None).isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if value == "":
        return "''"
    return str(value)


def _shown(row: dict[str, Any], columns: list[str]) -> str:
    """A whole row, for messages."""
    values = (row[column] for column in columns)
    return "(" + ", ".join("null" if v in (None, "") else _text(v) for v in values) + ")"
