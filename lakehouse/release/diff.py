"""What two releases differ in, table by table: columns, rows, sums, keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lakehouse.lake import Lake
from lakehouse.release import record
from lakehouse.release.record import Release

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

EXAMPLE_COUNT = 3
Number = int | float | Decimal


@dataclass(frozen=True)
class Keys:
    """Rows by key that one of two versions has and the other has not.

    Attributes:
        count: of keys.
        examples: a few of them, the lowest.
    """

    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True)
class TableDifference:
    """What a table differs in.

    Attributes:
        name: of the table.
        row_counts: before and after; None where a release has no such table.
        columns: sentences on columns that came, went or have another type.
        sums: of numeric columns of both, before and after, where they differ.
        appeared: keys that came; None where keys cannot be compared.
        vanished: keys that went; None where keys cannot be compared.
    """

    name: str
    row_counts: tuple[int | None, int | None]
    columns: tuple[str, ...] = ()
    sums: tuple[tuple[str, Number | None, Number | None], ...] = ()
    appeared: Keys | None = None
    vanished: Keys | None = None

    @property
    def is_same(self) -> bool:
        """Whether it differs in nothing but the version."""
        before, after = self.row_counts
        moved = any(keys.count for keys in (self.appeared, self.vanished) if keys is not None)
        return before == after and not self.columns and not self.sums and not moved


def differences(lake: Lake, before: Release, after: Release) -> list[TableDifference]:
    """The tables at another version, each with what it differs in.

    Raises:
        LakehouseError: a version of a table is gone.
    """
    return [_difference(lake, before, after, name) for name in after.changed_since(before)]


def _difference(lake: Lake, before: Release, after: Release, name: str) -> TableDifference:
    import duckdb

    old, new = before.tables.get(name), after.tables.get(name)
    if old is None or new is None:
        counts = (old.row_count if old else None, new.row_count if new else None)
        return TableDifference(name, counts)
    first, second = (record.open_table(lake, release, name) for release in (before, after))
    with duckdb.connect() as connection:
        connection.register("before", first)
        connection.register("after", second)
        numeric = [
            field.name
            for field in first.schema
            if _is_numeric(field.type)
            and field.name in second.schema.names
            and _is_numeric(second.schema.field(field.name).type)
        ]
        keys = new.keys if old.keys == new.keys else ()
        return TableDifference(
            name,
            (old.row_count, new.row_count),
            _columns(first.schema, second.schema),
            _sums(connection, numeric),
            _only_in(connection, "after", "before", keys),
            _only_in(connection, "before", "after", keys),
        )


def _is_numeric(type_: pa.DataType) -> bool:
    import pyarrow.types as types

    return bool(types.is_integer(type_) or types.is_floating(type_) or types.is_decimal(type_))


def _columns(before: pa.Schema, after: pa.Schema) -> tuple[str, ...]:
    found = [f"+ {field.name} {field.type}" for field in after if field.name not in before.names]
    found += [f"- {field.name} {field.type}" for field in before if field.name not in after.names]
    found += [
        f"{field.name}: {before.field(field.name).type} → {field.type}"
        for field in after
        if field.name in before.names and before.field(field.name).type != field.type
    ]
    return tuple(found)


def _sums(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[str]
) -> tuple[tuple[str, Number | None, Number | None], ...]:
    if not columns:
        return ()
    asked = ", ".join(f"sum({_quoted(column)})" for column in columns)
    sums = [connection.sql(f"select {asked} from {side}").fetchall()[0] for side in _SIDES]
    pairs = zip(columns, *sums, strict=True)
    return tuple((column, old, new) for column, old, new in pairs if not _is_equal(old, new))


_SIDES = ("before", "after")


def _is_equal(old: Any, new: Any) -> bool:
    """Sums of floats differ by the order of their rows."""
    if isinstance(old, float) and isinstance(new, float):
        return abs(old - new) <= 1e-9 * max(abs(old), abs(new))
    return bool(old == new)


def _only_in(
    connection: duckdb.DuckDBPyConnection, side: str, other: str, keys: Sequence[str]
) -> Keys | None:
    if not keys:
        return None
    named = ", ".join(map(_quoted, keys))
    only = f"select {named} from {side} except select {named} from {other}"
    [[count]] = connection.sql(f"select count(*) from ({only})").fetchall()
    rows = connection.sql(f"select * from ({only}) order by all limit {EXAMPLE_COUNT}").fetchall()
    return Keys(count, tuple(", ".join(map(str, row)) for row in rows))


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'
