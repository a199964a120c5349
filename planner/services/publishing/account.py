"""The account at the network behind a channel: channels of other workspaces may have the same one, and what it shows is
then theirs as well. Which deliveries may have made what it shows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from planner.domain.fingerprint import normalise_link
from planner.domain.states import DeliveryState, Outcome
from planner.models import Attempt, Channel, Delivery
from planner.services.doubt import DOUBT
from planner.services.publishing.marks import RESTORED
from planner.services.publishing.status import lock_posts
from planner.services.publishing.tables import run
from publishers.base import RemotePost

#: A network's clock may be so far ahead of ours.
CLOCKS_APART = timedelta(days=1)


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


def taken_by_address(
    session: Session, channel_ids: Sequence[int], posts: Sequence[RemotePost], *, but: int
) -> set[str]:
    """Which of these are those of other deliveries by the address alone, which a person gave."""
    if not posts:
        return set()
    since = min(post.created_at for post in posts) - CLOCKS_APART
    known = {"channels": channel_ids, "since": since, "delivery": but}
    given = {normalise_link(url) for url in run(session, _ADDRESSES, known).scalars()}
    return {post.remote_id for post in posts if post.url and normalise_link(post.url) in given}


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


def texts_in_doubt(
    session: Session, channel_ids: Sequence[int], texts: Collection[str], *, but: int
) -> Collection[str]:
    """Which of these fingerprints are those of other deliveries to the account that are looked for."""
    known = {"delivery": but, "channels": channel_ids, "texts": sorted(texts)}
    return set(run(session, _TEXTS_IN_DOUBT, known).scalars())


def rank(state: DeliveryState, publish_at: datetime | None, delivery_id: int) -> tuple[int, datetime, int]:
    """Of several that are in doubt with the same words: who has what is found first. What was taken out comes last."""
    kind = 3 if state is DeliveryState.CANCELLED else 1
    if publish_at is None:
        kind = 0 if state is DeliveryState.UNKNOWN else max(kind, 2)
    return kind, publish_at or datetime.min.replace(tzinfo=UTC), delivery_id


def come_first(
    session: Session,
    channel_ids: Sequence[int],
    texts: Collection[str],
    mine: tuple[int, datetime, int],
    *,
    but: int,
    since: datetime,
) -> list[bool]:
    """Of each other delivery to the account with one of these fingerprints that is in doubt as well and ranks before
    ``mine``: whether it is looked for. Else a person is asked about it, or said that it is live (``since``)."""
    known = {"delivery": but, "channels": channel_ids, "texts": sorted(texts), "since": since}
    found = run(session, _IN_QUESTION, known).all()
    return [other.look_at is not None for other in found if rank(other.state, other.publish_at, other.id) < mine]


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
_ADDRESSES = select(Delivery.remote_url).where(
    Delivery.channel_id.in_(bindparam("channels", expanding=True)),
    Delivery.remote_id.is_(None),
    Delivery.remote_url.is_not(None),
    Delivery.published_at >= bindparam("since", type_=Delivery.published_at.type),
    Delivery.id != bindparam("delivery"),
)
_other = aliased(Delivery)
_itself = aliased(Delivery)
#: The same words under another post are not listed together.
_SAME_PARENT = _other.parent_id.is_not_distinct_from(
    select(_itself.parent_id).where(_itself.id == bindparam("delivery")).scalar_subquery()
)
_IS_ALIKE = (
    _other.channel_id.in_(bindparam("channels", expanding=True)),
    _other.id != bindparam("delivery"),
    _SAME_PARENT,
    Attempt.fingerprint.in_(bindparam("texts", expanding=True)),
)
_ALIKE = select(func.count(func.distinct(_other.id))).join(Attempt, Attempt.delivery_id == _other.id).where(*_IS_ALIKE)
_IN_DOUBT = _ALIKE.where(_other.look_at.is_not(None))
_TEXTS_IN_DOUBT = (
    select(Attempt.fingerprint)
    .distinct()
    .join(_other, Attempt.delivery_id == _other.id)
    .where(*_IS_ALIKE, _other.look_at.is_not(None))
)
_BEING_SENT = _ALIKE.where(_other.state == DeliveryState.SENDING, Attempt.outcome.is_(None))
#: Unconfirmed, or asked about, or looked for after a restore and not taken out; or live as a person said, who knows
#: which it is.
_IN_QUESTION = (
    select(_other.id, _other.state, _other.publish_at, _other.look_at)
    .distinct()
    .join(Attempt, Attempt.delivery_id == _other.id)
    .where(
        *_IS_ALIKE,
        or_(Attempt.outcome.is_(None), Attempt.outcome.in_((Outcome.UNCERTAIN, Outcome.DUPLICATE))),
        or_(
            _other.state == DeliveryState.UNKNOWN,
            and_(_other.state == DeliveryState.NEEDS_PERSON, _other.error_code.in_(sorted(DOUBT))),
            and_(_other.look_at.is_not(None), _other.state != DeliveryState.CANCELLED),
            and_(
                _other.state == DeliveryState.PUBLISHED,
                _other.remote_id.is_(None),
                _other.published_at >= bindparam("since", type_=Delivery.published_at.type),
                Attempt.owner == RESTORED,
            ),
        ),
    )
)
