"""HTTP to a network: where a call may go, how long it may take, and what its answer means.

The client packages get a session whose adapter judges each answer before they see it, because they lose what
classification needs (status, headers) or break on a body that they do not expect. So a package only ever meets a 2xx.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from publishers import __version__
from publishers.base import Connection, NetworkError, ReconnectNeeded, Refused, Uncertain
from publishers.costs import Charge
from publishers.errors import Answer, redact
from publishers.limits import LimitReading
from publishers.transport import (
    anything_sent,
    anything_sent_in_call,
    begin_request,
    deadline,
    pool_manager,
    time_left,
)

USER_AGENT = f"Sendeplan/{__version__}"
LARGEST_ANSWER = 5_000_000
"""Bytes, unpacked. No answer that an adapter asks for comes near it."""

SNIPPET = 2000
"""Bytes of the last answer that a session keeps."""

# With PLAINTEXT the signature is the secrets themselves; and both packages write tokens into their debug logs.
for _name in ("requests_oauthlib", "oauthlib"):
    logging.getLogger(_name).setLevel(logging.INFO)

Judge = Callable[[Answer], NetworkError | None]
ReadLimits = Callable[[Answer], Iterable[LimitReading]]
ReadCharges = Callable[[Answer], Iterable[Charge]]


class NetworkSession(requests.Session):
    """A session that reaches one network and nothing else, with the last answer at hand in :attr:`last`."""

    def __init__(self, adapter: NetworkAdapter) -> None:
        super().__init__()
        self.trust_env = False  # neither proxies nor .netrc: where a token travels is the operator's setting alone
        self.headers["User-Agent"] = USER_AGENT
        self.adapters.clear()
        self.adapter = adapter

    @property
    def last(self) -> Answer | None:
        return self.adapter.last

    def take_limits(self) -> tuple[LimitReading, ...]:
        """What was said about limits since this was last asked."""
        found, self.adapter.limits = tuple(self.adapter.limits.values()), {}
        return found

    def take_charges(self) -> tuple[Charge, ...]:
        """What was read and is paid for since this was last asked."""
        found, self.adapter.charges = tuple(self.adapter.charges), []
        return found


def no_charges(_answer: Answer) -> Iterable[Charge]:
    """Where reading costs nothing."""
    return ()


def no_limits(_answer: Answer) -> Iterable[LimitReading]:
    """Where a network tells nothing of its limits."""
    return ()


def open_session(
    network: str,
    hosts: Iterable[str],
    connection: Connection,
    judge: Judge,
    *,
    limits: ReadLimits = no_limits,
    charges: ReadCharges = no_charges,
    secrets: Iterable[str] = (),
    auth: Callable[[requests.PreparedRequest], requests.PreparedRequest] | None = None,
) -> NetworkSession:
    """A session for one connected account.

    ``hosts`` are the network's real hosts, reached by HTTPS only; with ``connection.api_url`` everything goes there
    instead, whatever host an address names. ``limits`` reads what an answer says about limits, ``charges`` what it
    costs. ``secrets`` never appear in what an error says.
    """
    hidden = tuple(form for secret in secrets if secret for form in (secret, quote(secret, safe="")))
    adapter = NetworkAdapter(network, connection.api_url, judge, hidden, limits, charges)
    session = NetworkSession(adapter)
    session.auth = auth
    if connection.api_url:
        session.mount("https://", adapter)
        session.mount("http://", adapter)
    else:
        for host in hosts:
            session.mount(f"https://{host}/", adapter)
    return session


def browser_address(url: str, connection: Connection) -> str:
    """An address of the network that a person's browser opens: where the operator's setting says, as for every call."""
    return _Target(connection.api_url).moved_url(url) if connection.api_url else url


@contextmanager
def one_call(network: str, seconds: float) -> Iterator[None]:
    """Bound a call in total, and turn what a package makes of a strange answer into Uncertain.

    What fails before anything was sent is our own mistake and passes as it is.
    """
    with deadline(seconds):
        try:
            yield
        except NetworkError:
            raise
        except Exception as error:
            if not anything_sent_in_call():
                raise
            # Without its cause: a package may put the network's words, and a token in them, into its own error.
            kind = type(error).__name__
            raise Uncertain(f"{network} gave an answer that cannot be read ({kind}).") from None


class BearerAuth(AuthBase):
    """The token in the ``Authorization`` header: never in an address, and nowhere that a package would log it."""

    def __init__(self, token: str) -> None:
        self._header = f"Bearer {token}"

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._header
        return request


class NetworkAdapter(HTTPAdapter):
    """Sends to where the operator says, reads the whole answer within the deadline, and judges it."""

    def __init__(
        self,
        network: str,
        api_url: str | None,
        judge: Judge,
        secrets: tuple[str, ...],
        read_limits: ReadLimits = no_limits,
        read_charges: ReadCharges = no_charges,
    ) -> None:
        self._network = network
        self._target = _Target(api_url) if api_url else None
        self._judge = judge
        self._secrets = secrets
        self._read_limits = read_limits
        self._read_charges = read_charges
        self.last: Answer | None = None
        self.limits: dict[tuple[str, str, str], LimitReading] = {}
        self.charges: list[Charge] = []
        super().__init__()

    def init_poolmanager(self, *_sizes: Any, **_options: Any) -> None:
        self.poolmanager = pool_manager()

    def cert_verify(self, *_connection: Any) -> None:
        """Nothing to do: the shared TLS context verifies, always."""

    def send(self, request: requests.PreparedRequest, *_: Any, **_options: Any) -> requests.Response:
        """One request, one answer. Raises Refused where nothing was sent, else what the answer means."""
        self.last = None
        self._check_credentials(request)
        if self._target:
            request = self._target.moved(request)
        begin_request()
        try:
            response = super().send(request, stream=True, timeout=_limit())
            body = _read(response)
        except NetworkError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, what counts is whether anything was sent
            raise self._broken_off(error) from None
        response.raw = io.BytesIO(body)
        answer = Answer(response.status_code, response.headers, body, request.method or "", _path(request.url))
        self.last = replace(answer, body=body[:SNIPPET])
        self._raise_if_judged(answer)
        return response

    def _raise_if_judged(self, answer: Answer) -> None:
        readings = tuple(self._read_limits(answer))
        self.limits.update({reading.key: reading for reading in readings})
        self.charges += self._read_charges(answer)
        error = self._judge(answer)
        if error is not None:
            error.limits = readings
            error.network_message = redact(error.network_message, self._secrets)
            raise error

    def _broken_off(self, error: Exception) -> NetworkError:
        kind = type(error).__name__
        if anything_sent():
            return Uncertain(f"The connection to {self._network} broke off or took too long ({kind}).")
        return Refused(f"{self._network} could not be reached ({kind}).")

    def _check_credentials(self, request: requests.PreparedRequest) -> None:
        header: Any = request.headers.get("Authorization") or ""  # bytes from requests-oauthlib
        text = header.decode("latin-1") if isinstance(header, bytes) else str(header)
        if not text.isascii() or not text.isprintable():
            raise ReconnectNeeded(f"The stored credentials for {self._network} hold characters that cannot be sent.")


class _Target:
    """Where the operator sends a network's calls: scheme, host, port, and a path that goes before its own."""

    def __init__(self, api_url: str) -> None:
        parts = urlsplit(api_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("The address of a network must begin with http:// or https:// and name a host.")
        self._scheme, self._netloc, self._prefix = parts.scheme, parts.netloc, parts.path.rstrip("/")

    def moved(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        moved = request.copy()
        moved.url = self.moved_url(request.url or "")
        return moved

    def moved_url(self, url: str) -> str:
        parts = urlsplit(url)
        path = parts.path
        inside = parts.netloc == self._netloc and path.startswith(self._prefix + "/")
        if not inside:  # an address that such a network itself gave (an upload) is already there
            path = self._prefix + path
        return urlunsplit((self._scheme, self._netloc, path, parts.query, ""))


def _limit() -> float | None:
    left = time_left()
    return None if left == float("inf") else left


def _read(response: requests.Response) -> bytes:
    chunks: list[bytes] = []
    size = 0
    for chunk in response.raw.stream(65_536, decode_content=True):
        chunks.append(chunk)
        size += len(chunk)
        if size > LARGEST_ANSWER:
            response.raw.close()
            raise OverflowError("the answer is larger than any that was asked for")
    return b"".join(chunks)


def _path(url: str | None) -> str:
    return urlsplit(url or "").path
