"""What was only rehearsed, planned for real: each becomes a new post with the same content and the yes that it had.

The rehearsed delivery stays what it is, so that its history, and that nothing goes out twice, can be read off it. It
counts as planned anew as long as the post that was made of it is there; where that is deleted, it waits again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from planner.domain import walltime
from planner.domain.roles import Permission
from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Event, Post, Workspace
from planner.services import events, posts
from planner.services.actor import Actor
from planner.services.errors import Conflict, FieldError, Invalid, NotFound
from planner.services.posts import When, store
from planner.services.posts.inputs import content_of
from planner.services.publishing.resolutions import slot_times
from planner.services.publishing.status import lock_posts

#: As many at once; the others follow.
MOST = 100
#: What was rehearsed longer ago is not offered any more.
LOOKED_BACK = timedelta(days=90)
KIND = "planned_anew"
DECISION = "rehearsed_planned"


class Choice(StrEnum):
    """When it goes out: in the channel's next free slot, or on the same weekday at the same time by the clock."""

    SLOT = "slot"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Undone:
    """How many posts were taken back, and how many stay because they were sent or taken up since."""

    taken: int
    left: int


def waiting(session: Session, workspace_id: int, *, now: datetime, channel_id: int | None = None) -> list[Delivery]:
    """What was rehearsed and not planned anew, on channels that publish for real again: with post and channel, in the
    order in which it was played, at most :data:`MOST`."""
    query = _waiting(select(Delivery), workspace_id, now, channel_id)
    query = query.options(contains_eager(Delivery.post), contains_eager(Delivery.channel))
    return list(session.scalars(query.order_by(Delivery.publish_at, Delivery.id).limit(MOST)))


def count_waiting(session: Session, workspace_id: int, *, now: datetime, channel_id: int | None = None) -> int:
    """How many :func:`waiting` knows, without its limit."""
    return session.scalar(_waiting(select(func.count(Delivery.id)), workspace_id, now, channel_id)) or 0


def times(
    session: Session, zone: str, deliveries: Sequence[Delivery], choices: Mapping[int, Choice], *, now: datetime
) -> dict[int, datetime | None]:
    """When each chosen one would go out; None where no slot fits. All that keep their weekday move by the same number
    of weeks, so that a rehearsed week stays as it was planned. Changes nothing."""
    chosen = [d for d in deliveries if d.id in choices]
    fixed = _same_times([d for d in chosen if choices[d.id] is Choice.SAME], zone, now)
    by_channel: dict[int, set[datetime]] = {}
    for delivery in chosen:
        if delivery.id in fixed:
            by_channel.setdefault(delivery.channel_id, set()).add(fixed[delivery.id])
    slotted = [d for d in chosen if choices[d.id] is Choice.SLOT]
    return {**slot_times(session, slotted, now=now, besides=by_channel), **fixed}


def plan(session: Session, actor: Actor, choices: Mapping[int, Choice], *, now: datetime, folder: Path) -> Event:
    """Plan these deliveries for real, all of them or none; those of one post become one post. :func:`take_back` takes
    the event.

    Raises Forbidden, Conflict ``planned_anew_already`` where one does not wait any more, and Invalid with what keeps
    one from being planned.
    """
    actor.require(Permission.EDIT)
    if not choices:
        raise Invalid(FieldError("choices", "nothing_chosen"))
    workspace = session.get_one(Workspace, actor.workspace_id)
    # Two people press at once: the second waits here, and then finds them planned.
    concerned = select(Delivery.post_id).where(Delivery.id.in_(choices), Delivery.workspace_id == workspace.id)
    lock_posts(session, sorted(session.scalars(concerned.distinct())))
    found = [d for d in waiting(session, workspace.id, now=now) if d.id in choices]
    if len(found) != len(choices):
        raise Conflict("planned_anew_already")
    moments = times(session, workspace.zone, found, choices, now=now)
    by_post: dict[int, list[Delivery]] = {}
    for delivery in found:
        by_post.setdefault(delivery.post_id, []).append(delivery)
    made = {old: _copy(session, actor, mine, now=now, folder=folder) for old, mine in by_post.items()}
    # As in the preview: times that are fixed come first, and slots, in the order of the rehearsal, keep clear of them.
    for delivery in sorted(found, key=lambda d: choices[d.id] is Choice.SLOT):
        when = When(queue=True) if choices[delivery.id] is Choice.SLOT else When(at=moments[delivery.id])
        post = made[delivery.post_id]
        mine = next(d.id for d in store.deliveries_of(session, post.id) if d.channel_id == delivery.channel_id)
        posts.move(session, actor, [mine], when, now=now, folder=folder)
        events.record(session, actor, now, "delivery", delivery.id, KIND, post=post.id)
    ids = [post.id for post in made.values()]
    event = events.record(session, actor, now, "workspace", workspace.id, DECISION, posts=ids)
    session.flush()
    return event


