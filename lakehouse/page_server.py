"""A page on this machine's own address, for a browser on it and nobody else."""

from __future__ import annotations

import http.server
import urllib.parse
from http import HTTPStatus
from pathlib import Path

from lakehouse.ports import LOCALHOST, listening


class PageServer(http.server.ThreadingHTTPServer):
    """Serves one page at `/`, as its file is at that moment, and nothing else.

    Attributes:
        page: the file.
    """

    # A page that is open in a browser keeps its connection: it must not keep the process.
    daemon_threads = True
    # Else a second server on the port of a running one would get a part of its requests.
    allow_reuse_port = False

    def __init__(self, page: Path, port: int) -> None:
        """Listens on 127.0.0.1.

        Args:
            page: to serve.
            port: 0 for any free one.

        Raises:
            MachineError: the port cannot be listened on.
        """
        self.page = page
        with listening(LOCALHOST, port):
            super().__init__((LOCALHOST, port), _Answer)

    @property
    def address(self) -> str:
        """What to type into a browser."""
        return f"http://{LOCALHOST}:{self.server_address[1]}/"


class _Answer(http.server.BaseHTTPRequestHandler):
    server: PageServer

    def do_GET(self) -> None:
        """Sends the page."""
        content = self._begin()
        if content is not None:
            self.wfile.write(content)

    def do_HEAD(self) -> None:
        """Says how long the page is."""
        self._begin()

    def _begin(self) -> bytes | None:
        if urllib.parse.urlsplit(self.path).path != "/":
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        content = self.server.page.read_bytes()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        return content

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing: whoever opens a page sees it."""
