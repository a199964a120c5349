"""What an admin sees of the mail: whether it is set up, what waits, what was given up and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from planner import mailserver
from planner.domain.outbox import OutboxState
from planner.models import Mail, Member, User

if TYPE_CHECKING:
    from planner.bootstrap import Platform

SHOWN = 20
RECENT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Trouble:
    """A mail that was not taken: to whom, since when it waits, whether it is given up, why."""

    recipient: str
    created_at: datetime
    given_up: bool
    code: str
    said: str | None


@dataclass(frozen=True, slots=True)
class MailOverview:
    """``server`` is host and port, None where mail is off. ``sent`` counts the last seven days."""

    server: str | None
    sender: str | None
    encrypted: bool
    signed_in: bool
    waiting: int
    sent: int
    troubles: Sequence[Trouble]


def overview(session: Session, platform: Platform, workspace_id: int, *, now: datetime) -> MailOverview:
    """As things stand for the mails that concern one workspace."""
    settings = platform.settings
    server = mailserver.read_url(settings.smtp_url) if settings.smtp_url else None
    return MailOverview(
        server=str(server) if server else None,
        sender=settings.mail_from,
        encrypted=server is not None and server.security is not mailserver.Security.NONE,
        signed_in=server is not None and server.user is not None,
        waiting=_count(session, workspace_id, Mail.state.in_((OutboxState.WAITING, OutboxState.SENDING))),
        sent=_count(session, workspace_id, Mail.state == OutboxState.SENT, Mail.finished_at > now - RECENT),
        troubles=_troubles(session, workspace_id, now),
    )


def _concerns(workspace_id: int) -> ColumnElement[bool]:
    """The workspace's own mails, and those about the machine itself."""
    return or_(Mail.workspace_id == workspace_id, Mail.workspace_id.is_(None))


def _count(session: Session, workspace_id: int, *conditions: object) -> int:
    query = select(func.count(Mail.id)).where(_concerns(workspace_id), *conditions)  # type: ignore[arg-type]
    return session.scalar(query) or 0


def _troubles(session: Session, workspace_id: int, now: datetime) -> list[Trouble]:
    failed = or_(Mail.state == OutboxState.GIVEN_UP, (Mail.state == OutboxState.WAITING) & (Mail.attempts > 0))
    query = (
        select(Mail, User.email, Member.id.label("place"))
        .outerjoin(User, User.id == Mail.user_id)
        .outerjoin(Member, (Member.user_id == Mail.user_id) & (Member.workspace_id == workspace_id))
        .where(_concerns(workspace_id), failed, Mail.created_at > now - RECENT)
        .order_by(Mail.id.desc())
        .limit(SHOWN)
    )
    return [
        Trouble(
            recipient=(row.email if row.place else None) or row.Mail.address or "–",
            created_at=row.Mail.created_at,
            given_up=row.Mail.state is OutboxState.GIVEN_UP,
            code=row.Mail.error_code or "internal_error",
            said=row.Mail.error,
        )
        for row in session.execute(query)
    ]
