"""The mail server, as ``SENDEPLAN_SMTP_URL`` names it."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from email.utils import parseaddr
from enum import StrEnum
from urllib.parse import parse_qs, unquote, urlsplit


class Security(StrEnum):
    """How the connection is protected: from the first byte, by STARTTLS, or not at all."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


PORTS = {Security.TLS: 465, Security.STARTTLS: 587, Security.NONE: 25}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in. Without a user nobody signs in."""

    host: str
    port: int
    security: Security
    user: str | None = None
    password: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def read_url(url: str) -> MailServer:
    """``smtp://user:password@host:587`` (STARTTLS) or ``smtps://…`` (TLS from the start).

    STARTTLS is a must but on loopback, where it is used only with ``?starttls=yes``; ``?starttls=no`` does without it.
    Raises ValueError, whose text holds nothing of the address.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path not in ("", "/"):
        raise ValueError("it must look like smtp://user:password@host:587 or smtps://user:password@host")
    security = _security(parts.scheme, parts.hostname, parse_qs(parts.query, keep_blank_values=True))
    try:
        port = parts.port or PORTS[security]
    except ValueError:
        raise ValueError("its port is no number from 1 to 65535") from None
    user = unquote(parts.username) if parts.username else None
    return MailServer(parts.hostname, port, security, user, unquote(parts.password or ""))


def read_addresses(given: str) -> tuple[str, ...]:
    """The bare addresses of ``a@x.example, B <b@x.example>``. Raises ValueError."""
    addresses = tuple(parseaddr(one)[1] for one in given.split(",") if one.strip())
    if not addresses or not all(_is_address(one) for one in addresses):
        raise ValueError("it must be a mail address, such as plan@company.example")
    return addresses


def _is_address(address: str) -> bool:
    name, _, domain = address.partition("@")
    return bool(name and domain) and "@" not in domain and not any(c.isspace() for c in address)


def _security(scheme: str, host: str, query: dict[str, list[str]]) -> Security:
    if scheme == "smtps":
        return Security.TLS
    unknown = set(query) - {"starttls"}
    wish = query.get("starttls", ["no" if _is_loopback(host) else "yes"])[-1]
    if unknown or wish not in ("yes", "no"):
        raise ValueError("behind the question mark only starttls=yes or starttls=no may stand")
    return Security.STARTTLS if wish == "yes" else Security.NONE


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
