"""HTTP/1.1 on plain sockets.

Small enough to answer thousands of requests a minute beside the program under test, and low enough to stall,
cut or reset a connection on purpose.
"""

from __future__ import annotations

import contextlib
import io
import json
import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from enum import Enum
from functools import lru_cache
from http import HTTPStatus
from typing import Any, BinaryIO
from urllib.parse import parse_qsl

MAX_BODY = 128 * 1024 * 1024
"""Bytes; the largest upload any of the networks takes in one request is a LinkedIn document of 100 MB."""

_MAX_HEAD_LINE = 65536


class BadRequest(Exception):
    """The bytes on the connection are no HTTP request that can be answered by a network."""


class Conduct(Enum):
    """How an answer goes onto the wire."""

    ANSWER = "answer"
    HANG = "hang"
    RESET = "reset"
    DRIP = "drip"
    TRUNCATE = "truncate"


@dataclass(slots=True)
class Request:
    """One request.

    ``path`` is raw (still percent-encoded), ``headers`` have lower-case names, ``arrived_at`` is the wall clock in
    seconds since the epoch. ``prefix`` is what the path began with before the network's own. ``lag`` in seconds is
    set by a listing-lag fault; ``notes`` are what a network keeps while it answers.
    """

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    arrived_at: float
    prefix: str = ""
    path: str = ""
    query: dict[str, str] = field(default_factory=dict)
    lag: float = 0.0
    notes: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.path, _, query = self.target.partition("?")
        if query:
            self.query = dict(parse_qsl(query, keep_blank_values=True))

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def bearer(self) -> str | None:
        scheme, _, value = self.headers.get("authorization", "").partition(" ")
        return value.strip() if scheme.lower() == "bearer" and value.strip() else None

    @property
    def base_url(self) -> str:
        return f"http://{self.headers.get('host', 'localhost')}{self.prefix}"

    def json(self) -> Any:
        """The body as JSON. Raises ValueError where it is none."""
        return json.loads(self.body or b"null")

    def json_object(self) -> dict[str, Any] | None:
        """The body as a JSON object, or None where it is something else."""
        try:
            value = self.json()
        except ValueError:
            return None
        return value if isinstance(value, dict) else None


@dataclass(slots=True)
class Response:
    """An answer. ``seconds`` bounds a HANG and stretches a DRIP; both count in real time."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    conduct: Conduct = Conduct.ANSWER
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


def json_response(status: int, value: Any, headers: Mapping[str, str] | None = None, kind: str = "") -> Response:
    """``value`` as a JSON body; ``kind`` replaces the media type ``application/json; charset=utf-8``."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(status, body, {"Content-Type": kind or "application/json; charset=utf-8", **(headers or {})})


