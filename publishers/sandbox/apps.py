"""The developer app that the sandbox networks know, and where it may send browsers back to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class App:
    """An app as its operator set it up. ``secret`` opens nothing real."""

    id: str
    secret: str


APPS: Mapping[str, App] = {
    "facebook": App("102938475600112", "sandbox-app-secret"),
    "twitter": App("c2VuZGVwbGFuLXNhbmRib3g6MTpjaQ", "sandbox-app-secret"),
    "linkedin": App("78sandbox0app1", "sandbox-app-secret"),
    "xing": App("xing-brandt-consumer", "xing-brandt-consumer-secret"),
}


#: The domains that the operator entered at the app (Meta: App domains).
HOSTS = ("brandt-maschinenbau.example", "firma.example", "localhost", "127.0.0.1")


def settings(network: str) -> dict[str, str]:
    """The app options that make a planner this app: ``client_id`` and ``client_secret``."""
    return {"client_id": APPS[network].id, "client_secret": APPS[network].secret}


def may_return_to(address: str) -> bool:
    """The networks' rule for redirect addresses: HTTPS, or this very machine; no fragment."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.fragment or not host or parts.username is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_here(host))


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
