"""What an endpoint has answered, kept so that nothing is asked and paid for twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet

from lakehouse.errors import LakehouseError
from lakehouse.whole_file import whole_file
from ml.groups.prompt import Told

# The digest is of the description, the model and what the model was told to do.
_COLUMNS: dict[str, pa.DataType] = {
    "digest": pa.string(),
    "group_id": pa.string(),
    "confidence": pa.float64(),
}
SCHEMA = pa.schema(_COLUMNS)


def digest(model: str, task: str, description: str) -> str:
    """What an answer is kept under; with another model or other definitions it is asked anew."""
    parts = (hashlib.sha256(part.encode()).hexdigest() for part in (model, task, description))
    return hashlib.sha256("".join(parts).encode()).hexdigest()


class Answers:
    """Answers by their digests.

    Whoever keeps them elsewhere than in a file passes a table of `SCHEMA`, and what saves one.
    """

    def __init__(self, table: pa.Table, save: Callable[[pa.Table], None]) -> None:
        """Begins with what a table has.

        Args:
            table: earlier answers, of `SCHEMA`.
            save: keeps all answers; called after each batch.

        Raises:
            LakehouseError: the table has other columns.
        """
        if table.schema.names != SCHEMA.names:
            raise LakehouseError(f"Kept answers have the columns {table.schema.names}.")
        self._told = {
            row["digest"]: Told(row["group_id"], row["confidence"]) for row in table.to_pylist()
        }
        self._save = save

    @classmethod
    def of_file(cls, path: Path) -> Answers:
        """Answers that are kept in a Parquet file, which need not be there yet.

        Raises:
            LakehouseError: the file is not one that was written here.
        """

        def save(table: pa.Table) -> None:
            with whole_file(path) as partial:
                parquet.write_table(table, partial)

        if not path.exists():
            return cls(SCHEMA.empty_table(), save)
        try:
            table = parquet.read_table(path)
        except (pa.ArrowException, OSError) as error:
            raise LakehouseError(
                f"{path} cannot be read; delete it to ask the endpoint anew: {error}"
            ) from error
        return cls(table, save)

    def get(self, key: str) -> Told | None:
        """The answer of a digest, if there is one."""
        return self._told.get(key)

    def add(self, answers: Mapping[str, Told]) -> None:
        """Keeps answers by their digests."""
        if answers:
            self._told.update(answers)
            self._save(self.table())

    def table(self) -> pa.Table:
        """All answers as a table of `SCHEMA`."""
        rows = [
            {"digest": key, "group_id": told.group_id, "confidence": told.confidence}
            for key, told in self._told.items()
        ]
        return pa.Table.from_pylist(rows, schema=SCHEMA)
