"""Writing content into rows, and loading the rows that a change needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.domain.states import FROZEN, DeliveryState
from planner.models import Approval, Delivery, Event, Post, PostMedia, Variant
from planner.models.posts import CARD
from planner.services.actor import Actor
from planner.services.errors import Conflict, NotFound
from planner.services.posts.inputs import Content, PollInput

PLAN_FIELDS = ("topic_id", "campaign_id", "goal_id", "audience_id", "category_id", "format_id", "owner_id")


def load(session: Session, actor: Actor, post_id: int, *, deleted: bool = False) -> Post:
    """The post, locked for the change to come. Raises NotFound outside the actor's workspace."""
    query = select(Post).where(Post.id == post_id, Post.workspace_id == actor.workspace_id)
    # Not against references: who writes a row that points at this post (a delivery, say) need not wait.
    post = session.scalar(query.with_for_update(key_share=True))
    if post is None or (post.deleted_at is not None) != deleted:
        raise NotFound("not_found")
    return post


def deliveries_of(session: Session, post_id: int) -> Sequence[Delivery]:
    """The post's own deliveries, oldest first; what follows it is not among them."""
    return [delivery for delivery in _all_of(session, post_id) if not delivery.step]


def changeable(session: Session, post_id: int, now: datetime) -> Sequence[Delivery]:
    """As :func:`deliveries_of`, for a change. Raises as :func:`thaw` does, also for what follows."""
    found = _all_of(session, post_id)
    thaw(found, now)
    return [delivery for delivery in found if not delivery.step]


def thaw(deliveries: Iterable[Delivery], now: datetime) -> None:
    """Make deliveries ready for a change: one whose preparation began before its time is taken back from its sender.

    Raises Conflict ``frozen`` while the payload of any other is frozen. The caller holds the lock of the post: whoever
    begins to send waits for it, and finds the claim gone.
    """
    found = list(deliveries)
    if any(d.state in FROZEN and not is_taken_early(d, now) for d in found):
        raise Conflict("frozen")
    for delivery in found:
        if is_taken_early(delivery, now):
            delivery.state = DeliveryState.SCHEDULED
            delivery.claim_owner = delivery.lease_until = delivery.payload = delivery.progress = None
            delivery.updated_at = now


def is_taken_early(delivery: Delivery, now: datetime) -> bool:
    """Whether a sender prepares it although its time has not come: nothing is sent before that."""
    return delivery.state is DeliveryState.CLAIMED and delivery.try_at is not None and delivery.try_at > now


def _all_of(session: Session, post_id: int) -> Sequence[Delivery]:
    query = select(Delivery).where(Delivery.post_id == post_id).order_by(Delivery.id).with_for_update()
    return session.scalars(query).all()


def refuse_stale(session: Session, post: Post, version: int | None) -> None:
    """Raises Conflict where the edit began from an older version; names who was faster."""
    if version is not None and version != post.version:
        by = session.scalar(
            select(Event.actor)
            .where(Event.subject == "post", Event.subject_id == post.id)
            .order_by(Event.id.desc())
            .limit(1)
        )
        raise Conflict("stale_edit", by=by or "", version=post.version)


def write_content(post: Post, content: Content) -> None:
    """Put content on the row, media and variants included."""
    post.text = content.text
    post.link = content.link or None
    post.tags = list(content.tags)
    post.note = content.note
    for name in PLAN_FIELDS:
        setattr(post, name, getattr(content, name))
    post.poll = _poll(content.poll)
    post.thread = [part.text for part in content.thread]
    post.first_comment = content.first_comment
    post.card_title = content.card_title
    post.card_description = content.card_description
    post.languages = list(content.languages)
    post.mentions = [{"name": m.name, "network": m.network, "remote_id": m.remote_id} for m in content.mentions]
    post.media[:] = list(_media(content))
    _write_variants(post, content)


def _poll(given: PollInput | None) -> dict[str, Any] | None:
    if given is None:
        return None
    return {"question": given.question, "options": list(given.options), "hours": given.hours}


def _media(content: Content) -> Iterator[PostMedia]:
    """Of the post itself, of each part of its thread, of its link's card, and of each channel's variant."""
    for part, media in enumerate((content.media, *(part.media for part in content.thread))):
        yield from (PostMedia(media_id=i, part=part, position=n) for n, i in enumerate(media))
    if content.card is not None:
        yield PostMedia(media_id=content.card, part=CARD, position=0)
    for channel_id, variant in content.variants.items():
        yield from (PostMedia(channel_id=channel_id, media_id=i, position=n) for n, i in enumerate(variant.media or ()))


def _write_variants(post: Post, content: Content) -> None:
    # Rows are changed in place: deleting and adding the same (post, channel) in one flush would collide.
    old = {v.channel_id: v for v in post.variants}
    keep = []
    for channel_id, given in content.variants.items():
        if not given.says_nothing:
            variant = old.get(channel_id) or Variant(channel_id=channel_id)
            variant.text, variant.own_media, variant.title = given.text, given.media is not None, given.title
            variant.first_comment = given.first_comment
            keep.append(variant)
    post.variants[:] = keep


def add_deliveries(session: Session, post: Post, channel_ids: Iterable[int], now: datetime) -> list[Delivery]:
    """A draft delivery for each channel."""
    added = [
        Delivery(
            workspace_id=post.workspace_id,
            post_id=post.id,
            channel_id=channel_id,
            state=DeliveryState.DRAFT,
            created_at=now,
            updated_at=now,
        )
        for channel_id in channel_ids
    ]
    session.add_all(added)
    session.flush()
    return added


def void_approval(post: Post, by: str, now: datetime) -> bool:
    """Take back a lead's yes. Returns whether there was one."""
    if post.approved_at is None:
        return False
    post.approved_at = None
    for approval in post.approvals:
        if approval.voided_at is None:
            approval.voided_at, approval.voided_by = now, by
    return True


def grant_approval(post: Post, actor: Actor, now: datetime) -> None:
    """Note a lead's yes to the post as it stands."""
    post.approved_at = now
    post.approval_asked_at = post.approval_asked_at or now
    post.approvals.append(
        Approval(post_version=post.version, approved_by_id=actor.user_id, approved_by=actor.label, approved_at=now)
    )


def keep_approval(post: Post, before: Post) -> None:
    """The yes that ``before`` had counts for ``post`` too, which has the same content on no other channels."""
    given = next((a for a in reversed(before.approvals) if a.voided_at is None), None)
    if given is None or before.approved_at is None:
        return
    post.approved_at = post.approval_asked_at = given.approved_at
    post.approvals.append(
        Approval(
            post_version=post.version,
            approved_by_id=given.approved_by_id,
            approved_by=given.approved_by,
            approved_at=given.approved_at,
        )
    )
