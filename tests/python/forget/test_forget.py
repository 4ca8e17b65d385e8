"""Customers are forgotten in every file of a lake, whenever it is killed. No Spark."""

from __future__ import annotations

import datetime
import functools
import importlib
import itertools
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest
import yaml
from deltalake import DeltaTable, write_deltalake

from lakehouse.commands.forget import forget as forget_command
from lakehouse.contracts import load_contracts
from lakehouse.errors import LakehouseError
from lakehouse.forget import forget, rows_of
from lakehouse.ingest import read_ledger, withdraw
from lakehouse.ingest.ledger import LedgerEntry, ensure_ledger, write_entry
from lakehouse.ingest.pending import NOTE_FILE, read_pending
from lakehouse.ingest.people import canonical, draw_surrogate, guest_id, may_be_of
from lakehouse.ingest.tables import ensure_bronze
from lakehouse.lake import Lake
from lakehouse.lock import lake_lock
from lakehouse.reading import open_dataset, read_table
from lakehouse.session import PROJECT_DIR
from lakehouse.status import lake_state
from tests.traces import traces

SHOP = "thelook"
USERS, EVENTS = "thelook__users", "thelook__events"
WHO, OTHER = "90417263", "90417264"
MAIL, STREET, IP = "ada.lovelace@example.org", "12 St James's Square", "192.0.2.77"
THEIRS = (WHO, MAIL, STREET, IP, "Ada", "Lovelace")
LOADED_AT = datetime.datetime(2024, 3, 1, tzinfo=datetime.UTC)


class KilledError(Exception):
    """Stands for the end of the process."""


def append(lake: Lake, table: str, batch: str, rows: list[dict[str, Any]], **known: Any) -> None:
    """Rows of a batch in bronze, and its ledger entry."""
    shop = table.partition("__")[0]
    ensure_bronze(lake, load_contracts()[shop].table(table))
    source_file = known.get("source_file", f"{shop}/{batch}.csv")
    arrived = [row | {"_batch_id": batch, "_source_file": source_file} for row in rows]
    found = pa.Table.from_pylist(arrived, open_dataset(lake, "bronze", table).schema)
    write_deltalake(lake.path("bronze", table), found, mode="append")
    entry = LedgerEntry(
        shop,
        table,
        batch,
        source_file,
        1,
        "0",
        len(rows),
        0,
        "loaded",
        known.get("reason"),
        1,
        LOADED_AT,
        None,
        "a",
        None,
    )
    write_entry(lake, entry, replaces=False)


def user(user_id: str | None, **cells: Any) -> dict[str, Any]:
    """A row of users."""
    return {"user_id": user_id, "city": "London", "country": "United Kingdom"} | cells


def ada(**cells: Any) -> dict[str, Any]:
    """The row of who is to be forgotten."""
    details = {"first_name": "Ada", "last_name": "Lovelace", "email": MAIL}
    return user(WHO, street_address=STREET, latitude=51.5, **details) | cells


