"""Mail: whether its server takes any, and what was given up."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from planner import mailserver
from planner.domain.outbox import OutboxState
from planner.models import Mail
from planner.services import mail
from planner.services.checkup.finding import Finding, Scene, notice, ok, problem


def server(scene: Scene) -> Iterator[Finding]:
    """Connects and signs in; nothing is sent."""
    settings = scene.platform.settings
    if not settings.smtp_url:
        yield ok("mail", "mail_is_off")
        return
    if not settings.public_url:
        yield notice("mail", "mail_without_links")
    if not scene.patient:
        return
    try:
        mail.probe(settings.smtp_url)
    except mail.MailError as error:
        yield problem("mail", "mail_not_taken", why=error.code, said=error.said)
    else:
        yield ok("mail", "mail_taken", server=str(mailserver.read_url(settings.smtp_url)))


def given_up(scene: Scene, session: Session) -> Iterator[Finding]:
    """What was tried for long, in vain."""
    query = select(func.count(Mail.id)).where(Mail.state == OutboxState.GIVEN_UP, scene.within(Mail.workspace_id))
    lost = session.scalar(query)
    if lost:
        yield notice("mail", "mail_given_up", count=lost)
