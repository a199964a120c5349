"""No test speaks to a machine other than this one."""

from __future__ import annotations

import ipaddress
import sys
from typing import Any

_FAMILIAR = {"", "localhost", b"localhost", None}


class OutsideConnection(AssertionError):
    """A test tried to reach another machine."""


def forbid_outside_connections() -> None:
    """From here on, every connection of this process to anywhere but loopback fails."""
    sys.addaudithook(_watch)


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        address = arguments[1]
        if isinstance(address, tuple) and not _is_here(address[0]):
            raise OutsideConnection(f"A test tried to connect to {address[0]}: only this machine is allowed.")
    elif event == "socket.getaddrinfo" and not _is_here(arguments[0]):
        raise OutsideConnection(f"A test tried to look up {arguments[0]}: only this machine is allowed.")


def _is_here(host: Any) -> bool:
    if host in _FAMILIAR:
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host).is_loopback
    except ValueError:
        return False