def visit(user_id: str | None, session: str, ip: str) -> dict[str, Any]:
    """A row of events."""
    return {"user_id": user_id, "session_id": session, "ip_address": ip, "event_type": "home"}


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """Files of users and events, a gold table made from them, a snapshot, a leftover."""
    read_once = functools.cache(load_contracts)
    for module in ("forget", "ingest.pseudonyms", "ingest.withdrawal"):
        monkeypatch.setattr(f"lakehouse.{module}.load_contracts", read_once)
    # Logs that errors may have quoted rows in are emptied: not those of this project.
    monkeypatch.setenv("DBT_LOG_PATH", str(tmp_path / "logs"))
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    for log in ("logs/dbt.log", "target/run_results.json", "lake/_catalog/spark.log"):
        (tmp_path / log).parent.mkdir(parents=True)
        (tmp_path / log).write_text(f"not null: {WHO}")
    lake = Lake.at(tmp_path / "lake")
    ensure_ledger(lake)
    raw = json.dumps({"_row": f"{WHO},Ada,Lovelace,,,"}), json.dumps({"age": f"of {MAIL}"})
    append(lake, USERS, "b1", [ada(), user(OTHER, first_name="Grace", email="grace@example.org")])
    append(
        lake,
        USERS,
        "b2",
        [
            ada(_rescued=json.dumps({"age": "36 (Ada)"})),
            user(None, _rescued=raw[0]),
            user(None, _rescued=raw[1]),
            user(None, _rescued=json.dumps({"_row": f"{OTHER},Grace"})),
        ],
        source_file=f"{SHOP}/users of {MAIL}.csv",
        reason=f"Found: '{WHO}'",
    )
    events = [visit(None, "s1", IP), visit(WHO, "s1", IP), visit(OTHER, "s2", "192.0.2.1")]
    append(lake, EVENTS, "b3", [*events, visit(None, "s3", "192.0.2.2")])
    append(lake, EVENTS, "b4", [visit(OTHER, "s4", "192.0.2.1")])
    snapshot = [key_row(WHO) | {"dbt_scd_id": "h1"}, key_row(OTHER) | {"dbt_scd_id": "h2"}]
    write(lake, "silver", "customer_segments", snapshot)
    # No model makes it any more.
    write(lake, "silver", "stg_thelook__visits", [{"user_id": WHO}, {"user_id": OTHER}])
    build(lake)
    return lake


def key_row(customer_id: str) -> dict[str, Any]:
    """A row of silver or gold."""
    key = f"{SHOP}|{customer_id}"
    return {"shop_id": SHOP, "customer_id": customer_id, "customer_key": key}


def write(lake: Lake, layer: str, table: str, rows: list[dict[str, Any]]) -> None:
    """A table of silver or gold, whole."""
    write_deltalake(lake.path(layer, table), pa.Table.from_pylist(rows), mode="overwrite")


def build(lake: Lake) -> int:
    """Stands for dbt: a gold table of events by customer."""
    with lake_lock(lake, "build"):
        rows = read_table(lake, "bronze", EVENTS).to_pylist()
        ids = [str(row["user_id"]) for row in rows if row["user_id"]]
        write(lake, "gold", "rpt_visits", [key_row(found) for found in ids])
    return 1


def run(lake: Lake, shop: str | None = SHOP, *customers: str) -> Any:
    """Forgets them, by default the one."""
    return forget(lake, shop, customers or ((WHO,) if shop else ()), lambda: build(lake))


def rows_by_table(lake: Lake) -> dict[str, int]:
    """How many rows each table has."""
    return {
        f"{layer}.{table}": open_dataset(lake, layer, table).count_rows()
        for layer in ("bronze", "silver", "gold")
        for table in lake.tables(layer)
        if table != "_forgotten"
    }


def check_forgotten(lake: Lake, rows: dict[str, int]) -> None:
    """Nothing names her, and all rows and all others are there."""
    assert traces(Path(lake.root).parent, THEIRS) == set()
    assert rows_by_table(lake) == rows
    users = read_table(lake, "bronze", USERS).to_pylist()
    events = read_table(lake, "bronze", EVENTS).to_pylist()
    [new_id] = {row["user_id"] for row in users} - {OTHER, None}
    assert {row["user_id"] for row in events} == {new_id, OTHER, None}
    assert [row["user_id"] for row in users].count(new_id) == 2
    assert {row["email"] for row in users} == {None, "grace@example.org"}
    assert [row["_rescued"] for row in users].count("{}") == 3
    assert sorted(str(row["ip_address"]) for row in events) == [
        *("192.0.2.1", "192.0.2.1", "192.0.2.2", "None", "None")
    ]
    for layer, table in (("gold", "rpt_visits"), ("silver", "customer_segments")):
        keys = {row["customer_key"] for row in read_table(lake, layer, table).to_pylist()}
        assert keys == {f"{SHOP}|{new_id}", f"{SHOP}|{OTHER}"}
    snapshot = {
        row["dbt_scd_id"] for row in read_table(lake, "silver", "customer_segments").to_pylist()
    }
    assert "h1" not in snapshot
    assert "h2" in snapshot


