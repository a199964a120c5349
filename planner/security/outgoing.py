"""HTTP requests to addresses that people enter: only to public machines, each hop by itself, with a deadline.

The address is looked up by the connection itself and checked right there, so that no second look-up can give another
one (DNS rebinding). There is no way to a service inside the operator's own network.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import SplitResult, urlsplit

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)

from publishers.errors import parse_http_date, retry_after
from publishers.transport import DeadlineConnection, DeadlineTLSConnection, deadline, tls_context

LONGEST_URL = 2000
#: Addresses that carry an IPv4 address inside: what counts is that one.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class OutgoingError(Exception):
    """There was no answer. ``code`` names the sentence, ``said`` is in the system's own words."""

    def __init__(self, code: str, said: str = "") -> None:
        super().__init__(f"{code}: {said}" if said else code)
        self.code = code
        self.said = said[:500]


class _PrivateAddress(NewConnectionError):
    """The name leads to a machine that is not public."""


class _PublicOnly(DeadlineConnection):
    def _addresses(self) -> list[Any]:
        found = super()._addresses()
        if not all(is_public(address[4][0]) for address in found):
            raise _PrivateAddress(self, "the name leads to an address that is not public")
        return found


class _PublicOnlyTLS(_PublicOnly, DeadlineTLSConnection):
    """The same over TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _PublicOnly


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _PublicOnlyTLS


class _AnyPool(HTTPConnectionPool):
    ConnectionCls = DeadlineConnection


class _AnyTLSPool(HTTPSConnectionPool):
    ConnectionCls = DeadlineTLSConnection


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered, but for the content."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)

    def wait(self, now: datetime) -> timedelta:
        """For how long the other side does not want to be asked (``Retry-After``); zero where it does not say."""
        clock = parse_http_date(self.headers.get("Date", "")) or now
        return timedelta(seconds=retry_after(self.headers, clock) or 0)


def post(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float, private: bool = False) -> Answered:
    """POST ``body``; returns the status, whatever it is. The answer's content is not looked at, a redirect not
    followed. ``seconds`` is the total time, ``private`` allows addresses that are not public.

    Raises OutgoingError where the address may not be called (it was entered under other settings, or its name now
    leads elsewhere), and where nothing was answered.
    """
    if (url_problem := problem_of(url, private=private)) is not None:
        raise OutgoingError(url_problem)
    pools = connections(private=private)
    try:
        with deadline(seconds):
            answer = pools.request(
                "POST", url, body=body, headers=dict(headers), redirect=False, retries=False, preload_content=False
            )
            answer.close()
            return Answered(int(answer.status), answer.headers)
    except (HTTPError, OSError) as error:
        raise explained(error) from None
    finally:
        pools.clear()


def connections(*, private: bool) -> PoolManager:
    """Connections that check each address as they open; with ``private`` they lead anywhere. Clear them after use."""
    pools = PoolManager(num_pools=1, maxsize=1, ssl_context=tls_context())
    plain, secure = (_AnyPool, _AnyTLSPool) if private else (_Pool, _TLSPool)
    pools.pool_classes_by_scheme = {"http": plain, "https": secure}
    return pools


def problem_of(url: str, *, private: bool = False) -> str | None:
    """What is wrong with an address that somebody enters, as far as can be seen without asking anyone: a code, or
    None. ``private`` also allows http."""
    parts = split(url)
    if parts is None or len(url) > LONGEST_URL:
        return "webhook_url_invalid"
    if parts.username is not None or parts.password is not None:
        return "webhook_url_password"
    if private:
        return None
    if parts.scheme != "https":
        return "webhook_url_not_https"
    return None if may_be_public(parts.hostname or "") else "webhook_url_private"


def is_public(address: str) -> bool:
    """Whether an IP address belongs to a machine on the open internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = (
            ip.ipv4_mapped or ip.sixtofour or (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None)
        )
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def split(url: str) -> SplitResult | None:
    """The parts of a web address; None for anything else."""
    if any(c.isspace() or not c.isprintable() for c in url):
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.hostname else None


def may_be_public(host: str) -> bool:
    """An IP address is judged; a name is only looked up when it is called."""
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return False
    try:
        return is_public(host)
    except ValueError:
        return "." in host


def explained(error: Exception) -> OutgoingError:
    """Why there was no answer."""
    if isinstance(error, _PrivateAddress):
        return OutgoingError("webhook_url_private")
    if isinstance(error, SSLError):
        return OutgoingError("webhook_tls_failed", str(error))
    if isinstance(error, NameResolutionError):
        return OutgoingError("webhook_name_unknown")
    timed_out = ConnectTimeoutError | ReadTimeoutError | TimeoutError
    if isinstance(error, timed_out) and not isinstance(error, NewConnectionError):
        return OutgoingError("webhook_silent")
    return OutgoingError("webhook_away", str(error))