def as_object(value: Any) -> dict[str, Any]:
    """``value`` where it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


Reader = BinaryIO
Respond = Callable[[Request], Response]
Clock = Callable[[], datetime]


class HttpServer:
    """Serves ``respond`` on one port, a thread per connection, connections kept alive."""

    def __init__(self, host: str, port: int, respond: Respond, clock: Clock) -> None:
        self._respond = respond
        self._clock = clock
        self._listener = socket.create_server((host, port), backlog=1024)
        self.host, self.port = self._listener.getsockname()[:2]
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._acceptor = threading.Thread(target=self._accept, name="sandbox-accept", daemon=True)

    def start(self) -> None:
        self._acceptor.start()

    def stop(self) -> None:
        """Close the port and every connection. May be called twice."""
        if self.stopping.is_set():
            return
        self.stopping.set()
        with contextlib.suppress(OSError), socket.create_connection((self.host, self.port), timeout=1):
            pass
        if self._acceptor.is_alive():
            self._acceptor.join(timeout=5)
        self._listener.close()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            if self.stopping.is_set():
                connection.close()
                return
            threading.Thread(target=self._serve, args=(connection,), name="sandbox-connection", daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)
        reader = io.BufferedReader(socket.SocketIO(connection, "r"), _MAX_HEAD_LINE)
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while not self.stopping.is_set() and self._serve_one(connection, reader):
                pass
        except (OSError, ValueError):
            pass
        finally:
            with self._lock:
                self._open.discard(connection)
            with contextlib.suppress(OSError):
                reader.close()
            connection.close()

    def _serve_one(self, connection: socket.socket, reader: Reader) -> bool:
        """Answer one request; False when the connection is to be closed."""
        try:
            request = _read_request(connection, reader)
        except BadRequest as error:
            connection.sendall(_head(Response(400), 0, False, self._date()))
            raise OSError(str(error)) from error
        if request is None:
            return False
        response = self._respond(request)
        keep = request.headers.get("connection", "").lower() != "close"
        return self._send(connection, request, response, keep)

    def _send(self, connection: socket.socket, request: Request, response: Response, keep: bool) -> bool:
        if response.conduct is Conduct.HANG:
            self._hang(connection, response.seconds)
            return False
        if response.conduct is Conduct.RESET:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        head = _head(response, len(response.body), keep, self._date())
        body = b"" if request.method == "HEAD" else response.body
        if response.conduct is Conduct.TRUNCATE:
            connection.sendall(head + body[: len(body) // 2])
            return False
        if response.conduct is Conduct.DRIP:
            connection.sendall(head)
            self._drip(connection, body, response.seconds)
            return False
        connection.sendall(head + body)
        return keep

    def _hang(self, connection: socket.socket, seconds: float) -> None:
        """Say nothing until the time is over, the caller has gone, or the server stops."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.stopping.is_set():
            readable, _, _ = select.select([connection], [], [], 0.05)
            if readable and not connection.recv(1, socket.MSG_PEEK):
                return

    def _drip(self, connection: socket.socket, body: bytes, seconds: float) -> None:
        """Send ``body`` in twenty pieces spread over ``seconds``."""
        size = max(1, len(body) // 20)
        for start in range(0, len(body), size):
            if self.stopping.wait(seconds / 20):
                return
            connection.sendall(body[start : start + size])

    def _date(self) -> str:
        return _http_date(self._clock().replace(microsecond=0))


@lru_cache(maxsize=8)
def _http_date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


def _read_request(connection: socket.socket, reader: Reader) -> Request | None:
    line = reader.readline(_MAX_HEAD_LINE)
    while line == b"\r\n":
        line = reader.readline(_MAX_HEAD_LINE)
    if not line:
        return None
    parts = line.decode("latin-1").split()
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise BadRequest("no request line")
    headers = _read_headers(reader)
    if parts[2] == "HTTP/1.0":
        headers.setdefault("connection", "close")
    if headers.get("expect", "").lower() == "100-continue":
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    body = _read_body(reader, headers)
    return Request(parts[0], parts[1], headers, body, time.time())


def _read_headers(reader: Reader) -> dict[str, str]:
    headers: dict[str, str] = {}
    while True:
        line = reader.readline(_MAX_HEAD_LINE)
        if line in (b"\r\n", b"\n"):
            return headers
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon:
            raise BadRequest("no header line")
        headers[name.strip().lower()] = value.strip()


def _read_body(reader: Reader, headers: Mapping[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return _read_chunks(reader)
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > MAX_BODY:
        raise BadRequest("no usable length")
    body = reader.read(int(length))
    if len(body) < int(length):
        raise BadRequest("the body ended early")
    return body


def _read_chunks(reader: Reader) -> bytes:
    chunks: list[bytes] = []
    total = 0
    while True:
        size = int(reader.readline(_MAX_HEAD_LINE).split(b";")[0], 16)
        total += size
        if total > MAX_BODY:
            raise BadRequest("the body is too large")
        chunks.append(reader.read(size))
        reader.readline(_MAX_HEAD_LINE)
        if size == 0:
            return b"".join(chunks)


def _head(response: Response, length: int, keep: bool, date: str) -> bytes:
    lines = [f"HTTP/1.1 {response.status} {_reason(response.status)}", f"Date: {date}"]
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
    if response.status != HTTPStatus.NO_CONTENT:
        lines.append(f"Content-Length: {length}")
    lines.append("Connection: keep-alive" if keep else "Connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
