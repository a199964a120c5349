"""From a row of the outbox to a letter: what it tells as things stand now, in whose language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.domain.states import DeliveryState
from planner.domain.week import Week
from planner.models import Alert, Channel, Delivery, Mail, Notice, Post, User, Workspace
from planner.services import approvals, notices, waiting
from planner.services.mail.letter import Letter
from planner.services.weeks import PLANNED, WeekOverview, week_overview

#: A mail is no list of everything.
MOST_LINES = 30
#: Notices that ask for a decision, as long as their delivery stands so.
ASKED_WHILE = {
    "delivery_failed": DeliveryState.FAILED,
    "delivery_needs_person": DeliveryState.NEEDS_PERSON,
    "delivery_assisted": DeliveryState.NEEDS_PERSON,
    "delivery_overdue": DeliveryState.NEEDS_PERSON,
    "delivery_soon": DeliveryState.SCHEDULED,
    "delivery_missed": DeliveryState.MISSED,
}


@dataclass(frozen=True, slots=True)
class Outlook:
    """What goes out: when, on which channels, and how the post begins."""

    publish_at: datetime
    channels: list[str]
    excerpt: str


@dataclass(frozen=True, slots=True)
class WeekLetter:
    """The weekly mail: gaps and rhythm, what goes out (``more`` do not fit), how many posts await a yes, and how many
    wait for a hand, ``overdue`` of them past their time."""

    overview: WeekOverview
    ahead: tuple[Outlook, ...]
    more: int
    awaiting: int
    by_hand: int = 0
    overdue: int = 0


def compose(session: Session, mail: Mail, now: datetime) -> tuple[Letter, str] | None:
    """The letter and the address it goes to. None where there is nothing to tell any more, or nobody to tell it."""
    user = session.get(User, mail.user_id) if mail.user_id else None
    if mail.user_id and (user is None or not user.active):
        return None
    workspace = session.get(Workspace, mail.workspace_id) if mail.workspace_id else _first(session)
    data = _data(session, mail, now)
    recipient = user.email if user else mail.address
    if data is None or recipient is None:
        return None
    letter = Letter(
        kind=mail.kind,
        language=(user.language if user else None) or (workspace.language if workspace else "de"),
        zone=workspace.zone if workspace else "UTC",
        workspace=workspace.name if workspace else "",
        name=user.name if user else "",
        personal=user is not None,
        data=data,
    )
    return letter, recipient


def _data(session: Session, mail: Mail, now: datetime) -> Mapping[str, Any] | None:
    if mail.kind in ("notices", "summary"):
        found = told(session, mail.data["notices"])
        return {"told": found} if found else None
    if mail.kind == "week":
        week = Week.parse(mail.data["week"])
        return {"week": _week(session, mail.workspace_id or 0, week, now)}
    if mail.kind == "alert":
        alert = session.get(Alert, mail.data["alert"])
        return None if alert is None else {"alert": alert, "cleared": mail.data["cleared"]}
    return {}


def told(session: Session, ids: list[int]) -> list[notices.Told]:
    """What the person has not read and nobody has settled meanwhile, the newest last."""
    query = select(Notice).where(Notice.id.in_(ids), Notice.read_at.is_(None)).order_by(Notice.id)
    open_ones = [notice for notice in session.scalars(query) if not _is_settled(session, notice)]
    return notices.with_subjects(session, open_ones)


def _is_settled(session: Session, notice: Notice) -> bool:
    """Whether what the notice asks for has been done: the delivery has moved on, the channel is connected again."""
    if notice.kind in ASKED_WHILE:
        about = notice.data.get("deliveries") or [notice.subject_id]
        states = session.scalars(select(Delivery.state).where(Delivery.id.in_(about)))
        return ASKED_WHILE[notice.kind] not in set(states)
    if notice.kind == "channel_reconnect":
        query = select(Channel.id).where(Channel.id == notice.subject_id, Channel.reconnect_since.is_not(None))
        return session.scalar(query) is None
    if notice.kind == "channel_lacks":
        missing = session.scalar(select(Channel.missing).where(Channel.id == notice.subject_id)) or ()
        return not set(missing).intersection(notice.data.get("permissions", ()))
    return False


def _week(session: Session, workspace_id: int, week: Week, now: datetime) -> WeekLetter:
    overview = week_overview(session, workspace_id, week, now=now)
    query = (
        select(Delivery.publish_at, Delivery.post_id, Channel.name, Post.text)
        .join(Channel, Channel.id == Delivery.channel_id)
        .join(Post, Post.id == Delivery.post_id)
        .where(
            Delivery.workspace_id == workspace_id,
            Delivery.state.in_(PLANNED),
            Delivery.publish_at >= overview.start,
            Delivery.publish_at < overview.end,
        )
        .order_by(Delivery.publish_at, Delivery.id)
    )
    found: dict[tuple[int, datetime], Outlook] = {}
    for row in session.execute(query):
        entry = Outlook(row.publish_at, [], notices.excerpt(row.text))
        found.setdefault((row.post_id, row.publish_at), entry).channels.append(row.name)
    ahead = list(found.values())
    awaiting = approvals.count_waiting(session, workspace_id)
    hands = waiting.count(session, workspace_id, now=now)
    more = max(0, len(ahead) - MOST_LINES)
    return WeekLetter(overview, tuple(ahead[:MOST_LINES]), more, awaiting, hands.by_hand, hands.overdue)


def _first(session: Session) -> Workspace | None:
    return session.scalar(select(Workspace).order_by(Workspace.id).limit(1))
