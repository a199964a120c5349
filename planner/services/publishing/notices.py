"""Telling people what they must know: in the app, to those whom it concerns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from planner.domain.roles import Role
from planner.models import Channel, Delivery, Member, Notice, Post, User
from planner.services.publishing.changes import Ref

#: What asks a person to do something about a delivery.
ASKING = (
    "delivery_assisted",
    "delivery_failed",
    "delivery_missed",
    "delivery_needs_person",
    "delivery_overdue",
    "delivery_soon",
)


def about_delivery(session: Session, ref: Ref, now: datetime, kind: str, **data: Any) -> None:
    """Tell the owners of the post and of the channel; where there are none, the leads."""
    people = _concerned(session, ref)
    add(session, ref.workspace_id, people, now, kind, "delivery", ref.id, data)


def about_hand(session: Session, ref: Ref, now: datetime, kind: str, **data: Any) -> None:
    """Tell whoever is to publish it by hand."""
    add(session, ref.workspace_id, whose_hand(session, ref), now, kind, "delivery", ref.id, data)


def whose_hand(session: Session, ref: Ref) -> list[int]:
    """Who is to publish it by hand: whose post it is, else whose channel, else the leads."""
    post = session.execute(select(Post.owner_id, Post.created_by_id).where(Post.id == ref.post_id)).one()
    for person in (post.owner_id or post.created_by_id, _channel_owner(session, ref.channel_id)):
        if person is not None and (found := _members(session, ref.workspace_id, [person])):
            return found
    return _leads(session, ref.workspace_id)


def about_overdue(session: Session, ref: Ref, now: datetime, **data: Any) -> None:
    """Tell those who approve (the admins where nobody else does) that nobody has published it by hand."""
    approvers = session.scalars(_active(ref.workspace_id).where(Member.role == Role.APPROVER)).all()
    leads = approvers or _leads(session, ref.workspace_id)
    add(session, ref.workspace_id, leads, now, "delivery_overdue", "delivery", ref.id, data)


def about_missed(session: Session, refs: Iterable[Ref], now: datetime) -> None:
    """Tell of everything that was missed together, in one notice for each person and outage: one that is still unread
    grows. Call it last in a transaction: people are told in the order of their ids, so that two never wait in a circle.
    """
    missed: dict[tuple[int, int], list[int]] = {}
    for ref in refs:
        for user_id in _concerned(session, ref):
            missed.setdefault((user_id, ref.workspace_id), []).append(ref.id)
    for (user_id, workspace_id), delivery_ids in sorted(missed.items()):
        _add_missed(session, workspace_id, user_id, delivery_ids, now)


def owners_of(session: Session, ref: Ref) -> set[int | None]:
    """Whose post it is, and whose channel."""
    post = session.execute(select(Post.owner_id, Post.created_by_id).where(Post.id == ref.post_id)).one()
    return {post.owner_id or post.created_by_id, _channel_owner(session, ref.channel_id)}


def about_channel(session: Session, workspace_id: int, channel_id: int, now: datetime, kind: str, **data: Any) -> None:
    """Tell the channel's owner and the leads, who can do something about it."""
    owner = _members(session, workspace_id, {_channel_owner(session, channel_id)})
    people = sorted({*owner, *_leads(session, workspace_id)})
    add(session, workspace_id, people, now, kind, "channel", channel_id, data)


def about_removed(session: Session, ref: Ref, now: datetime) -> None:
    """A live post is gone at its network, and nobody here did it."""
    grow(session, ref.workspace_id, _concerned(session, ref), now, "posts_removed", ref.channel_id, [ref.id])


def people_or_leads(session: Session, workspace_id: int, people: Iterable[int | None]) -> list[int]:
    """These people, as far as they are still there; else the leads."""
    return _members(session, workspace_id, people) or _leads(session, workspace_id)


def grow(
    session: Session,
    workspace_id: int,
    people: Iterable[int],
    now: datetime,
    kind: str,
    channel_id: int,
    ids: list[int],
) -> None:
    """One notice for each person and channel, however much there is to tell: one that is unread grows. ``ids`` are what
    it is about; its ``count`` says how many they are."""
    for user_id in people:
        unread = select(Notice).where(
            Notice.user_id == user_id,
            Notice.kind == kind,
            Notice.subject == "channel",
            Notice.subject_id == channel_id,
            Notice.read_at.is_(None),
        )
        notice = session.scalars(unread.order_by(Notice.id).limit(1)).one_or_none()
        told = list(dict.fromkeys([*(notice.data["ids"] if notice else []), *ids]))
        data = {"ids": told, "count": len(told)}
        if notice is None:
            add(session, workspace_id, [user_id], now, kind, "channel", channel_id, data)
        else:
            notice.at, notice.data = now, data
        session.flush()


