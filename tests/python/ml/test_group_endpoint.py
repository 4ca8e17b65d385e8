"""Groups from an endpoint, asked over HTTP of a real server that answers well, badly or not."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path
from threading import Thread
from typing import Any

import pyarrow as pa
import pytest

from lakehouse.errors import LakehouseError
from ml.groups import chat as chat_module
from ml.groups.answers import SCHEMA, Answers
from ml.groups.chat import Chat, EndpointError, EndpointSettings
from ml.groups.endpoint import EndpointRun, label_by_endpoint
from ml.groups.group_labels import GroupLabel, Tier
from ml.groups.prompt import Refused
from ml.groups.taxonomy import Taxonomy
from tests.python.ml.chat_server import (
    ChatServer,
    Reply,
    Script,
    answering,
    completion,
    labels,
    refusal,
    saying,
)

KEY = "sk-test-0123456789"
GROUPS = {
    "RED MUG": "drinkware",
    "TIN BOX": "storage",
    "OWL DOORSTOP": "furniture",
    "RING": "jewellery",
}
ALL = list(GROUPS)
GOOD = answering(GROUPS)
TAXONOMY = Taxonomy.read()


@contextmanager
def _server(*script: Script) -> Iterator[ChatServer]:
    with ChatServer(script) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
            thread.join()


def _settings(**changes: Any) -> EndpointSettings:
    quick = {"timeout": 30.0, "max_attempts": 3, "first_wait": 0.001, "max_wait": 60.0}
    return EndpointSettings.read().model_copy(update=quick | changes)


def _chat(server: ChatServer, waits: list[float] | None = None, **changes: Any) -> Chat:
    environment = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": server.base_url}
    chat = Chat.from_environment(environment, _settings(**changes))
    assert chat
    if waits is not None:
        chat.sleep = waits.append
    return chat


def _nothing_kept() -> Answers:
    return Answers(SCHEMA.empty_table(), lambda _: None)


def _told(run: EndpointRun) -> dict[str, str]:
    return {label.description: label.group_id for label in run.labels}


def test_what_it_answers_becomes_labels_that_say_who_told_them() -> None:
    with _server(GOOD) as server:
        chat = _chat(server)
        run = label_by_endpoint([*ALL, "RED MUG"], TAXONOMY, chat, _nothing_kept())
    model = chat.settings.model
    assert run.labels == [
        GroupLabel(text, group, Tier.ENDPOINT, 0.75, model) for text, group in GROUPS.items()
    ]
    assert run.refused == Refused()
    assert (run.kept_count, run.unasked_count) == (0, 0)
    assert server.asked == [ALL]
    [body], [headers] = server.bodies, server.headers
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert (body["model"], body["max_tokens"]) == (model, 4 * chat.settings.answer_tokens_each)
    assert all(group.definition in body["messages"][0]["content"] for group in TAXONOMY.groups)
    label = body["response_format"]["json_schema"]["schema"]["properties"]["labels"]["items"]
    assert set(label["properties"]["group_id"]["enum"]) == TAXONOMY.ids


def test_tokens_and_cost_are_those_that_the_endpoint_reports() -> None:
    with _server(GOOD) as server:
        chat = _chat(server, batch_size=2, input_price=2.0, output_price=10.0)
        spending = label_by_endpoint(ALL, TAXONOMY, chat, _nothing_kept()).spending
    assert server.asked == [ALL[:2], ALL[2:]]
    assert (spending.request_count, spending.unreported_count) == (2, 0)
    assert (spending.input_tokens, spending.output_tokens) == (2000, 200)
    assert spending.cost == pytest.approx(2 * (1000 * 2 + 100 * 10) / 1e6)


def test_an_answer_without_usage_counts_with_what_it_can_cost_at_most() -> None:
    bare = saying(completion(json.dumps({"labels": labels(ALL, GROUPS)}), usage=None))
    with _server(bare) as server:
        chat = _chat(server, input_price=2.0, output_price=10.0)
        spending = label_by_endpoint(ALL, TAXONOMY, chat, _nothing_kept()).spending
        [body] = server.bodies
    assert (spending.unreported_count, spending.input_tokens) == (1, 0)
    at_most = len(json.dumps(body)) * 2.0 + body["max_tokens"] * 10.0
    assert spending.cost == pytest.approx(at_most / 1e6)


def test_the_form_and_the_limit_of_an_answer_are_as_the_endpoint_knows_them() -> None:
    with _server(GOOD) as server:
        chat = _chat(server, answer_format="json_object", token_limit_field="max_completion_tokens")
        label_by_endpoint(ALL, TAXONOMY, chat, _nothing_kept())
    [body] = server.bodies
    assert body["response_format"] == {"type": "json_object"}
    assert "max_completion_tokens" in body
    assert "max_tokens" not in body


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"group_id": "shoes"}, Refused(outside_count=1)),
        ({"group_id": "Drinkware"}, Refused(outside_count=1)),
        ({"group_id": None}, Refused(malformed_count=1)),
        ({"confidence": 1.5}, Refused(malformed_count=1)),
        ({"confidence": "high"}, Refused(malformed_count=1)),
        ({"confidence": True}, Refused(malformed_count=1)),
        ({"confidence": float("nan")}, Refused(malformed_count=1)),
        ({"confidence": 10**400}, Refused(malformed_count=1)),
        ({"item": 2}, Refused(malformed_count=1, missing_count=1)),
        ({"item": 9}, Refused(missing_count=1)),
        ({"item": "1"}, Refused(missing_count=1)),
    ],
)
def test_a_label_that_is_none_is_refused_and_counted(
    change: dict[str, Any], refused: Refused
) -> None:
    spoilt = labels(ALL, GROUPS)
    spoilt[0] |= change
    with _server(saying(completion(json.dumps({"labels": spoilt})))) as server:
        answers = _nothing_kept()
        run = label_by_endpoint(ALL, TAXONOMY, _chat(server), answers)
    lost = {"RED MUG"} | ({"TIN BOX"} if change.get("item") == 2 else set())
    assert _told(run) == {text: group for text, group in GROUPS.items() if text not in lost}
    assert run.refused == refused
    assert answers.table().num_rows == len(run.labels)


def test_what_an_answer_leaves_out_is_counted_and_asked_by_the_next_run() -> None:
    partial = saying(completion(json.dumps({"labels": labels(ALL, GROUPS)[:-1]})))
    with _server(partial, GOOD) as server:
        answers = _nothing_kept()
        first = label_by_endpoint(ALL, TAXONOMY, _chat(server), answers)
        second = label_by_endpoint(ALL, TAXONOMY, _chat(server), answers)
    assert first.refused == Refused(missing_count=1)
    assert server.asked == [ALL, ALL[-1:]]
    assert _told(second) == GROUPS
    assert second.kept_count == 3


@pytest.mark.parametrize(
    "reply",
    [
        completion('{"labels": [{"item": 1, "gro', finish_reason="length"),
        completion(json.dumps({"labels": labels(ALL, GROUPS)}), finish_reason="length"),
        completion("Here are your labels: mug is drinkware."),
        completion('{"labels": {"RED MUG": "drinkware"}}'),
        completion("[" * 100_000),
        completion(None, finish_reason="content_filter"),
        Reply(b"<html>Welcome</html>"),
        Reply(b"[]"),
        Reply(b'{"choices": []}'),
        Reply(b"\xff\xfe"),
        Reply(b""),
    ],
    ids=lambda reply: reply.content[:20].decode(errors="replace"),
)
def test_an_answer_that_is_broken_off_or_none_is_asked_again_in_halves(reply: Reply) -> None:
    with _server(saying(reply), GOOD) as server:
        run = label_by_endpoint(ALL, TAXONOMY, _chat(server), _nothing_kept())
    assert server.asked == [ALL, ALL[:2], ALL[2:]]
    assert _told(run) == GROUPS
    assert run.refused == Refused()


def test_a_model_that_never_answers_in_form_is_asked_no_more_than_three_times_a_batch() -> None:
    with _server(saying(completion("I would rather talk about the weather."))) as server:
        run = label_by_endpoint(ALL, TAXONOMY, _chat(server), _nothing_kept())
    assert len(server.asked) == 3
    assert run.labels == []
    assert run.refused == Refused(malformed_count=len(ALL))


def test_labels_of_a_list_that_are_no_objects_count_as_left_out() -> None:
    spoilt = saying(completion(json.dumps({"labels": ["drinkware", *labels(ALL, GROUPS)[1:]]})))
    with _server(spoilt) as server:
        run = label_by_endpoint(ALL, TAXONOMY, _chat(server), _nothing_kept())
    assert run.refused == Refused(missing_count=1)


@pytest.mark.parametrize(
    ("retry_after", "least"),
    [
        (lambda: "7", 7.0),
        (lambda: format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True), 25.0),
    ],
    ids=["seconds", "date"],
)
def test_a_rate_limit_is_waited_out_as_long_as_it_says(
    retry_after: Callable[[], str], least: float
) -> None:
    waits: list[float] = []
    limit = saying(refusal(429, "slow down", Retry_After=retry_after()))
    with _server(limit, limit, GOOD) as server:
        run = label_by_endpoint(ALL, TAXONOMY, _chat(server, waits), _nothing_kept())
    assert _told(run) == GROUPS
    assert len(waits) == 2
    assert all(least <= wait <= least + 6 for wait in waits)
    assert (run.spending.request_count, run.spending.unreported_count) == (3, 0)


def test_a_wait_that_is_too_long_is_an_error_that_says_how_long() -> None:
    waits: list[float] = []
    with (
        _server(saying(refusal(429, "daily limit", Retry_After="3600"))) as server,
        pytest.raises(EndpointError, match=r"wait 3600 seconds .*daily limit"),
    ):
        label_by_endpoint(ALL, TAXONOMY, _chat(server, waits), _nothing_kept())
    assert (len(server.asked), waits) == (1, [])


def test_a_server_that_fails_is_tried_again_later_and_later_by_chance() -> None:
    waits: list[float] = []
    with _server(*[saying(Reply(b"oops", 500))] * 7, GOOD) as server:
        chat = _chat(server, waits, max_attempts=8, first_wait=1.0, max_wait=4.0)
        run = label_by_endpoint(ALL, TAXONOMY, chat, _nothing_kept())
    assert _told(run) == GROUPS
    ceilings = [1.0, 2.0, 4.0, 4.0, 4.0, 4.0, 4.0]
    assert all(0 <= wait <= most for wait, most in zip(waits, ceilings, strict=True))
    assert all(one != other for one, other in pairwise(waits))


def test_a_retry_after_that_is_none_is_no_answer_to_how_long() -> None:
    waits: list[float] = []
    with _server(saying(refusal(503, Retry_After="soon")), GOOD) as server:
        run = label_by_endpoint(ALL, TAXONOMY, _chat(server, waits), _nothing_kept())
    assert _told(run) == GROUPS
    assert len(waits) == 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"", delay=30),
        Reply(completion("{}").content, drip=0.05),
        Reply(b"half of it", lost=100),
    ],
    ids=["hangs", "drips", "breaks off"],
)
def test_an_answer_that_does_not_come_in_time_is_asked_again(reply: Reply) -> None:
    with _server(saying(reply), GOOD) as server:
        chat = _chat(server, timeout=0.3)
        run = label_by_endpoint(ALL, TAXONOMY, chat, _nothing_kept())
    assert _told(run) == GROUPS
    assert (run.spending.request_count, run.spending.unreported_count) == (2, 1)


def test_nobody_at_the_address_is_one_sentence() -> None:
    with _server(GOOD) as server:
        chat = _chat(server, [])
    with pytest.raises(EndpointError, match=r"failed 3 times, at last: no connection\. Run it"):
        label_by_endpoint(ALL, TAXONOMY, chat, _nothing_kept())


def test_what_was_told_before_a_failure_is_kept_and_not_asked_again(tmp_path: Path) -> None:
    path = tmp_path / "lake" / "answers.parquet"
    down = saying(refusal(503, "overloaded"))
    with _server(GOOD, down) as server:
        chat = _chat(server, [], batch_size=2)
        with pytest.raises(LakehouseError, match=r"failed 3 times, at last: 503 overloaded\."):
            label_by_endpoint(ALL, TAXONOMY, chat, Answers.of_file(path))
    with _server(GOOD) as server:
        run = label_by_endpoint(ALL, TAXONOMY, _chat(server), Answers.of_file(path))
    assert server.asked == [ALL[2:]]
    assert _told(run) == GROUPS
    assert run.kept_count == 2


def test_a_second_run_asks_nothing(tmp_path: Path) -> None:
    path = tmp_path / "answers.parquet"
    with _server(GOOD) as server:
        first = label_by_endpoint(ALL, TAXONOMY, _chat(server), Answers.of_file(path))
        second = label_by_endpoint(ALL, TAXONOMY, _chat(server), Answers.of_file(path))
    assert len(server.asked) == 1
    assert second.labels == first.labels
    assert (second.kept_count, second.spending.request_count) == (4, 0)
    assert list(tmp_path.iterdir()) == [path]


def test_another_model_or_another_definition_is_asked_anew() -> None:
    answers = _nothing_kept()
    fewer = Taxonomy(tuple(group for group in TAXONOMY.groups if group.group_id != "toys"))
    with _server(GOOD) as server:
        label_by_endpoint(ALL, TAXONOMY, _chat(server), answers)
        label_by_endpoint(ALL, TAXONOMY, _chat(server, model="other"), answers)
        label_by_endpoint(ALL, fewer, _chat(server), answers)
    assert server.asked == [ALL, ALL, ALL]


def test_answers_may_be_kept_in_a_table_of_the_callers() -> None:
    tables = [SCHEMA.empty_table()]
    with _server(GOOD) as server:
        chat = _chat(server, batch_size=2)
        label_by_endpoint(ALL, TAXONOMY, chat, Answers(tables[-1], tables.append))
        label_by_endpoint(ALL, TAXONOMY, chat, Answers(tables[-1], tables.append))
    assert [table.num_rows for table in tables] == [0, 2, 4]
    assert len(server.asked) == 2


def test_a_file_or_a_table_of_something_else_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "answers.parquet"
    path.write_text("not parquet")
    with pytest.raises(LakehouseError, match=r"answers\.parquet cannot be read; delete it"):
        Answers.of_file(path)
    with pytest.raises(LakehouseError, match="columns"):
        Answers(pa.table({"a": [1]}), lambda _: None)


def test_a_run_stops_before_it_may_cost_more_than_it_may() -> None:
    with _server(GOOD) as server:
        # Each answer costs 0.30; another one may cost more than the 0.70 that are then left.
        chat = _chat(server, batch_size=1, input_price=200.0, output_price=1000.0, max_cost=3.0)
        run = label_by_endpoint(ALL, TAXONOMY, chat, _nothing_kept())
    assert 0 < len(run.labels) < len(ALL)
    assert run.unasked_count == len(ALL) - len(run.labels) == len(ALL) - len(server.asked)
    assert run.spending.cost <= 3.0


def test_a_request_that_is_not_afforded_is_not_tried_again() -> None:
    with _server(saying(Reply(b"", delay=30))) as server:
        chat = _chat(server, [], timeout=0.2, input_price=100.0, max_cost=2.0)
        with pytest.raises(EndpointError, match=r"no answer in time.* max_cost, 2\.0 US dollars"):
            label_by_endpoint(ALL, TAXONOMY, chat, _nothing_kept())
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "reply",
    [
        refusal(401, f"Incorrect API key provided: {KEY}"),
        refusal(429, "You exceeded your current quota", code="insufficient_quota"),
        refusal(400, "unknown model"),
        Reply(b"not found", 404),
    ],
    ids=lambda reply: str(reply.status),
)
def test_what_waiting_does_not_mend_is_an_error_at_once(reply: Reply) -> None:
    with (
        _server(saying(reply)) as server,
        pytest.raises(EndpointError, match=f"refused: {reply.status} .+ Mend OPENAI_API_KEY"),
    ):
        label_by_endpoint(ALL, TAXONOMY, _chat(server, []), _nothing_kept())
    assert len(server.asked) == 1


def test_the_key_is_in_no_error_no_log_and_no_text(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    echo = saying(refusal(500, f"Bearer {KEY} met an error"))
    with _server(echo, echo, saying(refusal(401, f"key {KEY} is wrong"))) as server:
        chat = _chat(server)
        with pytest.raises(EndpointError) as caught:
            label_by_endpoint(ALL, TAXONOMY, chat, _nothing_kept())
    out, err = capfd.readouterr()
    assert server.headers[0]["Authorization"].endswith(KEY)
    assert caplog.records
    for text in (str(caught.value), repr(chat), caplog.text, out, err):
        assert KEY not in text


def test_the_key_is_not_sent_where_a_redirect_leads() -> None:
    with _server(GOOD) as elsewhere:
        away = {"Location": f"{elsewhere.base_url}/chat/completions"}
        with (
            _server(saying(Reply(b"", 307, away))) as server,
            pytest.raises(EndpointError, match="refused: 307"),
        ):
            label_by_endpoint(ALL, TAXONOMY, _chat(server), _nothing_kept())
    assert elsewhere.bodies == []


def test_the_key_is_sent_though_a_netrc_knows_the_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with _server(GOOD) as server:
        chat = _chat(server)
        monkeypatch.setattr(chat_module, "LOCAL_HOSTS", ())
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        label_by_endpoint(ALL, TAXONOMY, chat, _nothing_kept())
    assert server.headers[0]["Authorization"] == f"Bearer {KEY}"


def test_a_proxy_does_not_get_what_is_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with _server(saying(refusal(502))) as proxy, _server(GOOD) as server:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.server_port}")
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.server_port}")
        label_by_endpoint(ALL, TAXONOMY, _chat(server), _nothing_kept())
    assert (len(proxy.bodies), len(server.bodies)) == (0, 1)


@pytest.mark.parametrize("environment", [{}, {"OPENAI_API_KEY": ""}, {"OPENAI_API_KEY": " "}])
def test_without_a_key_there_is_no_endpoint(environment: dict[str, str]) -> None:
    assert Chat.from_environment(environment, _settings()) is None


@pytest.mark.parametrize("key", ["sk-1\nX-Other: 2", "sk-1 2", "sk-ü"])
def test_a_key_that_cannot_be_one_is_refused_and_not_shown(key: str) -> None:
    with pytest.raises(EndpointError, match="OPENAI_API_KEY has characters") as caught:
        Chat.from_environment({"OPENAI_API_KEY": key}, _settings())
    assert key not in str(caught.value)


@pytest.mark.parametrize(
    ("base_url", "url"),
    [
        ("https://api.example.com/v1/", "https://api.example.com/v1/chat/completions"),
        ("http://localhost:11434/v1", "http://localhost:11434/v1/chat/completions"),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1/chat/completions"),
        ("", "https://api.openai.com/v1/chat/completions"),
    ],
)
def test_an_address_is_https_or_this_machine(base_url: str, url: str) -> None:
    environment = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": base_url}
    chat = Chat.from_environment(environment, _settings())
    assert chat
    assert chat.url == url


@pytest.mark.parametrize(
    "base_url",
    [
        "http://api.example.com/v1",
        "http://localhost.example.com/v1",
        "http://127.0.0.1.example.com/v1",
        "http://127.0.0.1@example.com/v1",
        "https://user:secret@example.com/v1",
        "https://example.com/v1?key=secret",
        "ftp://localhost/v1",
        "api.openai.com/v1",
        "https://",
        "https://[/v1",
        "https://host:port/v1",
    ],
)
def test_the_key_is_sent_nowhere_else(base_url: str) -> None:
    environment = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": base_url}
    with pytest.raises(EndpointError, match="OPENAI_BASE_URL must") as caught:
        Chat.from_environment(environment, _settings())
    assert "secret" not in str(caught.value)


def test_settings_that_are_wrong_name_the_key(tmp_path: Path) -> None:
    path = tmp_path / "endpoint.yml"
    text = chat_module.ENDPOINT.read_text(encoding="utf-8")
    path.write_text(text.replace("max_attempts: 6", "max_attempts: 0"), encoding="utf-8")
    with pytest.raises(LakehouseError, match="max_attempts"):
        EndpointSettings.read(path)


def test_nothing_to_ask_asks_nothing() -> None:
    with _server(GOOD) as server:
        run = label_by_endpoint([], TAXONOMY, _chat(server), _nothing_kept())
    assert (run.labels, server.bodies) == ([], [])
