"""Taking a post down at its network. It cannot be undone, and the delivery never goes out again."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from planner.security.vault import VaultError
from planner.services import events
from planner.services.actor import Actor
from planner.services.asking import ask
from planner.services.errors import Conflict
from planner.services.live.gone import mark_removed
from planner.services.live.ground import Ground, ground, in_plain_words
from planner.services.publishing.again import write_again
from publishers.base import NetworkError, Uncertain

if TYPE_CHECKING:
    from planner.bootstrap import Platform


def take_down(platform: Platform, actor: Actor, delivery_id: int) -> None:
    """Delete the post at its network; history and figures stay with us.

    Who asked is on record before the call, so that a process that dies after it leaves no doubt who it was. The call
    may be repeated: taking down what is gone is no error. Raises NotFound, Forbidden, Conflict (``cannot_remove``,
    ``removal_unconfirmed``, ``network_refused``, and those of a delivery that is not live).
    """
    live = ground(platform, actor, delivery_id)
    if not live.can.can_delete:
        raise Conflict("cannot_remove", channel=live.channel)
    now = platform.clock.now()
    write_again(platform.database, lambda session: _note_asked(session, live, actor, now))
    with in_plain_words(live.channel):
        _delete(platform, live)
    now = platform.clock.now()
    write_again(platform.database, lambda session: mark_removed(session, live.ref, now, actor))


def _note_asked(session: Session, live: Ground, actor: Actor, now: datetime) -> None:
    events.record(session, actor, now, "delivery", live.ref.id, "removal_asked")


def _delete(platform: Platform, live: Ground) -> None:
    """Where the answer does not say, a look does."""
    try:
        ask(platform, live.access, lambda publisher: publisher.delete(live.remote_id))
    except Uncertain as error:
        if not _surely_gone(platform, live):
            raise Conflict("removal_unconfirmed", channel=live.channel) from error


def _surely_gone(platform: Platform, live: Ground) -> bool:
    if not live.can.can_look:
        return False
    try:
        return ask(platform, live.access, lambda publisher: publisher.look(live.remote_id)) is None
    except (NetworkError, VaultError):
        return False
