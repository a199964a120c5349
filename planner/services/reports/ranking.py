"""The best and the weakest posts of a period."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from planner.domain.figures import Sums
from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Post
from planner.services.reports.measures import measure, measured, sums_of_row, within

#: A younger post has not had its time yet: it may be among the best, but is not called weak.
TIME_TO_BE_SEEN = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class PostScore:
    """A post with what all its deliveries of the period brought. ``value`` is the figure it was ranked by,
    ``published_at`` the first promised time; ``networks`` are keys, sorted."""

    post_id: int
    text: str
    published_at: datetime
    networks: tuple[str, ...]
    value: int
    sums: Sums
    as_of_oldest: datetime
    as_of_newest: datetime


@dataclass(frozen=True, slots=True)
class Ranking:
    """``best`` begins with the best, ``weakest`` with the weakest; no post is in both."""

    best: tuple[PostScore, ...]
    weakest: tuple[PostScore, ...]


def best_and_weakest(
    session: Session,
    workspace_id: int,
    start: datetime,
    end: datetime,
    *,
    now: datetime,
    n: int = 3,
    metric: str = "interactions",
) -> Ranking:
    """The ``n`` best and weakest posts by one figure. Posts without that figure are in neither.

    Raises ValueError for a figure that is not on the common scale.
    """
    value, first = func.sum(measure(metric)), func.min(Delivery.publish_at)
    query = (
        measured(Delivery.post_id.expression, value.label("value"), first.label("published_at"))
        .where(within(workspace_id, start, end))
        .group_by(Delivery.post_id)
        .having(func.count(measure(metric)) > 0)
    )
    best = session.execute(query.order_by(value.desc(), Delivery.post_id).limit(n)).all()
    seen = query.where(Delivery.post_id.not_in([row.post_id for row in best])).having(first <= now - TIME_TO_BE_SEEN)
    weakest = session.execute(seen.order_by(value, Delivery.post_id).limit(n)).all()
    ids = {row.post_id for row in (*best, *weakest)}
    texts, networks = _texts(session, ids), _networks(session, ids)
    return Ranking(_scores(best, texts, networks), _scores(weakest, texts, networks))


def _scores(rows: Sequence[Any], texts: dict[int, str], networks: dict[int, set[str]]) -> tuple[PostScore, ...]:
    return tuple(
        PostScore(
            post_id=row.post_id,
            text=texts[row.post_id],
            published_at=row.published_at,
            networks=tuple(sorted(networks[row.post_id])),
            value=int(row.value),
            sums=sums_of_row(row),
            as_of_oldest=row.as_of_oldest,
            as_of_newest=row.as_of_newest,
        )
        for row in rows
    )


def _texts(session: Session, ids: Collection[int]) -> dict[int, str]:
    return {row.id: row.text for row in session.execute(select(Post.id, Post.text).where(Post.id.in_(ids)))}


def _networks(session: Session, ids: Collection[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    query = (
        select(Delivery.post_id, Channel.network)
        .join(Channel, Channel.id == Delivery.channel_id)
        .where(Delivery.post_id.in_(ids), Delivery.state == DeliveryState.PUBLISHED, Delivery.rehearsed.is_(False))
    )
    for row in session.execute(query):
        found.setdefault(row.post_id, set()).add(row.network)
    return found
