"""A real server on this machine that speaks the chat-completions protocol, well or badly."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any

# What the server counts for any question that it answers.
USAGE = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}


@dataclass(frozen=True)
class Reply:
    """What a request gets: bytes as they go over the line, after a delay, slowly if they drip.

    Attributes:
        lost: how many bytes of the content are announced and never sent.
    """

    content: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drip: float = 0.0
    lost: int = 0


Script = Callable[[list[str]], Reply]


class ChatServer(ThreadingHTTPServer):
    """Answers each request by the next step of its script, and at its end by the last one."""

    def __init__(self, script: Iterable[Script]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._script = list(script)
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[Mapping[str, str]] = []
        self.closing = threading.Event()
        self._lock = threading.Lock()

    def server_bind(self) -> None:
        """Without the name of this host, which may take a name server its time."""
        TCPServer.server_bind(self)
        self.server_port = self.server_address[1]

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    @property
    def asked(self) -> list[list[str]]:
        """The descriptions of each request."""
        return [descriptions(body) for body in self.bodies]

    def reply(self, body: dict[str, Any], headers: Mapping[str, str]) -> Reply:
        with self._lock:
            step = self._script[min(len(self.bodies), len(self._script) - 1)]
            self.bodies.append(body)
            self.headers.append(headers)
        return step(descriptions(body))


class _Handler(BaseHTTPRequestHandler):
    server: ChatServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.path == "/v1/chat/completions"
        reply = self.server.reply(body, dict(self.headers))
        if self.server.closing.wait(reply.delay):
            return
        try:
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.content) + reply.lost))
            self.end_headers()
            if not reply.drip:
                self.wfile.write(reply.content)
                return
            for byte in reply.content:
                self.wfile.write(bytes([byte]))
                if self.server.closing.wait(reply.drip):
                    return
        except ConnectionError:
            """Who asked waits no longer."""

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


def descriptions(body: Mapping[str, Any]) -> list[str]:
    """What a request asks about, in order."""
    products = json.loads(body["messages"][-1]["content"])["products"]
    assert [product["item"] for product in products] == list(range(1, len(products) + 1))
    return [product["description"] for product in products]


def completion(
    text: str | None, finish_reason: str = "stop", usage: Mapping[str, int] | None = USAGE
) -> Reply:
    """A message of a model."""
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": text},
        "finish_reason": finish_reason,
    }
    body = {"id": "chatcmpl-1", "object": "chat.completion", "choices": [choice], "usage": usage}
    return Reply(json.dumps(body).encode())


def labels(texts: Iterable[str], groups: Mapping[str, str]) -> list[dict[str, Any]]:
    """The labels of descriptions, by their groups."""
    return [
        {"item": item, "group_id": groups[text], "confidence": 0.75}
        for item, text in enumerate(texts, start=1)
    ]


def answering(groups: Mapping[str, str]) -> Script:
    """A model that knows groups."""
    return lambda texts: completion(json.dumps({"labels": labels(texts, groups)}))


def saying(reply: Reply) -> Script:
    """The same reply, whatever is asked."""
    return lambda _: reply


def refusal(status: int, message: str = "no", code: str | None = None, **headers: str) -> Reply:
    """An error in the form that such endpoints have."""
    content = json.dumps({"error": {"message": message, "type": "x", "code": code}}).encode()
    return Reply(content, status, {name.replace("_", "-"): text for name, text in headers.items()})
