"""Customers who are to be forgotten: what they are called, and by what SQL their rows are found."""

from __future__ import annotations

import json
import re
import secrets
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lakehouse.contracts.model import ColumnContract, Contract, TableContract
from lakehouse.ingest.cells import WHOLE_NUMBER
from lakehouse.ingest.frame import WHOLE_ROW

# 13085.0 and 013085 are customer 13085.
_WHOLE_NUMBER = re.compile(WHOLE_NUMBER)
_DELIMITERS = re.compile(r"[,;|\t]")
# Beyond any id that a shop counts up to, and within the type.
_SMALLEST = {"int": 10**9, "bigint": 10**17, "integer_id": 10**17}
_LARGEST = {"int": 2**31 - 1, "bigint": 10**18, "integer_id": 10**18}


@dataclass(frozen=True)
class Person:
    """A customer of a shop.

    Attributes:
        customer_id: canonical, as bronze has it.
        surrogate: the id that the rows get: drawn by lot, so that nothing leads back from it.
    """

    shop_id: str
    customer_id: str
    surrogate: str

    @property
    def keys(self) -> tuple[str, str]:
        """The `customer_key` of silver and gold: theirs, and the one that it becomes."""
        return f"{self.shop_id}|{self.customer_id}", f"{self.shop_id}|{self.surrogate}"


def tables_with_people(contract: Contract) -> list[TableContract]:
    """The tables whose rows name a customer."""
    return [table for table in contract.tables if table.personal("id")]


def canonical(text: str, kinds: Iterable[str]) -> str:
    """An id as bronze has it: a number's digits, or a text without the blanks around it.

    Args:
        text: as it was typed.
        kinds: the types of the columns that hold it; numbers if all are.
    """
    text = text.strip()
    number = _WHOLE_NUMBER.fullmatch(text)
    return str(int(number[1])) if number and "string" not in kinds else text


def draw_surrogate(kinds: Iterable[str]) -> str:
    """An id by lot that fits columns of all these types."""
    numbers = set(kinds) - {"string"}
    if not numbers:
        return uuid.uuid4().hex
    smallest = min(_SMALLEST[kind] for kind in numbers)
    largest = min(_LARGEST[kind] for kind in numbers)
    return str(smallest + secrets.randbelow(largest - smallest))


def id_column(table: TableContract) -> ColumnContract:
    """The column that names the customer of a row."""
    [name] = table.personal("id")
    return next(column for column in table.columns if column.name == name)


def literal(text: str) -> str:
    """A text inside SQL."""
    quoted = text.replace("'", "''")
    return f"'{quoted}'"


def is_of(table: TableContract, customer_id: str) -> str:
    """The SQL condition under which a row of a bronze table names a customer."""
    column = id_column(table)
    if column.kind == "string":
        return f"trim({column.name}) = {literal(customer_id)}"
    if column.kind == "integer_id":
        return f"{column.name} = {literal(customer_id)}"
    return f"{column.name} = {customer_id}" if _WHOLE_NUMBER.fullmatch(customer_id) else "false"


def any_of(conditions: Sequence[str]) -> str:
    """The SQL condition that one of these holds."""
    return f"({' or '.join(conditions)})" if conditions else "false"


def new_id(table: TableContract, people: Sequence[Person]) -> str:
    """The SQL of the id column after these were forgotten."""
    column = id_column(table)
    cases = " ".join(
        f"when {is_of(table, person.customer_id)} then "
        f"cast({literal(person.surrogate)} as {column.sql_type})"
        for person in people
    )
    return f"case {cases} else {column.name} end"


def may_be_of(rescued: str, customer_ids: set[str], details: set[str]) -> bool:
    """Whether what a row was rescued with may tell of one of these customers.

    A row that could not be split has no columns: any of its cells may be the id.

    Args:
        rescued: `_rescued` of a row that names nobody.
        customer_ids: theirs.
        details: what is known of them and of nobody else, in lower case.
    """
    cells: dict[str, str] = json.loads(rescued)
    if any(mentions(text, details) for text in cells.values()):
        return True
    parts = {part.strip('" ') for part in _DELIMITERS.split(cells.get(WHOLE_ROW) or "")}
    return not customer_ids.isdisjoint(parts | {canonical(part, ()) for part in parts})


def mentions(text: str, details: set[str]) -> bool:
    """Whether a text contains one of these details, whatever the case."""
    folded = text.casefold()
    return any(detail in folded for detail in details)