def planned(session: Session, event: Event) -> list[Delivery]:
    """The deliveries that :func:`plan` made, as they stand now, with posts and channels."""
    query = select(Delivery).where(Delivery.post_id.in_(event.data["posts"]), Delivery.step == 0)
    query = query.options(joinedload(Delivery.post), joinedload(Delivery.channel))
    return list(session.scalars(query.order_by(Delivery.publish_at, Delivery.id)))


def take_back(session: Session, actor: Actor, event_id: int, *, now: datetime) -> Undone:
    """Undo :func:`plan`, as far as nothing was sent: its posts are deleted. Raises Forbidden, NotFound."""
    actor.require(Permission.EDIT)
    event = session.get(Event, event_id)
    if event is None or event.workspace_id != actor.workspace_id or event.kind != DECISION:
        raise NotFound("not_found")
    taken = left = 0
    for post_id in event.data["posts"]:
        try:
            posts.delete(session, actor, post_id, now=now)
            taken += 1
        except Conflict:
            left += 1
        except NotFound:  # deleted in the meantime: that is what is wanted
            continue
    return Undone(taken, left)


def _copy(session: Session, actor: Actor, old: Sequence[Delivery], *, now: datetime, folder: Path) -> Post:
    """A post like the one that these were rehearsed of, on their channels, without a time yet."""
    before = old[0].post
    content = content_of(before, tuple(d.channel_id for d in old))
    kept = {channel: variant for channel, variant in content.variants.items() if channel in content.channels}
    post = posts.create(session, actor, replace(content, variants=kept), now=now, folder=folder)
    store.keep_approval(post, before)
    return post


def _same_times(deliveries: Sequence[Delivery], zone: str, now: datetime) -> dict[int, datetime]:
    walls = {d.id: walltime.to_wall(d.publish_at, zone) for d in deliveries if d.publish_at is not None}
    weeks = timedelta(weeks=1)
    if not walls:
        return {}
    while walltime.resolve(min(walls.values()) + weeks, zone).utc <= now:
        weeks += timedelta(weeks=1)
    return {i: walltime.resolve(wall + weeks, zone).utc for i, wall in walls.items()}


def _waiting(query: Select[Any], workspace_id: int, now: datetime, channel_id: int | None) -> Select[Any]:
    query = (
        query.join(Post, Post.id == Delivery.post_id)
        .join(Channel, Channel.id == Delivery.channel_id)
        .where(
            Delivery.workspace_id == workspace_id,
            Delivery.publish_at >= now - LOOKED_BACK,
            Delivery.state == DeliveryState.PUBLISHED,
            Delivery.rehearsed,
            Delivery.step == 0,
            Post.deleted_at.is_(None),
            Channel.archived_at.is_(None),
            Channel.rehearsing_since.is_(None),
            ~_planned(),
        )
    )
    return query if channel_id is None else query.where(Delivery.channel_id == channel_id)


def _planned() -> ColumnElement[bool]:
    made = aliased(Post)
    return exists().where(
        Event.subject == "delivery",
        Event.subject_id == Delivery.id,
        Event.kind == KIND,
        made.id == Event.data["post"].as_integer(),
        made.deleted_at.is_(None),
    )