def test_a_customer_is_in_no_file_afterwards_and_every_row_is_there(lake: Lake) -> None:
    rows = rows_by_table(lake)
    assert len(traces(lake.root, THEIRS)) > 10
    assert rows_of(lake, SHOP, [f"{WHO}.0"]) == {
        f"bronze.{USERS}": 2,
        f"bronze.{EVENTS}": 1,
        "silver.customer_segments": 1,
    }

    done = run(lake)

    check_forgotten(lake, rows)
    assert done.built_count == 1
    assert done.left_alone == ()
    assert read_pending(lake) is None
    logged = read_table(lake, "bronze", "_forgotten").to_pylist()
    assert {row["table_name"]: row["row_count"] for row in logged} == done.rows
    assert {row["shop_ids"] for row in logged} == {SHOP}
    touched = {e.batch_id: e.loaded_at > LOADED_AT for e in read_ledger(lake)}
    assert touched == {"b1": True, "b2": True, "b3": True, "b4": False}
    # Only the current version is left, and it can be read on from.
    log = lake.open_log("bronze", USERS)
    assert len(log.history()) == 1
    append(lake, USERS, "b5", [user("7")])
    assert lake.open_log("bronze", USERS).version() == log.version() + 1


# In the order of a run: a step, and before which call of it the process ends.
KILLS = (
    ("lakehouse.forget.write_pending", 1),
    ("lakehouse.ingest.pseudonyms._update", 1),
    ("lakehouse.ingest.pseudonyms.write_entry", 1),
    ("lakehouse.ingest.pseudonyms._update", 3),
    ("lakehouse.ingest.pseudonyms._update", 4),
    ("lakehouse.ingest.pseudonyms.write_entry", 2),
    ("lakehouse.ingest.pseudonyms.write_pending", 1),
    ("tests.python.forget.test_forget.write", 1),
    ("lakehouse.forget.write_log", 1),
    ("lakehouse.forget.purge", 2),
    ("lakehouse.purge._commit_nothing", 3),
    ("lakehouse.purge._forget_removed_files", 4),
    ("lakehouse.purge._older_log_files", 5),
    ("lakehouse.forget.empty_logs", 1),
    ("lakehouse.forget.delete_pending", 1),
)


def kill_at(monkeypatch: pytest.MonkeyPatch, name: str, call: int) -> None:
    """That call of a step does not begin."""
    module, _, attribute = name.rpartition(".")
    step = getattr(importlib.import_module(module), attribute)
    calls = itertools.count(1)

    def counted(*args: Any, **kwargs: Any) -> Any:
        if next(calls) == call:
            raise KilledError
        return step(*args, **kwargs)

    monkeypatch.setattr(name, counted)


def test_a_run_that_is_killed_again_and_again_ends_at_last(lake: Lake) -> None:
    rows = rows_by_table(lake)
    for name, call in KILLS:
        with pytest.MonkeyPatch.context() as patch:
            kill_at(patch, name, call)
            with pytest.raises(KilledError):
                run(lake)
        assert rows_by_table(lake) == rows

    assert traces(lake.root, [WHO]) == {f"{NOTE_FILE}: {WHO}"}
    run(lake, None)
    check_forgotten(lake, rows)
    logged = read_table(lake, "bronze", "_forgotten").to_pylist()
    assert {row["table_name"]: row["row_count"] for row in logged} == {
        f"bronze.{USERS}": 2,
        f"bronze.{EVENTS}": 1,
        "silver.customer_segments": 1,
    }


