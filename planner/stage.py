"""Where channels rehearse: sandbox networks instead of the real ones.

With ``SENDEPLAN_REHEARSAL_URL`` they are wherever ``sendeplan sandbox`` runs, the same for all processes. Without it a
process starts its own when it first needs them; what they were sent is kept in the instance's folder, so that a post is
found again after a restart.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from publishers.base import Connection, Credentials, Network

if TYPE_CHECKING:
    from publishers.sandbox import Sandbox

FILE = "rehearsal.sqlite"
#: Seconds that one call may take there.
TIMEOUT = 15.0
#: The networks that there are sandbox networks of.
PLAYED = frozenset({"facebook", "twitter", "linkedin", "xing"})


class Stage:
    """The sandbox networks of one process. May be used by many threads."""

    def __init__(self, folder: Path | None = None, url: str | None = None) -> None:
        self._folder, self._url = folder, url
        self._sandbox: Sandbox | None = None
        self._lock = threading.Lock()

    def connection(self, network: str) -> Connection:
        """How to reach a network that is played."""
        return Connection(f"{self._address()}/{network}", TIMEOUT)

    def close(self) -> None:
        """Stop what was started here."""
        with self._lock:
            sandbox, self._sandbox = self._sandbox, None
        if sandbox is not None:
            sandbox.stop()

    def _address(self) -> str:
        if self._url:
            return self._url.rstrip("/")
        with self._lock:
            if self._sandbox is None:
                from publishers.sandbox import Sandbox  # with all that its networks need, which most never do

                file = self._folder / FILE if self._folder else None
                self._sandbox = Sandbox(state_file=file, open_accounts=True, seeded=False, limits={}).start()
            return self._sandbox.url


def plays(network: Network) -> bool:
    """Whether there is a sandbox network of its kind."""
    return network.key in PLAYED


def stand_in(network: Network, credentials: Credentials, channel_id: int) -> dict[str, str]:
    """Credentials that open the same account on the stage, and nothing anywhere else: every secret is replaced."""
    secret = {field.name for field in network.credential_fields if field.secret or field.kind == "datetime"}
    kept = {name: value for name, value in credentials.items() if name not in secret}
    tokens = {
        field.name: f"rehearsal-{network.key}-{channel_id}-{field.name}"
        for field in network.credential_fields
        if field.secret and field.required
    }
    return {**kept, **tokens}
