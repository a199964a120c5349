"""The one place that wires settings, sessions, clock, networks and keys together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from planner.clock import Clock, SystemClock
from planner.config import Settings, load_settings
from planner.counts import Counts
from planner.database import Database
from planner.domain.alarms import Waits
from planner.security.vault import Vault
from planner.services.connections import Connections
from planner.stage import Stage

if TYPE_CHECKING:
    from planner.services.mail import Writer
    from planner.services.push import Teller


def _nobody_listens() -> None:
    """Where no scheduler runs in this process, there is nobody to wake."""


@dataclass(slots=True)
class Platform:
    """What services are called with. ``wake`` tells the scheduler of this process that due times changed; ``counts``
    and ``beats`` (role to the last sign of life) are what this process knows of itself, ``waits`` what it has seen to
    be due and taken by nobody.

    ``stopping`` is set while this process ends: long work looks at it between two calls, and leaves the rest to others.

    ``writer`` puts letters into words, ``teller`` pushes: set by the application, which knows the languages and its own
    addresses.
    """

    settings: Settings
    database: Database
    clock: Clock
    vault: Vault
    connections: Connections
    counts: Counts = field(default_factory=Counts)
    beats: dict[str, datetime] = field(default_factory=dict)
    waits: Waits = field(default_factory=Waits)
    wake: Callable[[], None] = field(default=_nobody_listens)
    stopping: threading.Event = field(default_factory=threading.Event)
    writer: Writer | None = None
    teller: Teller | None = None

    def letters(self) -> Writer:
        """Who writes the mails; a process without pages makes the application for it, at the first mail."""
        if self.writer is None:
            from planner import create_app

            create_app(self)
            assert self.writer is not None  # noqa: S101 - the application has just set it
        return self.writer

    def telling(self) -> Teller:
        """Who writes the pushes; made as the writer of mails is."""
        self.letters()
        assert self.teller is not None  # noqa: S101 - set together with the writer
        return self.teller

    def close(self) -> None:
        """Let go of connections to networks and database."""
        self.connections.close()
        self.database.dispose()


def bootstrap(
    settings: Settings | None = None, *, instance: Path | None = None, clock: Clock | None = None
) -> Platform:
    """Wire everything from settings (read from the environment where none are given)."""
    settings = settings or load_settings(instance)
    vault = Vault(settings.encryption_keys)
    counts = Counts()
    pool = settings.sender_threads + settings.upload_threads + settings.web_threads + 4
    return Platform(
        settings=settings,
        database=Database(settings.database_url, pool_size=pool),
        clock=clock or SystemClock(),
        vault=vault,
        connections=Connections(settings, vault, counts, Stage(settings.instance, settings.rehearsal_url)),
        counts=counts,
    )