def test_whoever_writes_next_finishes_what_would_show_two_customers(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        kill_at(patch, "lakehouse.ingest.pseudonyms._update", 4)
        with pytest.raises(KilledError):
            run(lake)
    begun = read_pending(lake)
    assert begun is not None
    assert not begun.is_rewritten

    with pytest.raises(LakehouseError, match="no file or batch"):
        withdraw(lake, "nothing")

    begun = read_pending(lake)
    assert begun is not None
    assert begun.is_rewritten
    ids = {row["user_id"] for row in read_table(lake, "bronze", USERS).to_pylist()}
    assert ids == {begun.people[0].surrogates[WHO], OTHER, None}


def test_a_build_that_fails_leaves_the_note_and_status_says_so(lake: Lake) -> None:
    def fails() -> int:
        raise KilledError

    with pytest.raises(KilledError):
        forget(lake, SHOP, [WHO], fails)

    assert "lakehouse forget" in lake_state(lake).next_step
    assert traces(lake.root, [NOTE_FILE]) != set()
    run(lake, SHOP, WHO)
    assert traces(lake.root, THEIRS) == set()


def test_a_file_that_came_meanwhile_is_seen(lake: Lake) -> None:
    files = iter(["b6"])

    def loads() -> int:
        for batch in files:
            append(lake, USERS, batch, [ada()])
        return build(lake)

    done = forget(lake, SHOP, [WHO], loads)

    assert traces(lake.root, THEIRS) == set()
    assert done.built_count == 2


@pytest.mark.parametrize("called", [WHO, f"'{WHO}", MAIL.title()])
def test_a_number_and_addresses_are_one_customer(lake: Lake, called: str) -> None:
    second = "ada.king@example.org"
    guest, number = f"shopify|{guest_id(second)}", f"shopify|{WHO}"
    customers = [(f"'{WHO}", MAIL), (f"'{WHO}", second), ("'7", "grace@example.org")]
    orders = [("#1", MAIL.upper()), ("#2", f" {second}"), ("#3", "grace@example.org")]
    append(
        lake,
        "shopify__customers",
        "c",
        [{"customer_id": number, "email": mail, "first_name": "A"} for number, mail in customers],
    )
    append(lake, "shopify__orders", "o", [{"order_id": o, "email": mail} for o, mail in orders])
    rows = [
        {"shop_id": "shopify", "customer_id": key.partition("|")[2], "customer_key": key}
        for key in (guest, number, "shopify|7")
    ]
    write(lake, "silver", "customer_segments", [row | {"dbt_scd_id": "h"} for row in rows])

    done = run(lake, "shopify", called)

    shown = Path(lake.root, "bronze", "shopify__customers").parent
    for table in ("shopify__customers", "shopify__orders"):
        assert traces(shown / table, (WHO, MAIL, second)) == set()
    assert traces(Path(lake.root, "silver", "customer_segments"), (guest, number)) == set()
    assert done.rows == {
        "bronze.shopify__customers": 2,
        "bronze.shopify__orders": 2,
        "silver.customer_segments": 2,
    }
    found = read_table(lake, "bronze", "shopify__customers").to_pylist()
    new_number, _, others = (row["customer_id"] for row in found)
    assert {row["customer_id"] for row in found} == {new_number, others}
    assert others == "'7"
    mails = [row["email"] for row in read_table(lake, "bronze", "shopify__orders").to_pylist()]
    assert mails == [row["email"] for row in found]
    assert {
        row["customer_key"] for row in read_table(lake, "silver", "customer_segments").to_pylist()
    } == {f"shopify|{new_number}", f"shopify|{guest_id(mails[1])}", "shopify|7"}


def test_a_guest_is_called_as_the_models_call_them() -> None:
    page = PROJECT_DIR / "models/silver/conformed/shops/shopify/int_shopify__orders.yml"
    [test] = yaml.safe_load(page.read_text(encoding="utf-8"))["unit_tests"]
    [rows] = [g["rows"] for g in test["given"] if "stg_shopify__orders" in g["input"]]
    guests = {guest_id(row["email"].lower()) for row in rows if row.get("email")}
    named = {str(row["customer_id"]) for row in test["expect"]["rows"]}
    assert {name for name in named if name.startswith("guest-")} <= guests
    assert not named.isdisjoint(guests)


def test_who_is_in_kept_versions_only_is_forgotten_too(lake: Lake) -> None:
    for batch in ("b1", "b2", "b3"):
        withdraw(lake, batch)
    for table in ("customer_segments", "stg_thelook__visits"):
        DeltaTable(lake.path("silver", table)).delete()
    build(lake)
    assert rows_of(lake, SHOP, [WHO]) == {}

    run(lake)

    # The ledger's names of withdrawn files cannot be told apart without a row of hers.
    assert {
        trace.partition(":")[0].partition("/_loads")[0] for trace in traces(lake.root, THEIRS)
    } <= {"bronze"}
    [logged] = read_table(lake, "bronze", "_forgotten").to_pylist()
    assert (logged["customer_count"], logged["table_name"]) == (1, None)


@pytest.mark.parametrize(
    ("shop", "customer", "sentence"),
    [
        ("nobody", WHO, "There is no shop nobody. There are: online_retail, "),
        (SHOP, "12", "holds no customer 12 of thelook, in no table and no kept version."),
        (None, "", "Nothing was interrupted: name whom to forget"),
    ],
)
def test_who_is_not_there_is_one_sentence(
    lake: Lake, shop: str | None, customer: str, sentence: str
) -> None:
    with pytest.raises(LakehouseError, match=sentence):
        forget(lake, shop, [customer] if shop else [], lambda: build(lake))
    assert read_pending(lake) is None


@pytest.mark.parametrize("answer", [True, False])
def test_the_command_asks_first_and_says_what_it_did(
    lake: Lake,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: bool,
) -> None:
    asked = []

    def confirm(question: str) -> bool:
        asked.append(question)
        return answer

    monkeypatch.setenv("LAKE_ROOT", lake.root)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("typer.confirm", confirm)
    monkeypatch.setattr("lakehouse.commands.build.rebuild_tables", lambda *_: build(lake))

    forget_command(SHOP, [WHO])

    assert "4 rows of 3 tables" in asked[0]
    said = capsys.readouterr().out
    assert ("Forgotten. 1 tables and views were built anew" in said) is answer
    assert (traces(lake.root, [MAIL]) == set()) is answer
    forget_command(SHOP, [OTHER], yes=True)
    assert len(asked) == 1


def test_a_shop_without_a_customer_is_refused() -> None:
    with pytest.raises(LakehouseError, match="Name both, --shop and --customer"):
        forget_command(SHOP)


def test_what_is_none_of_the_lake_s_tables_is_named(lake: Lake) -> None:
    for name in ("exports/a.csv", "gold/copy/a.csv", "notes.txt"):
        path = Path(lake.root, name)
        path.parent.mkdir(exist_ok=True)
        path.write_text(MAIL)

    assert set(run(lake).left_alone) == {"exports", "gold/copy", "notes.txt"}
    assert Path(lake.root, "notes.txt").read_text() == MAIL


@pytest.mark.parametrize(
    ("text", "kinds", "found"),
    [
        (" 13085.0 ", {"integer_id"}, "13085"),
        ("0013085", {"integer_id", "int"}, "13085"),
        (" a|7 ", {"string"}, "a|7"),
        ("007", {"string", "integer_id"}, "007"),
        ("'6601 ", {"string"}, "6601"),
        ("Ada@Example.org", {"string"}, "ada@example.org"),
    ],
)
def test_an_id_is_what_bronze_has(text: str, kinds: set[str], found: str) -> None:
    assert canonical(text, kinds) == found


def test_a_surrogate_keeps_the_type_and_is_drawn_by_lot() -> None:
    assert 10**9 <= int(draw_surrogate({"int", "integer_id"})) < 2**31
    assert 10**17 <= int(draw_surrogate({"bigint"})) < 10**18
    assert len({draw_surrogate({"string"}) for _ in range(5)}) == 5


@pytest.mark.parametrize(
    ("cells", "is_theirs"),
    [
        ({"_row": '"13085.0",x'}, True),
        ({"_row": "x;013085"}, True),
        ({"_row": "130850,x"}, False),
        ({"age": "13085"}, False),
        ({"age": "Ada@Example.org?"}, True),
    ],
)
def test_raw_text_is_theirs_by_id_or_by_what_is_known(
    cells: dict[str, str], is_theirs: bool
) -> None:
    assert may_be_of(json.dumps(cells), {"13085"}, {"ada@example.org"}) is is_theirs
