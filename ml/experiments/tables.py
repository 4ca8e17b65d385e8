"""Tables as they are handed over, held to the columns that they should have."""

from __future__ import annotations

import pyarrow as pa

from lakehouse.errors import LakehouseError


def of_schema(table: pa.Table, schema: pa.Schema, what: str) -> pa.Table:
    """The columns of a schema, as its types; a moment without a zone is taken as of the schema's.

    Args:
        table: has these columns, and may have others.
        schema: says which may lack a value, too.
        what: names the rows in an error, such as "exposures".

    Raises:
        LakehouseError: a column or a value is missing or of another type.
    """
    if missing := [name for name in schema.names if name not in table.column_names]:
        raise LakehouseError(f"The {what} lack {', '.join(missing)}.")
    for field in schema:
        if not field.nullable and table[field.name].null_count:
            raise LakehouseError(f"The {what} have rows without {field.name}.")
    try:
        return table.select(schema.names).cast(schema)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise LakehouseError(f"The {what} cannot be read: {error}.") from error
