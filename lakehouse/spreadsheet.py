"""Writes a table as an Excel workbook, every value as what it is."""

from __future__ import annotations

import datetime
import math
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakehouse.errors import LakehouseError
from lakehouse.table_rows import TableRows

if TYPE_CHECKING:
    import pyarrow as pa

# A sheet of Excel: rows below the header, characters in a cell, digits that a number keeps.
MAX_ROWS = 1_048_575
MAX_TEXT = 32_767
MAX_DIGITS = 15
# The first day that Excel's calendar counts as every other calendar does.
FIRST_DAY = datetime.date(1900, 3, 1)


def write_xlsx(source: TableRows, path: Path) -> int:
    """Writes one sheet and gives its rows; no text becomes a formula, a link or a number.

    Raises:
        LakehouseError: more rows, a longer text or another kind of value than a sheet can hold.
    """
    import xlsxwriter

    source.require_flat("xlsx")
    row_count = source.count()
    if row_count > MAX_ROWS:
        raise LakehouseError(
            f"{source.title} has {row_count:,} rows; a sheet holds {MAX_ROWS:,} below its "
            "header. Export it as csv or parquet, or one shop of it with --shop."
        )
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(str(path), options) as workbook:
        sheet = workbook.add_worksheet(source.title.rpartition(".")[2][:31])
        header = workbook.add_format({"bold": True, "bottom": 1})
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, row_count, len(source.schema) - 1)
        for column, field in enumerate(source.schema):
            width = max(12, len(field.name) + 3)
            sheet.set_column(column, column, width, _cell_format(workbook, field.type))
        for column, field in enumerate(source.schema):
            sheet.write_string(0, column, field.name, header)
        formats = [_cell_format(workbook, field.type) for field in source.schema]
        row = 0
        for batch in source.batches():
            for record in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                row += 1
                for column, value in enumerate(record):
                    try:
                        _write_cell(sheet, row, column, value, formats[column])
                    except ValueError as error:
                        where = f"{source.title}, row {row:,}, {source.schema.names[column]}"
                        raise LakehouseError(f"{where}: {error}. Export it as csv.") from error
    return row


def _cell_format(workbook: Any, arrow_type: pa.DataType) -> Any:
    import pyarrow.types as types

    if types.is_decimal(arrow_type):
        scale = arrow_type.scale
        return workbook.add_format({"num_format": f"#,##0.{'0' * scale}" if scale else "#,##0"})
    if types.is_timestamp(arrow_type):
        return workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    if types.is_date(arrow_type):
        return workbook.add_format({"num_format": "yyyy-mm-dd"})
    return workbook.add_format()


def _write_cell(sheet: Any, row: int, column: int, value: object, cell_format: Any) -> None:
    """Writes a value as what it is; what Excel would change is written as text.

    Raises:
        ValueError: a text longer than a cell holds.
    """
    match value:
        case None:
            return
        case bool():
            sheet.write_boolean(row, column, value)
        case datetime.datetime():
            in_utc = value.astimezone(datetime.UTC) if value.tzinfo else value
            moment = in_utc.replace(tzinfo=None)
            if moment.date() < FIRST_DAY:
                sheet.write_string(row, column, moment.isoformat(sep=" "))
            else:
                sheet.write_datetime(row, column, moment, cell_format)
        case datetime.date():
            if value < FIRST_DAY:
                sheet.write_string(row, column, value.isoformat())
            else:
                sheet.write_datetime(row, column, value, cell_format)
        case Decimal() | int():
            if _digits(value) > MAX_DIGITS:
                sheet.write_string(row, column, str(value))
            else:
                sheet.write_number(row, column, float(value), cell_format)
        case float():
            if math.isfinite(value):
                sheet.write_number(row, column, value, cell_format)
            else:
                sheet.write_string(row, column, str(value))
        case _:
            text = str(value)
            if len(text) > MAX_TEXT:
                raise ValueError(f"{len(text):,} characters, and a cell holds {MAX_TEXT:,}")
            sheet.write_string(row, column, text)


def _digits(number: Decimal | int) -> int:
    """How many digits a number needs, without zeros at its ends."""
    if isinstance(number, int):
        return len(str(abs(number)).rstrip("0"))
    return len(number.normalize().as_tuple().digits)
