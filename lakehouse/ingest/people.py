"""Customers who are to be forgotten: what they are called, and by what SQL their rows are found."""

from __future__ import annotations

import hashlib
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
# Of an e-mail address.
_AT = "@"
_DELIMITERS = re.compile(r"[,;|\t]")
# Beyond any id that a shop counts up to, and within the type.
_SMALLEST = {"int": 10**9, "bigint": 10**17, "integer_id": 10**17}
_LARGEST = {"int": 2**31 - 1, "bigint": 10**18, "integer_id": 10**18}


@dataclass(frozen=True)
class Person:
    """A customer of a shop.

    Attributes:
        surrogates: what bronze calls them (canonical: a number, an e-mail address, or both), each
            with the id that takes its place: drawn by lot, so that nothing leads back from it.
    """

    shop_id: str
    surrogates: dict[str, str]

    @property
    def silver_ids(self) -> dict[str, str]:
        """What silver and gold call them, each with what it becomes."""
        guests = {
            guest_id(old): guest_id(new) for old, new in self.surrogates.items() if _AT in old
        }
        return self.surrogates | guests


def tables_with_people(contract: Contract) -> list[TableContract]:
    """The tables whose rows name a customer."""
    return [table for table in contract.tables if table.personal("id")]


def guest_id(address: str) -> str:
    """What the macro `guest_id` calls a buyer of whom an e-mail address is all that is known."""
    digest = hashlib.md5(address.encode(), usedforsecurity=False).hexdigest()
    return f"guest-{digest[:12]}"


def canonical(text: str, kinds: Iterable[str]) -> str:
    """An id as bronze has it: a number's digits, or a text without what surrounds it.

    The apostrophe by which spreadsheets are kept from a number is none of it, nor is the case of an
    e-mail address.

    Args:
        text: as it was typed.
        kinds: the types of the columns that hold it; numbers if all are.
    """
    text = text.strip().lstrip("'")
    number = _WHOLE_NUMBER.fullmatch(text)
    if number and "string" not in kinds:
        return str(int(number[1]))
    return text.lower() if _AT in text else text


def draw_surrogate(kinds: Iterable[str]) -> str:
    """An id by lot that fits columns of all these types."""
    numbers = set(kinds) - {"string"}
    if not numbers:
        return uuid.uuid4().hex
    smallest = min(_SMALLEST[kind] for kind in numbers)
    largest = min(_LARGEST[kind] for kind in numbers)
    return str(smallest + secrets.randbelow(largest - smallest))


def id_columns(table: TableContract) -> list[ColumnContract]:
    """The columns that name the customer of a row: most tables have one."""
    return [column for column in table.columns if column.person == "id"]


def literal(text: str) -> str:
    """A text inside SQL."""
    quoted = text.replace("'", "''")
    return f"'{quoted}'"


def canonical_sql(column: ColumnContract) -> str:
    """The SQL text of an id column, as `canonical` has it."""
    if column.kind != "string":
        return f"cast({column.name} as string)"
    text = f"ltrim(trim({column.name}), '''')"
    return f"case when {text} like '%{_AT}%' then lower({text}) else {text} end"


def names(table: TableContract, customer_id: str) -> str:
    """The SQL condition under which a row of a bronze table has this id."""
    return any_of([f"{canonical_sql(c)} = {literal(customer_id)}" for c in id_columns(table)])


def names_nobody(table: TableContract) -> str:
    """The SQL condition under which a row of a bronze table has no id at all."""
    return " and ".join(f"{column.name} is null" for column in id_columns(table))


def is_of(table: TableContract, people: Iterable[Person]) -> str:
    """The SQL condition under which a row of a bronze table names one of these."""
    ids = [customer_id for person in people for customer_id in person.surrogates]
    return any_of([names(table, customer_id) for customer_id in ids])


def any_of(conditions: Sequence[str]) -> str:
    """The SQL condition that one of these holds."""
    return f"({' or '.join(conditions)})" if conditions else "false"


def new_id(column: ColumnContract, people: Sequence[Person]) -> str:
    """The SQL of an id column after these were forgotten."""
    cases = " ".join(
        f"when {canonical_sql(column)} = {literal(old)} then "
        f"cast({literal(new)} as {column.sql_type})"
        for person in people
        for old, new in person.surrogates.items()
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
