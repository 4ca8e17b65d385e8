"""Gives customers who are to be forgotten another id in bronze, and empties what tells of them.

By the Delta logs, without Spark. Every step may be done again: `finish_rewriting` ends what was
interrupted, for whoever writes to the lake next.
"""

from __future__ import annotations

import datetime
import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from lakehouse.contracts.model import Contract, TableContract
from lakehouse.contracts.reader import load_contracts
from lakehouse.errors import LakehouseError
from lakehouse.ingest.keys import ask, key_conditions, rows_with_keys
from lakehouse.ingest.learnt import (
    EXPOSURE_LOG,
    delete_fitted,
    delete_predictions,
    predicted_rows,
    remembering,
)
from lakehouse.ingest.learnt import LAYER as ML
from lakehouse.ingest.ledger import read_ledger, write_entry
from lakehouse.ingest.pending import Pending, read_pending, write_pending
from lakehouse.ingest.people import (
    Person,
    any_of,
    canonical,
    canonical_sql,
    draw_surrogate,
    id_columns,
    is_of,
    literal,
    may_be_of,
    mentions,
    names,
    names_nobody,
    new_id,
    tables_with_people,
)
from lakehouse.ingest.recency import name_order
from lakehouse.ingest.report import LOADED
from lakehouse.lake import LAYERS, Lake

if TYPE_CHECKING:
    from deltalake import DeltaTable

# Told which table comes next.
Tell = Callable[[str], None]

# What stands in `_rescued` once its raw text is gone: the row stays one that did not fit.
EMPTIED = "{}"
# Shorter texts may be part of any other.
SHORTEST_DETAIL = 4
# The column by which dbt tells the rows of a snapshot apart; the name of a table that has it.
SNAPSHOT_KEY = "dbt_scd_id"


def people_of(lake: Lake, shop_id: str, customers: Sequence[str]) -> list[Person]:
    """The customers, each with an id that nobody has.

    Raises:
        LakehouseError: there is no such shop, or its contract does not say who its rows are of.
    """
    contracts = load_contracts()
    if shop_id not in contracts:
        raise LakehouseError(f"There is no shop {shop_id}. There are: {', '.join(contracts)}.")
    tables = tables_with_people(contracts[shop_id])
    if not tables:
        raise LakehouseError(
            f"{contracts[shop_id].path} does not say which column names the customer: give it "
            "person: id."
        )
    people: list[Person] = []
    for text in customers:
        customer_id = canonical(text, _kinds(tables))
        if not any(customer_id in person.surrogates for person in people):
            people.append(with_all_ids(lake, tables, Person(shop_id, {customer_id: ""})))
    return people


def with_all_ids(lake: Lake, tables: Sequence[TableContract], person: Person) -> Person:
    """The customer with every id that stands beside one of theirs in a row, and beside those.

    Each gets a surrogate that nobody has; what was drawn before stays.
    """
    surrogates = {old: new for old, new in person.surrogates.items() if new}
    there = [table for table in tables if lake.has_table("bronze", table.name)]
    asked: set[str] = set()
    found = set(person.surrogates)
    while found - asked:
        latest = Person(person.shop_id, dict.fromkeys(found - asked, ""))
        asked = set(found)
        for table in there:
            columns = id_columns(table)
            for column in columns if len(columns) > 1 else ():
                rows = ask(
                    lake.open_log("bronze", table.name),
                    f"select distinct {canonical_sql(column)} as id from t "
                    f"where {is_of(table, [latest])}",
                )
                found |= {row["id"] for row in rows if row["id"]}
    for customer_id in [*person.surrogates, *sorted(found - person.surrogates.keys())]:
        if customer_id not in surrogates:
            surrogates[customer_id] = _unused_id(lake, there, _kinds(tables))
    return replace(person, surrogates=surrogates)


def _kinds(tables: Sequence[TableContract]) -> set[str]:
    return {column.kind for table in tables for column in id_columns(table)}


def _unused_id(lake: Lake, tables: Sequence[TableContract], kinds: set[str]) -> str:
    """An id by lot that no row of these tables has."""
    while True:
        surrogate = draw_surrogate(kinds)
        if not any(
            ask(
                lake.open_log("bronze", table.name),
                f"select 1 as found from t where {names(table, surrogate)} limit 1",
            )
            for table in tables
        ):
            return surrogate


def batches_with(
    lake: Lake, tables: Sequence[TableContract], people: Sequence[Person]
) -> dict[str, Counter[str]]:
    """How many rows each batch has of these, by bronze table; those without any left out."""
    found = {}
    for table in tables:
        if lake.has_table("bronze", table.name):
            rows = ask(
                lake.open_log("bronze", table.name),
                f"select _batch_id, count(*) as n from t where {is_of(table, people)} "
                "group by _batch_id",
            )
            if rows:
                found[table.name] = Counter({row["_batch_id"]: row["n"] for row in rows})
    return found