def settle(session: Session, delivery_ids: Collection[int], now: datetime) -> None:
    """What was asked about these deliveries is done: nobody need read it any more. Their posts are held. Whoever
    settles several one by one calls :func:`hold` with all of them first."""
    for notice in hold(session, delivery_ids):
        left = [one for one in notice.data.get("deliveries", []) if one not in delivery_ids]
        if notice.subject == "workspace":
            notice.data = {"deliveries": left, "count": len(left)}
        notice.read_at = None if left else now


def hold(session: Session, delivery_ids: Collection[int]) -> Sequence[Notice]:
    """The unread notices that ask something about these deliveries, locked in the order of :func:`about_missed`. While
    their posts are held, no other comes to be."""
    if not delivery_ids:
        return []
    asks = and_(Notice.subject == "delivery", Notice.subject_id.in_(delivery_ids), Notice.kind.in_(ASKING))
    places = select(Delivery.workspace_id).where(Delivery.id.in_(delivery_ids))
    together = and_(_IS_MISSED, Notice.subject == "workspace", Notice.workspace_id.in_(places))
    unread = select(Notice.id, Notice.subject, Notice.data).where(or_(asks, together), Notice.read_at.is_(None))
    concerned = [
        row.id
        for row in session.execute(unread)
        if row.subject == "delivery" or not set(delivery_ids).isdisjoint(row.data.get("deliveries", []))
    ]
    return session.scalars(_unread(Notice.id.in_(concerned))).all() if concerned else []


def _add_missed(session: Session, workspace_id: int, user_id: int, delivery_ids: list[int], now: datetime) -> None:
    mine = Notice.user_id == user_id, Notice.workspace_id == workspace_id, _IS_MISSED
    notice = next(iter(session.scalars(_unread(*mine))), None)
    if notice is None:
        notice = Notice(workspace_id=workspace_id, user_id=user_id, kind="delivery_missed", at=now, data={})
        session.add(notice)
    told = list(dict.fromkeys([*notice.data.get("deliveries", []), *delivery_ids]))
    notice.at, notice.data = now, {"deliveries": told, "count": len(told)}
    # One alone is shown as what it is; several together lead to the page where they are decided about.
    notice.subject, notice.subject_id = ("delivery", told[0]) if len(told) == 1 else ("workspace", workspace_id)
    session.flush()


_IS_MISSED = Notice.kind == "delivery_missed"


def _unread(*which: ColumnElement[bool]) -> Select[Notice]:
    """To be changed: locked person by person, as everybody does who locks those of several."""
    unread = select(Notice).where(Notice.read_at.is_(None), *which).order_by(Notice.user_id, Notice.id)
    return unread.with_for_update().execution_options(populate_existing=True)


def add(
    session: Session,
    workspace_id: int,
    people: Iterable[int],
    now: datetime,
    kind: str,
    subject: str,
    subject_id: int,
    data: Mapping[str, Any],
) -> None:
    """A notice for each of these people (ids of users). ``data`` is JSON."""
    for user_id in people:
        session.add(
            Notice(
                workspace_id=workspace_id,
                user_id=user_id,
                at=now,
                kind=kind,
                subject=subject,
                subject_id=subject_id,
                data=dict(data),
            )
        )


def _concerned(session: Session, ref: Ref) -> list[int]:
    """The owners of the post and of the channel; where none of them is there, the leads."""
    return _members(session, ref.workspace_id, owners_of(session, ref)) or _leads(session, ref.workspace_id)


def _members(session: Session, workspace_id: int, people: Iterable[int | None]) -> list[int]:
    """Those of the people who are still in the workspace, and not switched off."""
    wanted = [person for person in people if person is not None]
    query = _active(workspace_id).where(Member.user_id.in_(wanted))
    return list(session.scalars(query))


def _leads(session: Session, workspace_id: int) -> list[int]:
    leading = [Role.APPROVER, Role.ADMIN]
    return list(session.scalars(_active(workspace_id).where(Member.role.in_(leading))))


def _active(workspace_id: int) -> Select[int]:
    query = select(Member.user_id).join(User, User.id == Member.user_id)
    return query.where(Member.workspace_id == workspace_id, User.active).order_by(Member.user_id)


def _channel_owner(session: Session, channel_id: int) -> int | None:
    return session.scalar(select(Channel.owner_id).where(Channel.id == channel_id))
