"""Taking what is due: by compare-and-set, with owner, lease and epoch, in small batches, fair to all channels."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, exists, func, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, aliased, selectinload

from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Media, Post, PostMedia, Workspace
from planner.models.base import UtcDateTime
from planner.services.connections import ChannelAccess
from planner.services.limits import sharing
from planner.services.publishing import assist, following, guards, missed, notices, restored, telling
from planner.services.publishing.following import PARENT_UNKNOWN
from planner.services.publishing.moves import NO_ERROR, Fence, Ref, change, error, event, move, note_all
from planner.services.publishing.payload import Payload
from planner.services.publishing.status import refresh_status
from planner.services.publishing.tables import run
from publishers import registry

if TYPE_CHECKING:
    from planner.bootstrap import Platform
    from planner.config import Settings

_log = logging.getLogger(__name__)

_BEFORE = {"before": DeliveryState.SCHEDULED.value}


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery in one owner's hands until ``lease_until``, with everything that sending it needs.

    ``attempts`` counts those made before that a person has not forgiven; ``number`` is that of the one to be made.
    ``try_at`` is when that is due: what takes long to prepare is claimed before.
    """

    ref: Ref
    fence: Fence
    access: ChannelAccess
    payload: Payload
    lease_until: datetime
    token_expires_at: datetime | None
    attempts: int
    number: int
    try_at: datetime


@dataclass(frozen=True, slots=True)
class Batch:
    """What one claim took. ``again`` says that more may be due: what it could not take hides the channel's next."""

    claimed: tuple[Claimed, ...] = ()
    again: bool = False


@dataclass(slots=True)
class _Round:
    """One claim under way. ``late`` is what was past its limit; ``long_room`` how many may still be taken that take
    long to prepare (None: any number), ``left`` how many were left for want of it."""

    session: Session
    platform: Platform
    owner: str
    now: datetime
    long_room: int | None = None
    late: list[Ref] = field(default_factory=list)
    left: int = 0

    def take(self, heads: Sequence[Any]) -> Batch:
        """Take what can be taken of these."""
        posts = _posts(self.session, {head.post_id for head in heads})
        taken = [self._take(head, posts.get(head.post_id)) for head in heads]
        claimed = [work for work in taken if work is not None]
        note_all(self.session, [event(w.ref, DeliveryState.CLAIMED, self.now, data=_BEFORE) for w in claimed])
        if claimed:
            refresh_status(self.session, *[work.ref.post_id for work in claimed])
        missed.tell(self.session, self.late, self.now)
        several = bool(claimed) and self.platform.settings.sender_threads_per_channel > 1
        return Batch(tuple(claimed), again=len(taken) - len(claimed) > self.left or several)

    def _take(self, head: Any, post: Post | None) -> Claimed | None:
        with telling.about(head, head.attempt_count + 1):
            return None if post is None else _take(self, head, post)


def claim(
    platform: Platform,
    owner: str,
    room: int,
    last_served: Mapping[int, int] | None = None,
    *,
    channel: int | None = None,
    unanswered: bool = False,
    long_room: int | None = None,
) -> Batch:
    """Take up to ``room`` due deliveries, at most one of each channel.

    Channels served longest ago come first (``last_served``: a growing number by channel id), then the longest due.
    What is past its limit becomes missed, what only a person can publish is handed to one. ``channel`` claims of that
    one alone; ``unanswered`` only what workers were called to and have not taken up in time; at most ``long_room``
    of them take long to prepare.
    """
    now = platform.clock.now()
    served = last_served or {}
    with platform.database.write() as session:
        heads = _heads(session, now, platform.settings.sender_threads_per_channel, channel, unanswered=unanswered)
        if not heads:
            return Batch()
        heads.sort(key=lambda head: (served.get(head.channel_id, 0), head.try_at, head.id))
        chosen = sharing.entitled(session, heads, now)[:room]
        return _Round(session, platform, owner, now, long_room).take(chosen)


def claim_early(platform: Platform, owner: str, room: int) -> tuple[Claimed, ...]:
    """Take up to ``room`` deliveries, at most one of each channel, that are due soon and take long to prepare.

    Nothing of them is sent before its time (:func:`~planner.services.publishing.send.begin`).
    """
    now = platform.clock.now()
    span = {"now": now, "until": now + timedelta(seconds=platform.settings.prepare_ahead_seconds)}
    with platform.database.read() as session:
        if run(session, _EARLY.limit(1), span).first() is None:
            return ()
    with platform.database.write() as session:
        heads = sorted(run(session, _EARLY, span), key=lambda head: (head.try_at, head.id))
        return _Round(session, platform, owner, now).take(heads[:room]).claimed


