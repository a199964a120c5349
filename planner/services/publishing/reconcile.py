"""Finding out about what is unconfirmed: the channel's recent posts are listed, and ours is adopted or it is not there.

Found: adopted. Absent in enough counted looks: scheduled again (a duplicate rejection: failed). Ambiguous, or the
network cannot be asked: a person is.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from planner import logs
from planner.domain.fingerprint import clock_ahead
from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery
from planner.security.vault import VaultError
from planner.services import limits
from planner.services.connections import ChannelAccess
from planner.services.one_of_many import OneOfMany
from planner.services.publishing import channel_effects, guards, renewal, restored, telling
from planner.services.publishing.again import write_again
from planner.services.publishing.classify import NOT_IN_TIME
from planner.services.publishing.facts import Doubt, Seen
from planner.services.publishing.moves import Ref
from planner.services.publishing.payload import under_of
from planner.services.publishing.renewal import Renewal
from planner.services.publishing.status import lock_posts
from planner.services.publishing.tables import DELIVERY, changed, run
from planner.services.publishing.unconfirmed import (
    Look,
    ask_person,
    decide,
    leave,
    note_failed_look,
    open_attempts,
    wait_for_limit,
)
from planner.services.side_by_side import side_by_side
from publishers.base import NetworkError, Recent, ReconnectNeeded, Refused, Under, Unsupported
from publishers.limits import Calls

if TYPE_CHECKING:
    from planner.bootstrap import Platform

CHANNELS_AT_ONCE = 4
BATCH = 200

#: How many send time-outs one look may take before another process may look as well.
TURN_SHARE = 3

#: The network may keep its clock otherwise: what lies further back is asked for anew, by how much its answer tells.
SKEW = timedelta(minutes=10)
#: Asked for besides, from before the attempt: our clock may have been put back since, by an hour or two where somebody
#: mended its zone.
BEFORE = timedelta(hours=2) + SKEW

Act = Callable[[Session, Doubt, datetime], Look]

_log = logging.getLogger(__name__)


def reconcile(platform: Platform) -> int:
    """Look for every unconfirmed delivery whose time has come. Returns how many were looked for."""
    doubts = _take_turns(platform)
    by_channel: dict[int, list[Doubt]] = defaultdict(list)
    for doubt in doubts:
        by_channel[doubt.ref.channel_id].append(doubt)
    if len(by_channel) == 1:
        _look(platform, doubts)
    elif by_channel:
        groups = by_channel.values()
        side_by_side(lambda group: _look(platform, group), groups, at_once=CHANNELS_AT_ONCE, name="look")
    return len(doubts)


def _look(platform: Platform, doubts: Sequence[Doubt]) -> None:
    """One listing for all posts of a channel that are in doubt, and one for each post under which something is."""
    by_place: dict[Under | None, list[Doubt]] = defaultdict(list)
    for doubt in doubts:
        by_place[doubt.under].append(doubt)
    for group in by_place.values():
        with _about_all(group):
            if platform.stopping.is_set():  # whoever comes next looks at once
                _each(platform, group, leave)
            else:
                _list_and_decide(platform, group)


def _about_all(doubts: Sequence[Doubt]) -> AbstractContextManager[Any]:
    """What is said during the listing is said of each of them."""
    first = doubts[0]
    if len(doubts) == 1:
        return telling.about(first.ref, first.attempt)
    ids = {"workspace": first.ref.workspace_id, "channel": first.ref.channel_id}
    return logs.about_delivery([doubt.ref.id for doubt in doubts], **ids)


def _list_and_decide(platform: Platform, doubts: Sequence[Doubt]) -> None:
    access = doubts[0].access
    settle = timedelta(seconds=platform.settings.reconcile_settle_seconds)
    if _waits_for_limit(platform, doubts):
        return
    try:
        recent = _list_renewed(platform, access, min(doubt.since for doubt in doubts), doubts[0].under)
    except Unsupported:
        _each(platform, doubts, ask_person)
    except (ReconnectNeeded, VaultError) as error:
        _ask_to_reconnect(platform, access, str(error))
        _each(platform, doubts, ask_person)
    except NetworkError as error:
        _log.warning("The channel's posts could not be listed: %s", error)
        if _waits_for_limit(platform, doubts):
            return
        _each(platform, doubts, lambda session, doubt, now: note_failed_look(session, doubt, settle, now))
    except Exception:  # noqa: BLE001 - an adapter that fails at what a network lists tells nothing about our post
        _log.exception("The channel's posts could not be read")
        _each(platform, doubts, lambda session, doubt, now: note_failed_look(session, doubt, settle, now))
    else:
        seen = Seen(recent, clock_ahead(recent.network_time, platform.clock.now()))
        _each(platform, doubts, lambda session, doubt, now: decide(session, doubt, seen, settle, now))


def _list_renewed(platform: Platform, access: ChannelAccess, since: datetime, under: Under | None) -> Recent:
    """The channel's posts (or what it wrote under one); where its token has ended, with a new one."""
    try:
        return _list(platform, access, since, under)
    except ReconnectNeeded as error:
        if error.missing:
            raise
        renewed = renewal.renew(platform, access)
        if renewed.differs_from(access):
            return _list(platform, renewed.access, since, under)
        if renewed.renewal is Renewal.IMPOSSIBLE:
            raise
        raise Refused(NOT_IN_TIME) from error


