"""The watch of a process that serves pages: a scheduler that is dead raises no alarm, so this one does, and sends the
alarm's mails and calls itself."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from planner.database import is_away
from planner.models import Mail, WebhookCall
from planner.services import alerts, mail, webhooks

if TYPE_CHECKING:
    from planner.bootstrap import Platform

EVERY_SECONDS = 20.0

_log = logging.getLogger(__name__)


@contextmanager
def alert_watch(platform: Platform, every: float = EVERY_SECONDS) -> Iterator[None]:
    """Watch in a thread of its own inside the block."""
    stopping = threading.Event()
    since = platform.clock.now()

    def watch() -> None:
        while not stopping.wait(every):
            look(platform, since)

    thread = threading.Thread(target=watch, name="watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()  # a daemon: it holds up no stop, whatever server it talks to


def look(platform: Platform, since: datetime | None = None) -> None:
    """Check once, and send what alerts have to tell. Never raises: the next look may fare better."""
    try:
        alerts.check(platform, watching_since=since)
        tell(platform)
    except Exception as error:  # noqa: BLE001 - a database that is away comes back
        if is_away(error):
            _log.warning("The watch could not look; the database is away: %s", getattr(error, "orig", error))
        else:
            _log.exception("The watch could not look")


def tell(platform: Platform) -> None:
    """Send the mails and calls about alerts that are due, also those that failed before."""
    if platform.settings.mail_on:
        mail.send_due(platform, platform.letters(), Mail.kind == "alert")
    webhooks.send_due(platform, WebhookCall.event.startswith("alert."))
