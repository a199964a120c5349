"""Who may read the figures: a program on the same machine, or whoever has the token."""

from __future__ import annotations

import hmac
from enum import Enum
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import urlsplit

from planner.config import Settings

#: What a web server in front adds. Behind one everybody comes from this machine.
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via")


class Headers(Protocol):
    """The headers of a request, whatever server took it."""

    def get(self, name: str, default: str, /) -> str: ...


class Access(Enum):
    """The answer, as the HTTP status that says it."""

    GRANTED = 200
    TOKEN_WANTED = 401
    REFUSED = 403


def access(settings: Settings, peer: str | None, headers: Headers) -> Access:
    """Whether the figures may be read. ``peer`` is the address that the connection comes from.

    Behind TLS (``secure_cookies``) there is a web server in front: then only the token opens.
    """
    token = settings.metrics_token
    given = headers.get("Authorization", "")
    if token and hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return Access.GRANTED
    if not given and not settings.secure_cookies and _comes_from_here(peer, headers):
        return Access.GRANTED
    return Access.TOKEN_WANTED if token else Access.REFUSED


def _comes_from_here(peer: str | None, headers: Headers) -> bool:
    if any(headers.get(name, "") for name in FORWARDED) or not _is_loopback(peer or ""):
        return False
    try:
        host = urlsplit("//" + headers.get("Host", "")).hostname or ""
    except ValueError:
        return False
    return host == "localhost" or _is_loopback(host)


def _is_loopback(address: str) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback
