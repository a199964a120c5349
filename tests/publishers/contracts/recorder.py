"""A server between an adapter and a sandbox network that keeps every request as it came."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import requests

_OF_THIS_HOP = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "content-encoding", "content-length", "date"}
)


@dataclass(frozen=True, slots=True)
class Sent:
    """One request. ``path`` is without the network's prefix; ``fields`` are those of a form, files by their names as
    ``<file>``; ``body`` is what JSON there was, else None."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    fields: Mapping[str, str]
    body: Any

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Recorder:
    """Forwards everything to ``target`` (scheme, host and port) and takes ``prefix`` off what it keeps."""

    def __init__(self, target: str, prefix: str) -> None:
        self.sent: list[Sent] = []
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # the head and the body of an answer are two packets

            def handle_one_request(self) -> None:
                self.raw_requestline = self.rfile.readline(65_537)
                if not self.raw_requestline or not self.parse_request():
                    self.close_connection = True
                    return
                length = int(self.headers.get("Content-Length") or 0)
                content = self.rfile.read(length)
                recorder.sent.append(_sent(self.command, self.path, dict(self.headers), content, prefix))
                answer = requests.request(
                    self.command,
                    target + self.path,
                    data=content,
                    headers=dict(self.headers),
                    allow_redirects=False,
                    timeout=20,
                )
                self.send_response(answer.status_code)
                for name, value in answer.headers.items():
                    if name.lower() not in _OF_THIS_HOP:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(answer.content)

            def log_message(self, *_: Any) -> None:
                """Nothing: what is sent is kept, not told."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self.api_url = f"http://127.0.0.1:{self._server.server_port}{prefix}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, _t: type[BaseException] | None, _e: BaseException | None, _tb: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _sent(method: str, target: str, headers: dict[str, str], content: bytes, prefix: str) -> Sent:
    parts = urlsplit(target)
    named = {name.lower(): value for name, value in headers.items()}
    kind = named.get("content-type", "")
    fields: dict[str, str] = {}
    body = None
    if kind.startswith("multipart/form-data"):
        fields = _multipart(kind, content)
    elif kind.startswith("application/x-www-form-urlencoded"):
        fields = dict(parse_qsl(content.decode(), keep_blank_values=True))
    elif "json" in kind and content:
        body = json.loads(content)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    return Sent(method, parts.path.removeprefix(prefix), query, named, fields, body)


def _multipart(kind: str, content: bytes) -> dict[str, str]:
    message = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + content)
    found: dict[str, str] = {}
    for part in message.get_payload():
        name = part.get_param("name", header="content-disposition")  # type: ignore[union-attr]
        is_file = part.get_filename() is not None  # type: ignore[union-attr]
        payload: Any = part.get_payload(decode=True)  # type: ignore[union-attr]
        found[str(name)] = "<file>" if is_file else payload.decode()
    return found
