"""The endpoints for whoever watches, in processes that serve no pages: a scheduler, a worker."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from planner.services.watching import Access, Watch, access

if TYPE_CHECKING:
    from planner.bootstrap import Platform

JSON = "application/json"


@contextmanager
def watched(platform: Platform, port: int | None) -> Iterator[int | None]:
    """Answer ``/healthz``, ``/readyz`` and ``/metrics`` on ``port`` while the block runs, and give the port that it
    became (0 takes a free one). Nothing happens where ``port`` is None. Raises OSError where the port is taken."""
    if port is None:
        yield None
        return
    server = _Server((platform.settings.metrics_host, port), _Handler, platform)
    thread = threading.Thread(target=server.serve_forever, name="watched", daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler], platform: Platform) -> None:
        self.settings, self.watch = platform.settings, Watch(platform)
        super().__init__(address, handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 10
    server_version, sys_version = "Sendeplan", ""

    def do_GET(self) -> None:
        """One of the three, or 404."""
        pages = {"/healthz": self._alive, "/readyz": self._ready, "/metrics": self._figures}
        pages.get(self.path.partition("?")[0], self._nothing)()

    def _alive(self) -> None:
        self._answer(200, {"status": "ok"})

    def _ready(self) -> None:
        found = self.server.watch.ready()
        self._answer(503 if found.reason else 200, found.as_json())

    def _figures(self) -> None:
        allowed = access(self.server.settings, str(self.client_address[0]), self.headers)
        if allowed is not Access.GRANTED:
            self._answer(allowed.value, {"status": "refused"})
            return
        body, kind = self.server.watch.figures()
        self._send(200, body, kind)

    def _nothing(self) -> None:
        self._answer(404, {"status": "not_found"})

    def _answer(self, status: int, said: dict[str, Any]) -> None:
        self._send(status, json.dumps(said).encode(), JSON)

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        if status == Access.TOKEN_WANTED.value:
            self.send_header("WWW-Authenticate", "Bearer")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        """Who scrapes every few seconds is not worth a line."""