def takeable(session: Session, settings: Settings, now: datetime) -> list[Any]:
    """What a claim would take at this moment: the longest due delivery of each channel that may send (``id``,
    ``epoch``, ``workspace_id``, ``try_at``, …). Nothing of a channel that is busy, nor past its share of a limit."""
    return sharing.entitled(session, _heads(session, now, settings.sender_threads_per_channel), now, lock=False)


def _take(round_: _Round, head: Any, post: Post) -> Claimed | None:
    session, platform, now = round_.session, round_.platform, round_.now
    ref = Ref.of(head)
    access = ChannelAccess(
        head.channel_id,
        head.workspace_id,
        head.network,
        head.credentials,
        head.credentials_version,
        by_hand=head.by_hand_since is not None,
        rehearsing=head.rehearsing_since is not None,
    )
    payload = _frozen(session, platform, head, post, now)
    if payload is None:
        return None
    if _goes_elsewhere(round_, head, access, payload):
        return None
    if payload.takes_long and round_.long_room is not None:
        if round_.long_room <= 0:
            round_.left += 1
            return None
        round_.long_room -= 1
    fence = Fence(round_.owner, head.epoch + 1)
    lease_until = now + timedelta(seconds=platform.settings.lease_seconds)
    frozen = {
        "payload": payload.as_json(),
        "cost_micros": None if access.rehearsing else _cost_micros(head.network, payload),
        "rehearsed": access.rehearsing,
    }
    if not _compare_and_set(session, ref, fence, frozen, lease_until, now):
        return None
    attempts = head.attempt_count - head.attempts_forgiven
    number = head.attempt_count + 1
    expires_at = None if access.rehearsing else head.token_expires_at
    return Claimed(ref, fence, access, payload, lease_until, expires_at, attempts, number, head.try_at)


def _goes_elsewhere(round_: _Round, head: Any, access: ChannelAccess, payload: Payload) -> bool:
    """Whether it is not to be sent: it has to be looked for first, a person publishes it, or it is too late."""
    session, ref, now = round_.session, Ref.of(head), round_.now
    if restored.look_first(session, head, payload, now):
        return True
    if assist.is_by_hand(access):
        assist.ask_owner(session, ref, payload, now)
        return True
    if guards.is_late(head.promised_at, head.missed_after_seconds, now):
        if missed.miss(session, ref, DeliveryState.SCHEDULED, now):
            round_.late.append(ref)
        return True
    return False


def _frozen(session: Session, platform: Platform, head: Any, post: Post, now: datetime) -> Payload | None:
    """What goes out. None where that is not to be had: a person is asked, and the others go on."""
    if head.network not in registry.networks():
        _ask(session, head, now, "network_missing", network=head.network)
        return None
    network, rehearsing = registry.network(head.network), head.rehearsing_since is not None
    folder = platform.settings.media_folder
    try:
        payload = following.frozen(session, network, head, post, folder, rehearsing=rehearsing)
    except SQLAlchemyError:
        raise
    except Exception:  # noqa: BLE001 - an adapter that fails at one post must not hold up those of all channels
        _log.exception("It could not be made ready")
        _ask(session, head, now, "cannot_prepare")
        return None
    if payload is None:
        _ask(session, head, now, PARENT_UNKNOWN)
    return payload


def _ask(session: Session, head: Any, now: datetime, code: str, **params: Any) -> None:
    """It was surely not sent, and does not go on by itself."""
    values, states = error(code, params=params), (DeliveryState.SCHEDULED, DeliveryState.NEEDS_PERSON)
    if move(session, Ref.of(head), *states, now, values=values):
        notices.about_delivery(session, Ref.of(head), now, "delivery_needs_person", code=code)


def _cost_micros(network: str, payload: Payload) -> int | None:
    try:
        cost = registry.network(network).cost(payload.post)
    except Exception:  # noqa: BLE001 - what a post costs is said, and keeps none back
        _log.exception("What it costs is not known")
        return None
    return cost.micros if cost else None


def _compare_and_set(
    session: Session,
    ref: Ref,
    fence: Fence,
    frozen: dict[str, Any],
    lease_until: datetime,
    now: datetime,
) -> bool:
    """Settles the race of two processes for one delivery: the second finds it no longer scheduled."""
    values = {
        "claim_owner": fence.owner,
        "epoch": fence.epoch,
        "lease_until": lease_until,
        "called_until": None,
        "look_at": None,
        **NO_ERROR,
        **frozen,
    }
    return change(session, ref, DeliveryState.SCHEDULED, DeliveryState.CLAIMED, now, values=values)


