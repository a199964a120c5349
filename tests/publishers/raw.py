"""A server that answers with whatever bytes a test wants, and keeps what it was asked."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Received:
    """One request. ``headers`` have lower-case names, ``path`` is as it was sent, with its query."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.path).query))

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """``raw`` replaces everything. ``drip``: the body comes byte by byte, one every so many seconds, without end.
    ``hang``: no answer at all until the server stops."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    drip: float | None = None
    hang: bool = False
    close: bool = False

    def head(self) -> bytes:
        length = {} if self.drip is not None else {"Content-Length": str(len(self.body))}
        lines = [f"HTTP/1.1 {self.status} Whatever", *(f"{n}: {v}" for n, v in {**self.headers, **length}.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


def json_reply(value: Any, status: int = 200, **headers: str) -> Reply:
    names = {name.replace("_", "-"): content for name, content in headers.items()}
    return Reply(status, json.dumps(value).encode(), {"Content-Type": "application/json", **names})


Answerer = Callable[[Received], Reply]


class RawServer:
    """Use as a context manager. :attr:`answer` is what a request gets; it may be a Reply for all of them.
    With :attr:`retort`, whatever comes gets these bytes and the end of the connection, be it HTTP or not."""

    def __init__(self, answer: Answerer | Reply | None = None, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.retort = b""
        self.answer: Answerer | Reply = answer or Reply()
        self.requests: list[Received] = []
        self.connections = 0
        self.dripped = 0
        self.stopping = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []

    @property
    def url(self) -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def last(self) -> Received:
        return self.requests[-1]

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.drop_connections()
        for thread in self._threads:
            thread.join()

    def drop_connections(self) -> None:
        """Close every kept connection, as a server does with idle ones."""
        for connection in self._open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            self._start(self._welcome, connection)

    def _welcome(self, connection: socket.socket) -> None:
        try:
            secured = self._tls.wrap_socket(connection, server_side=True) if self._tls else connection
        except OSError:
            connection.close()
            return
        self._open.append(secured)
        self._serve(secured)

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            try:
                if self.retort:
                    connection.recv(65_536)
                    connection.sendall(self.retort)
                    return
                while (received := _read(stream)) is not None:
                    self.requests.append(received)
                    if not self._reply(connection, received):
                        return
            except OSError:
                return

    def _reply(self, connection: socket.socket, received: Received) -> bool:
        reply = self.answer if isinstance(self.answer, Reply) else self.answer(received)
        if reply.hang:
            self.stopping.wait()
            return False
        if reply.raw is not None:
            connection.sendall(reply.raw)
            return False
        if reply.drip is not None:
            self._drip(connection, reply)
            return False
        connection.sendall(reply.head() + reply.body)
        return not reply.close

    def _drip(self, connection: socket.socket, reply: Reply) -> None:
        connection.sendall(reply.head())
        while not self.stopping.wait(reply.drip):
            connection.sendall(b" ")
            self.dripped += 1


def _read(stream: Any) -> Received | None:
    line = stream.readline()
    parts = line.decode("latin-1").split(" ", 2)
    if len(parts) != 3:  # the end of the connection, or no HTTP at all
        return None
    method, path, _ = parts
    headers = {}
    while (line := stream.readline()).strip():
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", 0)))
    return Received(method, path, headers, body)


@contextmanager
def closed_port() -> Iterator[str]:
    """An address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    yield f"http://127.0.0.1:{port}"
