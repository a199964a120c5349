"""The account at the network behind a channel: channels of other workspaces may have the same one, and what it shows is
then theirs as well. Which deliveries may have made what it shows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from planner.domain.states import DeliveryState
from planner.models import Attempt, Channel, Delivery
from planner.services.publishing.status import lock_posts
from planner.services.publishing.tables import run


def channels_of_account(session: Session, channel_id: int) -> Sequence[int]:
    """The channels that post for the same account as this one, which is among them."""
    return run(session, _CHANNELS, {"channel": channel_id}).scalars().all()


def one_at_a_time(session: Session, post_id: int, channel_ids: Sequence[int]) -> None:
    """Until the transaction ends nobody else gives posts of the account to deliveries of several channels: no
    constraint of the database spans those. On SQLite there is one writer anyway. ``post_id``: whose delivery is to get
    one; posts are locked before channels, as where a sending begins."""
    if len(channel_ids) > 1:
        lock_posts(session, [post_id])
        session.execute(_LOCKED, {"channels": channel_ids}).all()


def taken(session: Session, channel_ids: Sequence[int], remote_ids: Collection[str], *, but: int) -> set[str]:
    """Which of the posts of the account are those of other deliveries than ``but``."""
    known = {"channels": channel_ids, "remote_ids": sorted(remote_ids), "delivery": but}
    return set(run(session, _TAKEN, known).scalars())


def is_anothers(session: Session, channel_id: int, post_id: int, remote_id: str, *, but: int) -> bool:
    """Whether a post is that of a delivery of another channel of the account. Until the transaction ends none gets it:
    within one channel, the database itself keeps it from a second."""
    channels = channels_of_account(session, channel_id)
    if len(channels) == 1:
        return False
    one_at_a_time(session, post_id, channels)
    return bool(taken(session, channels, [remote_id], but=but))


def count_in_doubt(session: Session, channel_ids: Sequence[int], texts: Collection[str], *, but: int) -> int:
    """How many other deliveries to the account with one of these fingerprints are looked for."""
    return _count(session, _IN_DOUBT, channel_ids, texts, but)


def count_being_sent(session: Session, channel_ids: Sequence[int], texts: Collection[str], *, but: int) -> int:
    """How many other deliveries to the account with one of these fingerprints have their answer on its way."""
    return _count(session, _BEING_SENT, channel_ids, texts, but)


def _count(
    session: Session, statement: Select[Any], channel_ids: Sequence[int], texts: Collection[str], but: int
) -> int:
    known = {"delivery": but, "channels": channel_ids, "texts": sorted(texts)}
    return int(run(session, statement, known).scalar_one())


_mine = aliased(Channel)
_CHANNELS = (
    select(Channel.id)
    .join(
        _mine,
        or_(
            _mine.id == Channel.id,
            and_(_mine.network == Channel.network, _mine.remote_account_id == Channel.remote_account_id),
        ),
    )
    .where(_mine.id == bindparam("channel"))
    .order_by(Channel.id)
)
_LOCKED = (
    select(Channel.id)
    .where(Channel.id.in_(bindparam("channels", expanding=True)))
    .order_by(Channel.id)
    .with_for_update(key_share=True)
)
_TAKEN = select(Delivery.remote_id).where(
    Delivery.channel_id.in_(bindparam("channels", expanding=True)),
    Delivery.remote_id.in_(bindparam("remote_ids", expanding=True)),
    Delivery.id != bindparam("delivery"),
)
_other = aliased(Delivery)
_itself = aliased(Delivery)
#: The same words under another post are not listed together.
_SAME_PARENT = _other.parent_id.is_not_distinct_from(
    select(_itself.parent_id).where(_itself.id == bindparam("delivery")).scalar_subquery()
)
_ALIKE = (
    select(func.count(func.distinct(_other.id)))
    .join(Attempt, Attempt.delivery_id == _other.id)
    .where(
        _other.channel_id.in_(bindparam("channels", expanding=True)),
        _other.id != bindparam("delivery"),
        _SAME_PARENT,
        Attempt.fingerprint.in_(bindparam("texts", expanding=True)),
    )
)
_IN_DOUBT = _ALIKE.where(_other.look_at.is_not(None))
_BEING_SENT = _ALIKE.where(_other.state == DeliveryState.SENDING, Attempt.outcome.is_(None))
