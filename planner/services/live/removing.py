"""Taking a post down at its network, or what stands under it. It cannot be undone, and the delivery never goes out
again."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from planner.models import Delivery
from planner.security.vault import VaultError
from planner.services import events, posts
from planner.services.actor import Actor
from planner.services.asking import ask
from planner.services.errors import Conflict
from planner.services.live.gone import mark_removed
from planner.services.live.ground import Ground, ground, in_plain_words
from planner.services.live.under import below
from planner.services.publishing.again import write_again
from publishers.base import NetworkError, Uncertain

if TYPE_CHECKING:
    from planner.bootstrap import Platform


@dataclass(frozen=True, slots=True)
class TakenDown:
    """What became of one delivery that was to be taken down: ``problem`` None, it is down. ``step`` counts from 0, the
    post itself."""

    delivery_id: int
    step: int
    problem: Conflict | None


def take_down(platform: Platform, actor: Actor, delivery_id: int) -> None:
    """Delete the post at its network; history and figures stay with us.

    Who asked is on record before the call, so that a process that dies after it leaves no doubt who it was. The call
    may be repeated: taking down what is gone is no error. What waited under it does not go out any more; what is live
    under it goes with it or stays, as the network has it. Raises NotFound, Forbidden, Conflict (``cannot_remove``,
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
    _drop_what_waits(platform, actor, delivery_id, now)


def take_down_all(platform: Platform, actor: Actor, delivery_id: int) -> list[TakenDown]:
    """Take a post down with all that stands under it and would stay, the last part first; one that the network did not
    let go leaves the others to be tried.

    Returns what became of each, in the order of the calls. Raises as :func:`take_down` where the post itself is not
    live, before anything is asked of the network.
    """
    live = ground(platform, actor, delivery_id)
    if not live.can.can_delete:
        raise Conflict("cannot_remove", channel=live.channel)
    with platform.database.read() as session:
        delivery = session.get_one(Delivery, delivery_id)
        stays = live.can.leaves_under or bool(delivery.step)
        after = below(session, delivery).live if stays else ()
        order = [(d.id, d.step) for d in (*reversed(after), delivery)]
    return [TakenDown(one, step, _tried(platform, actor, one)) for one, step in order]


def _tried(platform: Platform, actor: Actor, delivery_id: int) -> Conflict | None:
    try:
        take_down(platform, actor, delivery_id)
    except Conflict as problem:
        return problem
    return None


def _drop_what_waits(platform: Platform, actor: Actor, delivery_id: int, now: datetime) -> None:
    """What is being sent at this moment is left alone: the network refuses it, or a person sees it live."""
    with platform.database.write() as session:
        for waiting in below(session, session.get_one(Delivery, delivery_id)).waits:
            with suppress(Conflict):
                posts.cancel(session, actor, [waiting.id], now=now)


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