def plan(lake: Lake, pending: Pending) -> Pending:
    """The note with all rows that tell of its people now, beside those that it knew of before."""
    batches = {table: set(known) for table, known in pending.batches.items()}
    rows: Counter[str] = Counter()
    contracts = load_contracts()
    everybody: list[Person] = []
    for shop_id, known_people in pending.shops.items():
        tables = tables_with_people(contracts[shop_id])
        people = [with_all_ids(lake, tables, person) for person in known_people]
        everybody += people
        for table, counts in batches_with(lake, tables, people).items():
            batches.setdefault(table, set()).update(counts)
            rows[f"bronze.{table}"] += counts.total()
    for layer, name in snapshots(lake):
        rows[f"{layer}.{name}"] += len(rows_with_keys(lake, layer, name, everybody))
    rows += predicted_rows(lake, everybody)
    fitted = remembering(lake, everybody)
    return replace(
        pending,
        people=tuple(everybody),
        batches={table: sorted(found) for table, found in batches.items()},
        # Of a table that was half done, less is left than there was.
        rows={name: n for name, n in (Counter(pending.rows) | rows).items() if n},
        fitted=sorted({*pending.fitted, *fitted}),
        is_rewritten=pending.is_rewritten and not rows.total() and not fitted,
    )


def finish_rewriting(lake: Lake) -> None:
    """Ends what an interrupted forgetting left half done; the lake's lock is held."""
    pending = read_pending(lake)
    if pending is not None and not pending.is_rewritten:
        rewrite(lake, pending)


def rewrite(lake: Lake, pending: Pending, tell: Tell = lambda _: None) -> Pending:
    """Gives the people their new ids in all that no build makes anew, and notes that it is done.

    That is bronze, the snapshots and the log of exposures. What models learnt of them is deleted.

    Raw text goes first, since it is found by what the rows still tell of the people.

    Args:
        lake: whose lock is held.
        pending: as it was planned and written down.
        tell: told of each table.
    """
    contracts = load_contracts()
    for shop_id, people in pending.shops.items():
        tables = [
            table
            for table in tables_with_people(contracts[shop_id])
            if lake.has_table("bronze", table.name)
        ]
        details = known_only_of(lake, tables, people)
        for table in tables:
            tell(f"bronze.{table.name}")
            _empty_raw_text(lake, table, people, details)
        _clean_ledger(lake, contracts[shop_id], people, details)
        for table in tables:
            tell(f"bronze.{table.name}")
            _empty_trails(lake, table, people)
            _rename(lake, table, people, pending.batches.get(table.name, []))
    _touch(lake, pending)
    for layer, name in snapshots(lake):
        tell(f"{layer}.{name}")
        rename_keys(lake, layer, name, pending.people)
    tell("ml")
    if lake.has_table(ML, EXPOSURE_LOG):
        rename_keys(lake, ML, EXPOSURE_LOG, pending.people)
    delete_predictions(lake, pending.people)
    delete_fitted(lake, pending.people)
    done = replace(pending, is_rewritten=True)
    write_pending(lake, done)
    return done


def known_only_of(
    lake: Lake, tables: Sequence[TableContract], people: Sequence[Person]
) -> set[str]:
    """Texts that tell of these people and of nobody else of the shop, in lower case."""
    found = set()
    for table in tables:
        log = lake.open_log("bronze", table.name)
        theirs = is_of(table, people)
        for column in table.columns:
            if column.person == "detail" and column.sql_type == "string":
                text = f"lower(trim({column.name}))"
                rows = ask(
                    log,
                    f"select {text} as detail from t where {text} in "
                    f"(select {text} from t where {theirs}) "
                    f"group by {text} having bool_and(coalesce({theirs}, false))",
                )
                found |= {str(row["detail"]).casefold() for row in rows}
    return {text for text in found if len(text) >= SHORTEST_DETAIL}


def _empty_raw_text(
    lake: Lake, table: TableContract, people: Sequence[Person], details: set[str]
) -> None:
    """Of rescued rows that name nobody and may be of these people."""
    log = lake.open_log("bronze", table.name)
    nobody = names_nobody(table)
    texts = ask(log, f"select distinct _rescued from t where _rescued is not null and {nobody}")
    ids = {customer_id for person in people for customer_id in person.surrogates}
    theirs = [row["_rescued"] for row in texts if may_be_of(row["_rescued"], ids, details)]
    for text in theirs:
        _update(log, f"{nobody} and _rescued = {literal(text)}", {"_rescued": literal(EMPTIED)})


