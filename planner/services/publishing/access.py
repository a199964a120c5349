"""What waits for a channel's access: held while that changes, and released when it is there again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery
from planner.services.publishing import notices, restored
from planner.services.publishing.changes import NO_ERROR, Ref, change, note
from planner.services.publishing.status import lock_channel, lock_posts, refresh_status


def hold_waiting(session: Session, channel_id: int) -> Channel:
    """Lock the posts of what waits for the channel's access, then the channel, which is read anew: in this order a
    sending begins and a look is decided, so nobody waits in a circle. To be called before the channel is changed.

    What comes to wait before the channel is held is held as well: the locks are given back and taken in order again.
    """
    hold_all_waiting(session, [channel_id])
    return session.get_one(Channel, channel_id)


def hold_all_waiting(session: Session, channel_ids: Collection[int]) -> None:
    """As :func:`hold_waiting` for several channels that are changed in one transaction: to be called before the first
    of them is, for a post may wait for one and go out on another."""
    held: set[int] = set()
    while True:
        savepoint = session.begin_nested()
        lock_posts(session, sorted(held))
        for channel_id in sorted(channel_ids):
            lock_channel(session, channel_id)
        there = set(session.scalars(select(Delivery.post_id).where(*_waits_for_access(channel_ids))))
        for channel_id in channel_ids:
            there.update(restored.posts_to_look_for(session, channel_id))
        if there <= held:
            savepoint.commit()
            return
        savepoint.rollback()
        held |= there


def release_waiting(session: Session, channel: Channel, now: datetime) -> None:
    """The channel has access again: what waited for that, and was surely not sent, is scheduled again. What a person
    decided about meanwhile stays as they decided. Call :func:`hold_waiting` before the channel is changed."""
    waiting = select(Delivery.id, Delivery.workspace_id, Delivery.post_id, Delivery.channel_id).where(
        *_waits_for_access([channel.id])
    )
    # Asked again under the lock that every change of a delivery takes.
    lock_posts(session, sorted({row.post_id for row in session.execute(waiting)}))
    values = {**NO_ERROR, "try_at": now}
    released: list[int] = []
    for row in session.execute(waiting).all():
        ref = Ref.of(row)
        if change(session, ref, DeliveryState.NEEDS_PERSON, DeliveryState.SCHEDULED, now, values=values):
            note(session, ref, DeliveryState.SCHEDULED, now, data={"before": DeliveryState.NEEDS_PERSON.value})
            refresh_status(session, ref.post_id)
            released.append(ref.id)
    notices.settle(session, released, now)
    restored.look_again(session, channel.id, now)


def _waits_for_access(channel_ids: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    return (
        Delivery.channel_id.in_(channel_ids),
        Delivery.state == DeliveryState.NEEDS_PERSON,
        Delivery.error_code == "reconnect",
    )
