"""What Arrow calls the types that tables are declared with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

_DECIMAL = re.compile(r"decimal\((\d+),\s*(\d+)\)")


def arrow_type(sql_type: str) -> pa.DataType:
    """The Arrow type of a SQL type, e.g. `decimal(18,2)`; timestamps are UTC, in microseconds.

    Raises:
        ValueError: no table is declared with such a type.
    """
    import pyarrow as pa

    types: dict[str, pa.DataType] = {
        "string": pa.string(),
        "bigint": pa.int64(),
        "int": pa.int32(),
        "double": pa.float64(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
        "timestamp": pa.timestamp("us", "UTC"),
        "array<string>": pa.list_(pa.string()),
    }
    if decimal := _DECIMAL.fullmatch(sql_type):
        return pa.decimal128(int(decimal[1]), int(decimal[2]))
    if sql_type not in types:
        raise ValueError(f"no Arrow type is known for {sql_type}")
    return types[sql_type]