def _empty_trails(lake: Lake, table: TableContract, people: Sequence[Person]) -> None:
    """Empties the details of rows without a customer that a session joins to one of these."""
    details = table.personal("detail")
    theirs = is_of(table, people)
    for trail in table.personal("trail") if details else ():
        log = lake.open_log("bronze", table.name)
        joined = ask(
            log,
            f"select distinct _batch_id, {trail} as trail from t "
            f"where {names_nobody(table)} "
            f"and {trail} in (select {trail} from t where {theirs})",
        )
        by_batch: dict[str, list[str]] = {}
        for row in joined:
            by_batch.setdefault(row["_batch_id"], []).append(row["trail"])
        for batch, trails in by_batch.items():
            _update(
                log,
                f"_batch_id = {literal(batch)} and {names_nobody(table)} "
                f"and {trail} in ({', '.join(map(literal, trails))})",
                dict.fromkeys(details, "null"),
            )


def _rename(
    lake: Lake, table: TableContract, people: Sequence[Person], batches: Sequence[str]
) -> None:
    """Batch by batch, so that each stays in files of its own."""
    log = lake.open_log("bronze", table.name)
    theirs = is_of(table, people)
    updates = {column.name: new_id(column, people) for column in id_columns(table)}
    updates |= dict.fromkeys(table.personal("detail"), "null")
    updates["_rescued"] = f"case when _rescued is null then null else {literal(EMPTIED)} end"
    for batch in batches:
        _update(log, f"_batch_id = {literal(batch)} and {theirs}", updates)


def _clean_ledger(
    lake: Lake, contract: Contract, people: Sequence[Person], details: set[str]
) -> None:
    """Takes what is known of these people alone out of file names and reasons of rejection."""
    shown_ids = {repr(old).casefold() for person in people for old in person.surrogates}
    for entry in read_ledger(lake):
        if entry.shop_id != contract.shop_id:
            continue
        cleaned = entry
        if entry.rejected_reason and mentions(entry.rejected_reason, details | shown_ids):
            reason = "The reason quoted the file, which told of a customer who was forgotten."
            cleaned = replace(cleaned, rejected_reason=reason)
        if mentions(entry.source_file, details):
            name = entry.source_file
            for detail in details:
                name = re.sub(re.escape(detail), "forgotten", name, flags=re.IGNORECASE)
            cleaned = replace(cleaned, source_file=name, name_order=name_order(name))
            if lake.has_table("bronze", entry.table_name):
                log = lake.open_log("bronze", entry.table_name)
                batch = f"_batch_id = {literal(entry.batch_id)}"
                _update(log, batch, {"_source_file": literal(name)})
        if cleaned != entry:
            write_entry(lake, cleaned, replaces=True)


def _touch(lake: Lake, pending: Pending) -> None:
    """Lets the ledger know that batches changed: by it, tables that grow know their stale days."""
    now = datetime.datetime.now(datetime.UTC)
    for entry in read_ledger(lake):
        if entry.status == LOADED and entry.batch_id in pending.batches.get(entry.table_name, ()):
            write_entry(lake, replace(entry, loaded_at=now), replaces=True)


def snapshots(lake: Lake) -> Iterator[tuple[str, str]]:
    """Layer and name of the tables that keep what builds saw, and no build makes again."""
    for layer in LAYERS[1:]:
        for name in lake.tables(layer):
            if SNAPSHOT_KEY in {field.name for field in lake.open_log(layer, name).schema().fields}:
                yield layer, name


def rename_keys(lake: Lake, layer: str, name: str, people: Sequence[Person]) -> int:
    """Gives the people their new ids in a table that is not made from bronze again.

    Returns:
        How many rows name them; without any, nothing is committed.

    Raises:
        LakehouseError: the table cannot be changed.
    """
    from deltalake.exceptions import DeltaError

    count = len(rows_with_keys(lake, layer, name, people))
    if not count:
        return 0
    log = lake.open_log(layer, name)
    conditions = key_conditions(log, name, people)
    updates = {}
    for column in {column for column, _, _ in conditions}:
        cases = " ".join(
            f"when {where} then {literal(value)}"
            for changed, where, value in conditions
            if changed == column
        )
        updates[column] = f"case {cases} else {column} end"
    if SNAPSHOT_KEY in {field.name for field in log.schema().fields}:
        # dbt's own is a hash of the customer's key, from which small ids can be guessed.
        salt = literal(secrets.token_hex(16))
        updates[SNAPSHOT_KEY] = f"md5(concat({salt}, {SNAPSHOT_KEY}))"
    try:
        _update(log, any_of([where for _, where, _ in conditions]), updates)
    except DeltaError as error:
        raise LakehouseError(
            f"{layer}.{name} names the customer, no model makes it, and it cannot be changed: "
            f"{error}. Delete {lake.path(layer, name)} if nobody needs it, then run it again."
        ) from error
    return count


def _update(log: DeltaTable, where: str, updates: dict[str, str]) -> None:
    from deltalake import WriterProperties

    log.update(
        predicate=where, updates=updates, writer_properties=WriterProperties(compression="ZSTD")
    )
