"""Where tables of silver, gold and ml name customers: by their keys, in columns of known names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lakehouse.ingest.people import Person, any_of, literal
from lakehouse.lake import Lake

if TYPE_CHECKING:
    from deltalake import DeltaTable


def rows_with_keys(
    lake: Lake, layer: str, name: str, people: Sequence[Person]
) -> list[dict[str, Any]]:
    """The rows of a table of silver or gold that name one of these people, in any column."""
    log = lake.open_log(layer, name)
    conditions = [where for _, where, _ in key_conditions(log, name, people)]
    return ask(log, f"select 1 as found from t where {any_of(conditions)}") if conditions else []


def key_conditions(
    log: DeltaTable, name: str, people: Sequence[Person]
) -> list[tuple[str, str, str]]:
    """Where a table of silver or gold may name these people: column, condition, what it becomes."""
    texts = {
        field.name for field in log.schema().fields if getattr(field.type, "type", "") == "string"
    }
    found = []
    for person in people:
        is_shop = f"shop_id = {literal(person.shop_id)}" if "shop_id" in texts else None
        if name.startswith(f"stg_{person.shop_id}__"):
            is_shop = "true"
        for column in sorted(texts):
            for old, new in person.silver_ids.items():
                # A unit of an experiment may be a customer.
                if column in ("customer_key", "unit_id") or column.endswith("_customer_key"):
                    key = literal(f"{person.shop_id}|{old}")
                    found.append((column, f"{column} = {key}", f"{person.shop_id}|{new}"))
                elif is_shop and column in ("customer_id", "user_id"):
                    found.append((column, f"{is_shop} and {column} = {literal(old)}", new))
    return found


def ask(log: DeltaTable, query: str) -> list[dict[str, Any]]:
    """The rows of a query over one table, which it calls `t`."""
    import pyarrow as pa
    from deltalake import QueryBuilder

    rows = QueryBuilder().register("t", log).execute(query)
    return pa.table(rows.read_all()).to_pylist()
