"""The rows of a table, batch by batch, for what writes them elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lakehouse.errors import LakehouseError

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.dataset as ds

BATCH_ROWS = 65_536


@dataclass(frozen=True)
class TableRows:
    """The rows to write: a table, or one shop of it."""

    title: str
    dataset: ds.Dataset
    rows: ds.Expression | None

    @property
    def schema(self) -> pa.Schema:
        """The columns, without the table's comments."""
        return self.dataset.schema.remove_metadata()

    def count(self) -> int:
        """How many rows there are, mostly from the files' statistics."""
        return self.dataset.count_rows(filter=self.rows)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows, read ahead no further than keeps memory flat."""
        scanner = self.dataset.scanner(
            filter=self.rows, batch_size=BATCH_ROWS, batch_readahead=2, fragment_readahead=1
        )
        for batch in scanner.to_batches():
            yield batch.replace_schema_metadata()

    def require_flat(self, file_format: str) -> None:
        """Refuses columns that a cell cannot hold."""
        import pyarrow.types as types

        nested = [field.name for field in self.schema if types.is_nested(field.type)]
        if nested:
            raise LakehouseError(
                f"{self.title}: {', '.join(nested)} hold lists or records, which no {file_format} "
                "cell can. Export it as parquet."
            )
