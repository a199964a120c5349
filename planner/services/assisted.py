"""Publishing by a person: what is due by hand, what is needed for it, and whose figures are still to be entered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from planner.config import Settings
from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Media, Post, Snapshot
from planner.services.by_hand import CODE
from planner.services.posts.content import outgoing
from planner.services.publishing.payload import thaw
from publishers import registry
from publishers.assisted import AssistedTask, assist

#: How far ahead the list shows what is to come.
AHEAD = timedelta(days=7)
#: How long figures are asked for after publishing by hand.
FIGURES_FOR = timedelta(days=30)
LIMIT = 100


@dataclass(frozen=True, slots=True)
class Lists:
    """``due`` waits for a person now, ``coming`` will within a week, ``figures`` is published without figures yet."""

    due: Sequence[Delivery]
    coming: Sequence[Delivery]
    figures: Sequence[Delivery]


def lists(session: Session, workspace_id: int, *, now: datetime) -> Lists:
    """What is to be done by hand, each in order of time."""
    base = _by_hand(workspace_id)
    due = base.where(Delivery.state == DeliveryState.NEEDS_PERSON, Delivery.error_code == CODE)
    coming = base.where(
        Delivery.state == DeliveryState.SCHEDULED,
        Channel.credentials.is_(None),
        Delivery.publish_at.between(now, now + AHEAD),
    )
    known = select(Snapshot.id).where(Snapshot.delivery_id == Delivery.id).exists()
    figures = base.where(
        Delivery.state == DeliveryState.PUBLISHED,
        Channel.credentials.is_(None),
        Delivery.published_at >= now - FIGURES_FOR,
        ~known,
    )
    return Lists(*(session.scalars(query).all() for query in (due, coming, figures)))


def task(delivery: Delivery, settings: Settings) -> AssistedTask:
    """What a person copies, downloads and opens: as it was frozen when the time came, else as it stands."""
    folder = settings.media_folder
    network = registry.network(delivery.channel.network)
    frozen = thaw(delivery.payload, folder).post if delivery.payload else None
    post = frozen or outgoing(delivery.post, delivery.channel_id, folder, network)
    return assist(network, post, settings.network(network.key).app.get("share_url"))


def images(session: Session, workspace_id: int, wanted: AssistedTask) -> list[Media]:
    """The stored images of a task, in its order."""
    names = [medium.path.name for medium in wanted.media]
    query = select(Media).where(Media.workspace_id == workspace_id, Media.stored_as.in_(names)).order_by(Media.id)
    by_name = {media.stored_as: media for media in session.scalars(query)}
    return [by_name[name] for name in names if name in by_name]


def latest_figures(session: Session, delivery_id: int) -> Snapshot | None:
    """The newest figures of a delivery."""
    query = select(Snapshot).where(Snapshot.delivery_id == delivery_id, Snapshot.latest.is_(True))
    return session.scalar(query.order_by(Snapshot.id.desc()).limit(1))


def _by_hand(workspace_id: int) -> Select[Delivery]:
    return (
        select(Delivery)
        .join(Delivery.post)
        .join(Delivery.channel)
        .where(Delivery.workspace_id == workspace_id, Post.deleted_at.is_(None))
        .options(contains_eager(Delivery.channel), joinedload(Delivery.post))
        .order_by(Delivery.publish_at, Delivery.id)
        .limit(LIMIT)
    )