def _heads(
    session: Session, now: datetime, per_channel: int, channel: int | None = None, *, unanswered: bool = False
) -> list[Any]:
    """The longest due delivery of each channel that may send: one look into an index per channel, however many
    deliveries are due."""
    parameters = {"now": now, "per_channel": per_channel}
    if channel is not None:
        return list(run(session, _HEADS_OF, {**parameters, "channel": channel}))
    return list(run(session, _UNANSWERED if unanswered else HEADS, parameters))


def _posts(session: Session, post_ids: Iterable[int]) -> dict[int, Post]:
    """The posts with their content. One that somebody else is changing right now is left for the next round."""
    return {post.id: post for post in session.scalars(_POSTS, {"post_ids": list(post_ids)})}


_waiting, _busy = aliased(Delivery), aliased(Delivery)
#: Asked of one delivery after the other, in the order of the index, until one may go. As a join PostgreSQL would rather
#: read all posts there are, for each channel.
_POST_IS_OPEN = select(guards.post_is_open()).where(Post.id == _waiting.post_id).correlate(_waiting).scalar_subquery()
_FIRST = (
    select(_waiting.id)
    .where(
        _waiting.channel_id == Channel.id,
        _waiting.state == DeliveryState.SCHEDULED,
        _waiting.try_at <= guards.NOW,
        _POST_IS_OPEN,
    )
    .order_by(_waiting.try_at, _waiting.id)
    .limit(1)
    .correlate(Channel)
    .scalar_subquery()
)
#: A video among what goes out, in the base or in the channel's own version of it.
_VIDEO = exists().where(
    PostMedia.post_id == _waiting.post_id,
    PostMedia.media_id == Media.id,
    PostMedia.part == 0,
    or_(PostMedia.channel_id.is_(None), PostMedia.channel_id == _waiting.channel_id),
    Media.mime.startswith("video/"),
)
_UNTIL = bindparam("until", type_=UtcDateTime())
_FIRST_EARLY = (
    select(_waiting.id)
    .where(
        _waiting.channel_id == Channel.id,
        _waiting.state == DeliveryState.SCHEDULED,
        _waiting.step == 0,
        _waiting.try_at > guards.NOW,
        _waiting.try_at <= _UNTIL,
        _VIDEO,
        _POST_IS_OPEN,
    )
    .order_by(_waiting.try_at, _waiting.id)
    .limit(1)
    .correlate(Channel)
    .scalar_subquery()
)
#: What a dead process left does not count: its lease is over. Nor does what is only prepared ahead of its time.
IN_FLIGHT = (
    select(func.count())
    .select_from(_busy)
    .where(
        _busy.channel_id == Channel.id,
        _busy.state.in_((DeliveryState.CLAIMED, DeliveryState.SENDING)),
        _busy.lease_until > guards.NOW,
        or_(_busy.state == DeliveryState.SENDING, _busy.try_at <= guards.NOW),
    )
    .correlate(Channel)
    .scalar_subquery()
)
_OF_CHANNELS = (
    select(
        Delivery.id,
        Delivery.workspace_id,
        Delivery.post_id,
        Delivery.channel_id,
        Delivery.epoch,
        Delivery.attempt_count,
        Delivery.attempts_forgiven,
        Delivery.try_at,
        guards.PROMISED,
        Delivery.created_at,
        Delivery.parent_id,
        Delivery.step,
        Channel.network,
        Channel.credentials,
        Channel.credentials_version,
        Channel.by_hand_since,
        Channel.rehearsing_since,
        Channel.token_expires_at,
        Channel.missed_after_seconds,
    )
    .select_from(Channel)
    .join(Workspace, Workspace.id == Channel.workspace_id)
)
HEADS = _OF_CHANNELS.join(Delivery, Delivery.id == _FIRST).where(
    guards.channel_is_open(), bindparam("per_channel") > IN_FLIGHT
)
#: Where a person publishes, nothing is prepared.
_EARLY = _OF_CHANNELS.join(Delivery, Delivery.id == _FIRST_EARLY).where(
    guards.channel_is_open(), Channel.by_hand_since.is_(None), Channel.credentials.is_not(None)
)
_HEADS_OF = HEADS.where(Channel.id == bindparam("channel"))
_UNANSWERED = HEADS.where(Delivery.called_until <= guards.NOW, Delivery.called_until > Delivery.try_at)
_POSTS = (
    select(Post)
    .where(Post.id.in_(bindparam("post_ids", expanding=True)))
    .order_by(Post.id)
    .options(selectinload(Post.variants), selectinload(Post.media))
    .with_for_update(of=Post, key_share=True, skip_locked=True)
)