def _list(platform: Platform, access: ChannelAccess, since: datetime, under: Under | None) -> Recent:
    if not platform.connections.capabilities(access).can_list:
        raise Unsupported("This connection cannot list posts.")
    with limits.watched(platform, access) as publisher:
        recent = publisher.find_recent(since - BEFORE, under)
        ahead = clock_ahead(recent.network_time, platform.clock.now())
        # A clock that is further behind ours says an earlier time of what came since: asked anew, by that clock.
        return recent if ahead >= -SKEW else publisher.find_recent(since + ahead - BEFORE, under)


def _waits_for_limit(platform: Platform, doubts: Sequence[Doubt]) -> bool:
    """Whether the network's limit keeps us from listing the channel's posts; then the doubts wait for its end."""
    with platform.database.read() as session:
        until = limits.reading_held_until(session, doubts[0].access, Calls.LIST, platform.clock.now())
    if until is None:
        return False
    _each(platform, doubts, lambda session, doubt, now: wait_for_limit(session, doubt, until, now))
    return True


def _ask_to_reconnect(platform: Platform, access: ChannelAccess, reason: str) -> None:
    now = platform.clock.now()
    write_again(platform.database, lambda s: channel_effects.ask_to_reconnect(s, access, now, reason))


def _each(platform: Platform, doubts: Sequence[Doubt], act: Act) -> None:
    """Decide each doubt in a transaction of its own; one that cannot be decided keeps none of the others back."""
    now = platform.clock.now()
    settle = timedelta(seconds=platform.settings.reconcile_settle_seconds)
    for doubt in doubts:
        with telling.about(doubt.ref, doubt.attempt):
            with OneOfMany(_log, "What the network lists could not be brought together with it") as one:
                try:
                    look = write_again(platform.database, _bound(act, doubt, now))
                except IntegrityError:
                    # Another process gave the post to another delivery just now: the next look will see that.
                    look = Look.TAKEN
            if one.failed:  # it says nothing about our post, which is asked about in the end
                failed = _bound(lambda session, doubt, now: note_failed_look(session, doubt, settle, now), doubt, now)
                look = write_again(platform.database, failed)
            platform.counts.looks.add(doubt.access.network, look.value)
            _log.info("Looked for it on the network: %s", look.value)


def _bound(act: Act, doubt: Doubt, now: datetime) -> Callable[[Session], Look]:
    return lambda session: act(session, doubt, now)


def _take_turns(platform: Platform) -> list[Doubt]:
    now = platform.clock.now()
    with platform.database.read() as session:
        if all(run(session, due.limit(1), {"now": now}).first() is None for due in (_DUE, _DUE_AFTER_RESTORE)):
            return []
    turn = now + timedelta(seconds=TURN_SHARE * platform.settings.send_timeout_seconds)
    with platform.database.write() as session:
        rows = [row for due in (_DUE, _DUE_AFTER_RESTORE) for row in session.execute(due, {"now": now}).all()]
        lock_posts(session, sorted({row.Delivery.post_id for row in rows}))
        return [doubt for row in rows if (doubt := _take_turn(session, row, turn, now)) is not None]


def _take_turn(session: Session, row: Any, turn: datetime, now: datetime) -> Doubt | None:
    """Settles the race of two processes for one look: the second finds another time on it."""
    state = row.Delivery.state
    known = {"delivery": row.Delivery.id, "old_state": state, "old_look_at": row.Delivery.look_at, "new_look_at": turn}
    if changed(session, _TAKE_TURN, known) != 1:
        return None
    attempts = open_attempts(session, row.Delivery.id)
    since = attempts[0].started_at if attempts else row.Delivery.updated_at
    access = ChannelAccess.of(row.Channel, rehearsing=row.Delivery.rehearsed)
    attempt = attempts[-1].number if attempts else row.Delivery.attempt_count
    under = under_of(row.Delivery.payload)
    return Doubt(Ref.of(row.Delivery), row.Delivery.epoch, attempt, turn, now, since, access, under, state)


_SOUGHT = (
    select(Delivery, Channel)
    .join(Channel, Channel.id == Delivery.channel_id)
    .where(Delivery.look_at <= guards.NOW)
    .limit(BATCH)
)
_DUE = _SOUGHT.where(Delivery.state == DeliveryState.UNKNOWN).order_by(Delivery.look_at, Delivery.id)
#: Those with the better claim to what is found first (:func:`account.rank`), so that the others need not look again.
_DUE_AFTER_RESTORE = _SOUGHT.where(*restored.IS_LOOKED_FOR).order_by(
    Delivery.look_at,
    Delivery.state == DeliveryState.CANCELLED,
    Delivery.publish_at.is_(None),
    Delivery.publish_at,
    Delivery.id,
)
_TAKE_TURN = (
    update(DELIVERY)
    .where(
        DELIVERY.c.id == bindparam("delivery"),
        DELIVERY.c.state == bindparam("old_state", type_=DELIVERY.c.state.type),
        DELIVERY.c.look_at == bindparam("old_look_at"),
    )
    .values(look_at=bindparam("new_look_at"))
)
