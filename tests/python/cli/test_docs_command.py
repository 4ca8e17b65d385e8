"""`lakehouse docs --serve`: the page on this machine's own address, and nothing beside it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lakehouse.cli import app
from lakehouse.commands import docs
from lakehouse.errors import ExitCode
from lakehouse.lake import Lake
from lakehouse.page_server import PageServer
from lakehouse.ports import LOCALHOST
from lakehouse.release.publish import publish
from lakehouse.release.text import release_text
from lakehouse.session import PROJECT_DIR
from tests.python.release.small_project import build, project


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A page, in a folder with something else in it."""
    Path(tmp_path, "secret.txt").write_text("not for browsers", encoding="utf-8")
    page = tmp_path / "index.html"
    page.write_text("<p>größer</p>", encoding="utf-8")
    return page


@pytest.fixture
def server(page: Path) -> Iterator[PageServer]:
    with PageServer(page, 0) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def answer(server: PageServer, method: str, path: str) -> tuple[int, bytes, str | None]:
    """Status, body and announced length."""
    connection = http.client.HTTPConnection(LOCALHOST, server.server_address[1], timeout=10)
    connection.request(method, path)
    response = connection.getresponse()
    return response.status, response.read(), response.getheader("Content-Length")


def test_the_page_is_served_as_it_is_now(server: PageServer) -> None:
    assert server.address == f"http://127.0.0.1:{server.server_address[1]}/"
    first = "<p>größer</p>".encode()
    assert answer(server, "GET", "/#!/overview") == (200, first, str(len(first)))
    assert answer(server, "GET", "/?g_v=1") == (200, first, str(len(first)))
    assert answer(server, "HEAD", "/") == (200, b"", str(len(first)))
    server.page.write_text("later", encoding="utf-8")
    assert answer(server, "GET", "/")[1] == b"later"


@pytest.mark.parametrize("path", ["/secret.txt", "/index.html", "/../secret.txt", "/%2e%2e/x"])
def test_nothing_else_is_served(server: PageServer, path: str) -> None:
    status, body, _ = answer(server, "GET", path)
    assert status == 404
    assert b"not for browsers" not in body


def test_only_this_machine_reaches_it(server: PageServer) -> None:
    assert server.socket.getsockname()[0] == "127.0.0.1"


def test_a_port_that_is_taken_is_said_before_the_page_is_made(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Path] = []
    monkeypatch.setattr(docs, "write_docs", lambda _, out: made.append(out))
    with socket.create_server((LOCALHOST, 0)) as taken:
        port = taken.getsockname()[1]
        arguments = ["docs", "--out", f"{tmp_path}/i.html", "--serve", "--port", f"{port}"]
        said = CliRunner(env={"LAKE_ROOT": lake.root}).invoke(app, arguments)
    assert said.exit_code == ExitCode.MACHINE
    assert f"Port {port} of 127.0.0.1 cannot be listened on" in " ".join(said.output.split())
    assert not made


def test_the_overview_has_the_release(lake: Lake) -> None:
    build(lake, 1)
    release = publish(lake, project()).release
    text = release_text(release)
    assert "Release 1\n" in text
    assert "all 2 tests had passed" in text
    assert "| `rpt_a` | 2 | 1 |" in text
    overview = (PROJECT_DIR / "models" / "overview.md").read_text(encoding="utf-8")
    page = f"<script>x = {json.dumps({'text': overview})}</script>"
    told = docs.with_overview(page, f"{text}</script>")
    inside = told.removeprefix("<script>x = ").removesuffix("</script>")
    assert "</script>" not in inside
    assert json.loads(inside)["text"] == overview.replace(docs.PLACE, f"{text}</script>")
    assert "No release yet" in release_text(None)


def test_ctrl_c_ends_it(lake: Lake, page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docs, "write_docs", lambda _, out: None)
    serve = PageServer.serve_forever

    def interrupted(server: PageServer) -> None:
        threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
        serve(server)

    monkeypatch.setattr(PageServer, "serve_forever", interrupted)
    arguments = ["docs", "--out", str(page), "--serve", "--port", "0"]
    said = CliRunner(env={"LAKE_ROOT": lake.root}).invoke(app, arguments)
    assert said.exit_code == 0
    assert said.output.rstrip().endswith("Stopped")
