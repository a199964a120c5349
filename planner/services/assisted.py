"""Publishing by a person: what is due by hand, what is needed for it, and whose figures are still to be entered."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import IO

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from planner.config import Settings
from planner.domain.states import DeliveryState
from planner.models import Delivery, Media, Post, Snapshot
from planner.services.by_hand import CODE, on_a_channel_by_hand
from planner.services.posts.content import outgoing
from planner.services.publishing.payload import thaw
from publishers import registry
from publishers.assisted import AssistedTask, assist

#: How far ahead the list shows what is to come.
AHEAD = timedelta(days=7)
#: How long figures are asked for after publishing by hand.
FIGURES_FOR = timedelta(days=30)
LIMIT = 100
#: A pack that is larger lies on the disk while it is sent.
MOST_IN_MEMORY = 8_000_000


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
        on_a_channel_by_hand(),
        Delivery.publish_at.between(now, now + AHEAD),
    )
    known = select(Snapshot.id).where(Snapshot.delivery_id == Delivery.id).exists()
    figures = base.where(
        Delivery.state == DeliveryState.PUBLISHED,
        Delivery.step == 0,
        or_(on_a_channel_by_hand(), Delivery.remote_id.is_(None)),
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


def files(session: Session, workspace_id: int, wanted: AssistedTask) -> list[Media]:
    """The stored files of a task, in its order, with those of what follows it behind them."""
    parts = [medium for part in wanted.thread for medium in part.media]
    names = [medium.path.name for medium in (*wanted.media, *parts)]
    query = select(Media).where(Media.workspace_id == workspace_id, Media.stored_as.in_(names)).order_by(Media.id)
    by_name = {media.stored_as: media for media in session.scalars(query)}
    return [by_name[name] for name in names if name in by_name]


def pack(found: Sequence[Media], folder: Path) -> IO[bytes]:
    """All files in one, each under its own name; to be closed by whoever gets it. Raises FileNotFoundError where one is
    gone."""
    packed = tempfile.SpooledTemporaryFile(MOST_IN_MEMORY)  # noqa: SIM115 - it outlives this function
    try:
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:  # pictures and videos do not get smaller
            for name, media in zip(own_names(found), found, strict=True):
                archive.write(folder / media.stored_as, name)
    except BaseException:
        packed.close()
        raise
    packed.seek(0)
    return packed


def own_names(found: Sequence[Media]) -> list[str]:
    """The files' names, made different where two have the same."""
    names: list[str] = []
    for media in found:
        path = Path(media.filename)
        others = (f"{path.stem}-{number}{path.suffix}" for number in count(2))
        names.append(media.filename if media.filename not in names else next(n for n in others if n not in names))
    return names


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
