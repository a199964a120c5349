"""Sockets that keep one deadline for a whole call, and connections that know whether anything was sent.

A time-out per read lets a server that drips one byte at a time hold a call for ever. Here every read and write asks how
much is left of the call, which :func:`deadline` opens for the current thread.
"""

from __future__ import annotations

import math
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import certifi
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.ssl_ import create_urllib3_context

CONNECT_SECONDS = 10.0
"""The longest that opening a connection may take, over all addresses of the host."""

IDLE_SECONDS = 15.0
"""A kept connection that was idle for longer is opened anew: its server may be about to close it, and a request that
meets a closing connection ends uncertain."""


class _CallState(threading.local):
    ends: float = math.inf
    sent: bool = False
    sent_in_call: bool = False


_state = _CallState()


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Bound everything that this thread sends and reads in here to ``seconds`` in total.

    An inner deadline can only shorten an outer one.
    """
    outer_ends, outer_sent = _state.ends, _state.sent_in_call
    _state.ends = min(outer_ends, time.monotonic() + seconds)
    _state.sent_in_call = False
    try:
        yield
    finally:
        _state.ends, _state.sent_in_call = outer_ends, outer_sent or _state.sent_in_call


def time_left() -> float:
    """Seconds that the current call still has. Raises TimeoutError when there are none."""
    left = _state.ends - time.monotonic()
    if left <= 0:
        raise TimeoutError("the deadline of the call has passed")
    return left


def begin_request() -> None:
    """Forget what the last request of this thread sent."""
    _state.sent = False


def anything_sent() -> bool:
    """Whether a byte of the current request may have reached the network."""
    return _state.sent


def anything_sent_in_call() -> bool:
    """Whether a byte of any request may have left since the innermost :func:`deadline` was opened."""
    return _state.sent_in_call


def _socket_limit() -> float | None:
    left = time_left()
    return None if left == math.inf else left


class DeadlineSocket(socket.socket):
    """A socket whose every read and write ends with the call."""

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(_socket_limit())
        return super().recv_into(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        self.settimeout(_socket_limit())
        super().sendall(*args, **kwargs)


class DeadlineTLSSocket(ssl.SSLSocket):
    """The same over TLS. The handshake is bounded by the time-out that the plain socket had."""

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(_socket_limit())
        return super().recv_into(*args, **kwargs)

    def send(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(_socket_limit())
        return super().send(*args, **kwargs)


class DeadlineConnection(HTTPConnection):
    """Opens within the deadline, notes the first byte sent, and does not trust a connection that was idle for long."""

    _last_used = 0.0

    @property
    def is_connected(self) -> bool:
        if time.monotonic() - self._last_used > IDLE_SECONDS:
            return False
        return super().is_connected

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        time_left()  # a name server may have used up the time: then nothing is sent
        _state.sent = _state.sent_in_call = True
        self._last_used = time.monotonic()
        super().send(data)

    def _new_conn(self) -> socket.socket:
        ends = min(time.monotonic() + CONNECT_SECONDS, _state.ends)
        failure: OSError = TimeoutError("no time left to connect")
        for family, kind, protocol, _, address in self._addresses():
            sock = DeadlineSocket(family, kind, protocol)
            try:
                _open(sock, address, ends)
            except OSError as error:
                sock.close()
                failure = error
            else:
                return sock
        if isinstance(failure, TimeoutError):
            raise ConnectTimeoutError(self, f"No connection to {self.host} in time")
        raise NewConnectionError(self, f"No connection to {self.host}: {failure}")

    def _addresses(self) -> list[Any]:
        try:
            return socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except UnicodeError as error:
            raise NameResolutionError(self.host, self, socket.gaierror("not a host name")) from error
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error


def _open(sock: socket.socket, address: Any, ends: float) -> None:
    """Connect before ``ends``, and leave a time-out that bounds a TLS handshake by the same moment."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.settimeout(_until(ends))
    sock.connect(address)
    sock.settimeout(_until(ends))


def _until(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError("no time left to connect")
    return left


class DeadlineTLSConnection(DeadlineConnection, HTTPSConnection):
    """The same over TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = DeadlineConnection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = DeadlineTLSConnection


def pool_manager() -> PoolManager:
    """Pools of kept connections, for one session that one thread uses at a time."""
    manager = PoolManager(num_pools=4, maxsize=2, ssl_context=tls_context())
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}
    return manager


@cache
def tls_context() -> ssl.SSLContext:
    """The one for the process: reading the authorities takes milliseconds and a megabyte each time."""
    context = create_urllib3_context()
    context.load_verify_locations(certifi.where())
    context.sslsocket_class = DeadlineTLSSocket
    return context
