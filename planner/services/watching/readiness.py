"""Ready to serve: each check alone, with a code for what is wrong. No text of an error leaves this place."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from planner import schema
from planner.models import Channel
from planner.security.vault import VaultError
from planner.services import heartbeats

if TYPE_CHECKING:
    from planner.bootstrap import Platform

#: How long the database may take; and how long one answer is good for all who ask.
PATIENCE_SECONDS = 2.0
FRESH = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Readiness:
    """Each check with None where all is well, else a code. ``at`` is when it was looked."""

    at: datetime
    checks: dict[str, str | None] = field(default_factory=dict)

    @property
    def reason(self) -> str | None:
        """The first thing that is wrong."""
        return next((code for code in self.checks.values() if code), None)

    def as_json(self) -> dict[str, object]:
        """What the endpoint answers."""
        checks = {name: {"ok": code is None, "code": code} for name, code in self.checks.items()}
        return {"status": "not_ready" if self.reason else "ready", "reason": self.reason, "checks": checks}


class ReadyCheck:
    """Looks, at most once a second, and never waits long: a database that hangs is one that does not answer."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._lock = threading.Lock()
        self._last: Readiness | None = None
        self._asking: threading.Thread | None = None
        self._said: dict[str, str | None] = {}

    def look(self) -> Readiness:
        """How it stands now."""
        with self._lock:
            now = self._platform.clock.now()
            if self._last is None or not now - FRESH < self._last.at <= now:
                self._last = Readiness(now, self._checks(now))
            return self._last

    def _checks(self, now: datetime) -> dict[str, str | None]:
        found = self._database_in_time()
        found["media"] = _coded(self._write_media, "media_folder_not_writable", OSError)
        for name in tuple(self._platform.beats):  # a scheduler or a worker runs in this process, or did
            role = name.partition(":")[0]
            found[role] = None if heartbeats.is_alive(self._platform, now) else f"{role}_silent"
        return found

    def _database_in_time(self) -> dict[str, str | None]:
        """In a thread of its own, and in one only: a second one would hang as the first does."""
        if self._asking is None or not self._asking.is_alive():
            self._said = {}
            self._asking = threading.Thread(target=self._ask_database, args=(self._said,), name="ready", daemon=True)
            self._asking.start()
        self._asking.join(PATIENCE_SECONDS)
        return dict(self._said) if not self._asking.is_alive() else {"database": "database_slow"}

    def _ask_database(self, said: dict[str, str | None]) -> None:
        try:
            current = schema.is_current(self._platform.database)
        except (SQLAlchemyError, OSError):
            said["database"] = "database_unreachable"
            return
        said["database"] = None
        said["schema"] = None if current else "schema_not_current"
        if current:
            said["keys"] = _coded(self._open_credentials, "keys_do_not_open_credentials", VaultError, SQLAlchemyError)

    def _open_credentials(self) -> None:
        """The newest credentials, which the first key sealed."""
        newest = select(Channel.credentials).where(Channel.credentials.is_not(None)).order_by(Channel.id.desc())
        with self._platform.database.read() as session:
            sealed = session.scalar(newest.limit(1))
        vault = self._platform.vault
        vault.open(sealed or vault.seal({}))

    def _write_media(self) -> None:
        folder = self._platform.settings.media_folder
        with tempfile.TemporaryFile(dir=folder if folder.exists() else folder.parent) as probe:
            probe.write(b"x")
            probe.flush()


def _coded(check: Callable[[], None], code: str, *errors: type[Exception]) -> str | None:
    try:
        check()
    except errors:
        return code
    return None
