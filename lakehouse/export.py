"""Writes a table of the lake to one file, for Tableau, a spreadsheet or another program.

CSV, Parquet and ORC are written batch by batch, so that memory stays flat whatever the table's
size. Times are UTC in every format. The file appears when it is complete, in the place of an older
one of that name.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakehouse.errors import LakehouseError
from lakehouse.lake import LAYERS, Lake
from lakehouse.reading import open_dataset
from lakehouse.shops import find_shop
from lakehouse.spreadsheet import write_xlsx
from lakehouse.table_rows import TableRows
from lakehouse.whole_file import whole_file

if TYPE_CHECKING:
    import pyarrow as pa

FORMATS = ("csv", "parquet", "orc", "xlsx")
# What makes a spreadsheet take a CSV cell for a formula.
FORMULA_START = "[=+\\-@\t\r]"


@dataclass(frozen=True)
class Export:
    """What was written.

    Attributes:
        formula_like_count: text cells of a CSV that a spreadsheet would take for a formula;
            0 for the other formats, in which text stays text.
        is_guarded: whether those cells begin with an apostrophe.
    """

    path: Path
    row_count: int
    size_bytes: int
    formula_like_count: int = 0
    is_guarded: bool = False


def export_table(
    lake: Lake,
    table: str,
    file_format: str,
    out: Path | None = None,
    shop_id: str | None = None,
    guard_formulas: bool = False,
) -> Export:
    """Writes a table of gold, or `<layer>.<table>` of another layer, to a file.

    Args:
        lake: the lake.
        table: e.g. `rpt_kpis` or `silver.int_orders`.
        file_format: one of `FORMATS`.
        out: the file; `exports/<table>[.<shop>].<format>` if not given.
        shop_id: only the rows of this shop.
        guard_formulas: CSV only: text that begins like a formula gets an apostrophe before it.

    Raises:
        LakehouseError: an unknown table, shop or format; rows or cells that the format cannot hold;
            a folder that cannot be written to.
    """
    if file_format not in FORMATS:
        raise LakehouseError(f"Unknown format {file_format!r}. There are: {', '.join(FORMATS)}.")
    source = _table_rows(lake, table, shop_id)
    name = source.title.rpartition(".")[2]
    path = out or Path("exports", f"{name}{f'.{shop_id}' if shop_id else ''}.{file_format}")
    formula_like = 0
    with whole_file(path) as partial:
        match file_format:
            case "csv":
                row_count, formula_like = _write_csv(source, partial, guard_formulas)
            case "parquet":
                row_count = _write_parquet(source, partial)
            case "orc":
                row_count = _write_orc(source, partial)
            case _:
                row_count = write_xlsx(source, partial)
        size = partial.stat().st_size
    return Export(path, row_count, size, formula_like, guard_formulas)


def _table_rows(lake: Lake, table: str, shop_id: str | None) -> TableRows:
    import pyarrow.dataset as ds

    layer, name = _layer_and_name(table)
    dataset = open_dataset(lake, layer, name)
    rows = None
    if shop_id is not None:
        if "shop_id" not in dataset.schema.names:
            raise LakehouseError(f"{layer}.{name} is not kept by shop: export it without --shop.")
        find_shop(lake, shop_id)
        rows = ds.field("shop_id") == shop_id
    return TableRows(f"{layer}.{name}", dataset, rows)


def _layer_and_name(table: str) -> tuple[str, str]:
    layer, dot, name = table.rpartition(".")
    if not dot:
        return "gold", table
    if layer not in LAYERS or not name:
        raise LakehouseError(
            f"Unknown schema in {table!r}. There are: {', '.join(LAYERS)}; "
            "a name without one is a table of gold."
        )
    return layer, name


def _write_csv(source: TableRows, path: Path, guard_formulas: bool) -> tuple[int, int]:
    """Writes CSV; gives its rows and how many text cells begin like a formula.

    Text is in double quotes and a null is an empty cell without them, so that an empty text stays
    apart from no value.
    """
    import pyarrow.csv as csv

    source.require_flat("csv")
    row_count = formula_like = 0
    with csv.CSVWriter(str(path), source.schema) as writer:
        for batch in source.batches():
            checked, found = _formula_like(batch, guard_formulas)
            writer.write_batch(checked)
            row_count += batch.num_rows
            formula_like += found
    return row_count, formula_like


def _formula_like(batch: pa.RecordBatch, guard: bool) -> tuple[pa.RecordBatch, int]:
    """The batch, guarded if asked for, and the number of text cells that begin like a formula."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns: list[pa.Array[Any]] = []
    found = 0
    for column in batch.columns:
        if pa.types.is_string(column.type):
            found += pc.match_substring_regex(column, f"^{FORMULA_START}").true_count
            if guard:
                column = pc.replace_substring_regex(column, f"^({FORMULA_START})", r"'\1")
        columns.append(column)
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema), found


def _write_parquet(source: TableRows, path: Path) -> int:
    import pyarrow.parquet as parquet

    row_count = 0
    with parquet.ParquetWriter(path, source.schema) as writer:
        for batch in source.batches():
            writer.write_batch(batch)
            row_count += batch.num_rows
    return row_count


def _write_orc(source: TableRows, path: Path) -> int:
    import pyarrow as pa
    from pyarrow import orc

    row_count = 0
    with orc.ORCWriter(str(path), compression="ZLIB") as writer:
        # Without a first write, the file of an empty table would have no columns.
        writer.write(source.schema.empty_table())
        for batch in source.batches():
            writer.write(pa.Table.from_batches([batch]))
            row_count += batch.num_rows
    return row_count
