"""What a person is told in the app: the list, what is unread, and marking as read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from planner.domain.roles import Permission, Role, allows
from planner.domain.states import DeliveryState, PostStatus
from planner.models import Channel, Delivery, Member, Notice, Post, User
from planner.services.publishing.notices import ASKING, add

PAGE = 50
EXCERPT = 90
_OPEN = (DeliveryState.FAILED, DeliveryState.MISSED, DeliveryState.NEEDS_PERSON)


@dataclass(frozen=True, slots=True)
class Told:
    """A notice with what it is about: the post (id and the start of its text) and the channel, where there is one.

    ``settled`` says that what it asked for is done.
    """

    notice: Notice
    post_id: int | None = None
    excerpt: str = ""
    channel_id: int | None = None
    channel: str = ""
    settled: bool = False


def tell_planners(session: Session, workspace_id: int, now: datetime, kind: str, **data: Any) -> None:
    """Tell those who plan of something that concerns the whole workspace. ``data`` is JSON."""
    add(session, workspace_id, planners(session, workspace_id), now, kind, "workspace", workspace_id, data)


def planners(session: Session, workspace_id: int) -> Sequence[int]:
    """The members who can do something about the plan: those who may edit, and are not switched off."""
    roles = [role for role in Role if allows(role, Permission.EDIT)]
    query = (
        select(Member.user_id)
        .join(User, User.id == Member.user_id)
        .where(Member.workspace_id == workspace_id, Member.role.in_(roles), User.active)
    )
    return session.scalars(query.order_by(Member.user_id)).all()


def count_unread(session: Session, workspace_id: int, user_id: int) -> int:
    """How many notices of the workspace the person has not read."""
    query = select(func.count(Notice.id)).where(*_mine(workspace_id, user_id), Notice.read_at.is_(None))
    return session.scalar(query) or 0


def page(session: Session, workspace_id: int, user_id: int, *, before: int | None = None) -> tuple[list[Told], bool]:
    """The newest notices, fifty at a time; ``before`` is the id to go on from. Also whether there are more."""
    query: Select[Notice] = select(Notice).where(*_mine(workspace_id, user_id))
    if before is not None:
        query = query.where(Notice.id < before)
    found = list(session.scalars(query.order_by(Notice.id.desc()).limit(PAGE + 1)))
    return with_subjects(session, found[:PAGE]), len(found) > PAGE


def mark_read(session: Session, workspace_id: int, user_id: int, notice_id: int | None, *, now: datetime) -> int:
    """Mark one notice, or (None) all, as read. Returns how many were unread."""
    unread = select(Notice.id).where(*_mine(workspace_id, user_id), Notice.read_at.is_(None))
    if notice_id is not None:
        unread = unread.where(Notice.id == notice_id)
    # Locked in the order of everybody who needs several, so that nobody waits in a circle.
    query = update(Notice).where(Notice.id.in_(unread.order_by(Notice.id).with_for_update()))
    result = session.execute(query.values(read_at=now).execution_options(synchronize_session=False))
    return int(result.rowcount)  # type: ignore[attr-defined]


def with_subjects(session: Session, notices: list[Notice]) -> list[Told]:
    """The notices with what they are about, in the same order."""
    deliveries = _ids(notices, "delivery")
    posts = _ids(notices, "post")
    channels = _ids(notices, "channel")
    about_delivery = {
        row.id: row
        for row in session.execute(
            select(
                Delivery.id, Delivery.post_id, Delivery.state, Post.text, Channel.id.label("channel_id"), Channel.name
            )
            .join(Post, Post.id == Delivery.post_id)
            .join(Channel, Channel.id == Delivery.channel_id)
            .where(Delivery.id.in_(deliveries))
        )
    }
    about_post = {
        row.id: row for row in session.execute(select(Post.id, Post.text, Post.status).where(Post.id.in_(posts)))
    }
    names = {
        row.id: row.name for row in session.execute(select(Channel.id, Channel.name).where(Channel.id.in_(channels)))
    }
    told = []
    for notice in notices:
        row = about_delivery.get(notice.subject_id) if notice.subject == "delivery" else None
        if row is not None:
            settled = notice.kind in ASKING and row.state not in _OPEN
            told.append(Told(notice, row.post_id, excerpt(row.text), row.channel_id, row.name, settled))
        elif notice.subject == "post" and notice.subject_id in about_post:
            post = about_post[notice.subject_id]
            settled = notice.kind == "approval_asked" and post.status is not PostStatus.IN_APPROVAL
            told.append(Told(notice, post.id, excerpt(post.text), settled=settled))
        elif notice.subject == "channel" and notice.subject_id in names:
            told.append(Told(notice, channel_id=notice.subject_id, channel=names[notice.subject_id]))
        else:
            told.append(Told(notice))
    return told


def excerpt(text: str) -> str:
    """The start of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT else line[: EXCERPT - 1].rstrip() + "…"


def _mine(workspace_id: int, user_id: int):  # type: ignore[no-untyped-def]
    return Notice.user_id == user_id, Notice.workspace_id == workspace_id


def _ids(notices: list[Notice], subject: str) -> list[int]:
    return [n.subject_id for n in notices if n.subject == subject]
