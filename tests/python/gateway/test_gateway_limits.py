"""No statement takes the gateway from the others: what is stopped, refused, cleaned up."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import ExitStack, closing
from typing import Any

import pytest
from pyhive.exc import Error
from TCLIService.ttypes import TOperationState

from lakehouse.gateway.client import connect
from tests.python.gateway.conftest import MAX_ROWS
from tests.python.gateway.served import Served, message, wait_until

pytestmark = pytest.mark.slow
# Minutes of both cores, and no row.
ENDLESS = "select * from range(1000000000000) where id < 0"
ENDLESS_JOIN = (
    "select count(*) from range(10000000) a cross join range(10000000) b where a.id + b.id < 0"
)
ENDLESS_UNION = " union all ".join([ENDLESS] * 40)
RUNNING = (TOperationState.PENDING_STATE, TOperationState.RUNNING_STATE)


def _state(cursor: Any) -> int:
    return int(cursor.poll().operationState)


def _audited(gateway: Served, statement: str) -> list[dict[str, Any]]:
    entries = [json.loads(line) for line in gateway.audit.read_text().splitlines()]
    return [entry for entry in entries if entry["statement"] == statement]


def _error(gateway: Served, statement: str) -> str:
    with pytest.raises(Error) as caught:
        gateway.ask(statement)
    return message(caught.value)


@pytest.mark.parametrize("statement", [ENDLESS_JOIN, ENDLESS_UNION])
def test_another_client_is_answered_beside_an_endless_query(
    gateway: Served, statement: str
) -> None:
    small = "select max(build) from gold.rpt_a"
    assert gateway.ask(small, "bob") == [(1,)]
    with gateway.cursor("eve") as hog:
        hog.execute(statement, async_=True)
        wait_until(lambda: _state(hog) == TOperationState.RUNNING_STATE, "the query runs")
        assert gateway.ask(small, "bob") == [(1,)]
        assert _state(hog) in RUNNING
        hog.cancel()
        wait_until(lambda: _state(hog) == TOperationState.CANCELED_STATE, "it is cancelled")
    (entry,) = _audited(gateway, statement)
    assert (entry["user"], entry["state"]) == ("eve", "canceled")


def test_a_query_of_ones_own_timeout_ends(gateway: Served) -> None:
    with gateway.cursor() as cursor:
        # The time that a client gives itself; the server's, which is longer, ends it the same way.
        statement = f"{ENDLESS} -- for a second"
        request = _statement(cursor, statement, seconds=1)
        wait_until(lambda: request() == TOperationState.TIMEDOUT_STATE, "it is timed out")
        wait_until(lambda: bool(_audited(gateway, statement)), "it is written down")
    (entry,) = _audited(gateway, statement)
    assert entry["state"] == "timed out"


def _statement(cursor: Any, statement: str, seconds: int) -> Any:
    """Runs a statement with a timeout, which PyHive cannot say; gives what tells its state."""
    from TCLIService import ttypes

    connection = cursor._connection
    run = connection.client.ExecuteStatement(
        ttypes.TExecuteStatementReq(
            sessionHandle=connection.sessionHandle,
            statement=statement,
            runAsync=True,
            queryTimeout=seconds,
        )
    )
    asked = ttypes.TGetOperationStatusReq(operationHandle=run.operationHandle)
    return lambda: connection.client.GetOperationStatus(asked).operationState


def test_a_result_has_as_many_rows_as_allowed_and_no_more(gateway: Served) -> None:
    assert len(gateway.ask(f"select * from range({MAX_ROWS})")) == MAX_ROWS
    refused = _error(gateway, f"select * from range({MAX_ROWS + 1})")
    assert f"a result of more than {MAX_ROWS} rows is refused" in refused
    assert "more than" in _error(gateway, "select * from range(100000000)")


def test_what_a_user_leaves_open_is_limited_and_nobody_elses_limit(gateway: Served) -> None:
    wide = f"select id, repeat('x', 900) from range({MAX_ROWS // 2})"
    with gateway.cursor("eve") as first, gateway.cursor("eve") as second:
        first.execute(wide)
        with pytest.raises(Error) as caught:
            second.execute(wide)
        assert "beside so many others that you have not closed is refused" in message(caught.value)
        assert len(gateway.ask(wide, "bob")) == MAX_ROWS // 2
    assert len(gateway.ask(wide, "eve")) == MAX_ROWS // 2


@pytest.mark.parametrize(
    "statement",
    [
        "select size(sequence(1, 900000000))",
        "select length(repeat('x', 2000000000))",
        "select length(repeat('x', cast(id + 2000000000 as int))) from range(1)",
    ],
)
def test_a_statement_that_wants_too_much_memory_fails_alone(
    gateway: Served, statement: str
) -> None:
    with gateway.cursor("bob") as other:
        assert "OutOfMemoryError" in _error(gateway, statement)
        other.execute("select max(build) from gold.rpt_a")
        assert other.fetchall() == [(1,)]


def test_a_client_that_vanishes_leaves_nothing_running(gateway: Served) -> None:
    statement = f"{ENDLESS} -- vanished"
    connection = connect("127.0.0.1", gateway.port, "mallory")
    cursor = connection.cursor()
    cursor.execute(statement, async_=True)
    wait_until(lambda: _state(cursor) == TOperationState.RUNNING_STATE, "the query runs")
    connection._transport._trans.handle.shutdown(socket.SHUT_RDWR)
    connection._transport._trans.close()
    wait_until(lambda: bool(_audited(gateway, statement)), "its statement has ended")
    assert _audited(gateway, statement)[0]["state"] == "left"
    assert gateway.ask("select max(build) from gold.rpt_a") == [(1,)]


def test_sessions_that_say_nothing_keep_nobody_out(gateway: Served) -> None:
    with ExitStack() as stack:
        idle = [
            stack.enter_context(closing(connect("127.0.0.1", gateway.port, "idle")))
            for _ in range(600)
        ]
        assert gateway.ask("select max(build) from gold.rpt_a") == [(1,)]
        assert len(idle) == 600


def test_many_clients_are_answered_at_once(gateway: Served) -> None:
    answers: list[list[tuple[Any, ...]]] = []

    def ask(user: str) -> None:
        answers.append(gateway.ask("select key, build from gold.rpt_a order by key", user))

    threads = [threading.Thread(target=ask, args=(f"user{place}",)) for place in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [[("x", 1), ("y", 1)]] * 32


def test_a_plan_that_is_explained_is_cut(gateway: Served) -> None:
    long = "explain select id from range(10) where cast(id as string) = repeat('x', 20000000)"
    ((plan,),) = gateway.ask(long)
    assert len(plan) < 2_000_000


def test_the_audit_says_who_ran_what(gateway: Served) -> None:
    statement = "select key from gold.rpt_a -- 'who'"
    gateway.ask(statement, "carol")
    refused = "drop table gold.rpt_a"
    _error(gateway, refused)
    (entry,) = _audited(gateway, statement)
    assert entry["user"] == "carol"
    assert entry["state"] == "finished"
    assert entry["rows"] == 2
    assert entry["seconds"] >= 0
    assert entry["bytes"] > 0
    (entry,) = _audited(gateway, refused)[-1:]
    assert (entry["state"], entry["rows"]) == ("failed", 0)
    assert "The gateway only reads" in entry["error"]
