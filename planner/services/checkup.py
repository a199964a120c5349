"""Is this installation well? Each finding says what is wrong and what to do."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from planner import mailserver
from planner.domain.outbox import OutboxState
from planner.domain.states import ChannelHealth, DeliveryState
from planner.models import Channel, Delivery, Heartbeat, Mail, Member, Workspace
from planner.security.vault import VaultError
from planner.services import channels, mail
from planner.services.connections import ChannelAccess

if TYPE_CHECKING:
    from planner.bootstrap import Platform

#: A scheduler that gave no sign for this long is not running.
SILENT = timedelta(minutes=2)
#: A delivery this far past its lease was picked up by nobody.
STUCK = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``hint`` says what to do: needed where it is a ``problem``, else worth knowing."""

    what: str
    said: str
    problem: bool = False
    hint: str = ""

    @property
    def sign(self) -> str:
        """``ok``, ``--`` (worth knowing) or ``!!`` (a problem)."""
        return "!!" if self.problem else "--" if self.hint else "ok"


def examine(platform: Platform) -> Iterator[Finding]:
    """Look at everything, the foundations first. Where the database cannot be asked, the rest is left out."""
    yield from _folder(platform.settings.instance)
    database = _database(platform)
    yield database
    if database.problem:
        return
    now = platform.clock.now()
    with platform.database.read() as session:
        for look in LOOKS:
            yield from look(platform, session, now)


def _folder(instance: Path) -> Iterator[Finding]:
    wide = [p.name or str(p) for p in (instance, instance / "keys.toml") if p.exists() and _open_to_others(p)]
    if wide:
        hint = f"Run: chmod go-rwx {instance} {instance / 'keys.toml'}"
        yield Finding("folder", f"Others on this machine can read {' and '.join(wide)}.", problem=True, hint=hint)
    else:
        yield Finding("folder", f"{instance} is closed to others.")
    try:
        probe = instance / ".doctor"
        probe.touch()
        probe.unlink()
    except OSError as error:
        hint = "Let the user that runs Sendeplan own the folder, and make room on the disk."
        yield Finding("folder", f"Nothing can be written to it: {error.strerror}.", problem=True, hint=hint)


def _open_to_others(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _database(platform: Platform) -> Finding:
    from planner import schema

    kind = platform.database.url.get_backend_name()
    try:
        if not schema.is_current(platform.database):
            hint = "Run: sendeplan db upgrade"
            return Finding("database", "The schema is older than the program.", problem=True, hint=hint)
        with platform.database.write() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        hint = "Look at SENDEPLAN_DATABASE_URL, and whether the database runs."
        return Finding("database", f"{kind} does not answer: {said}", problem=True, hint=hint)
    return Finding("database", f"{kind} answers, and its schema is up to date.")


def _workspaces(_platform: Platform, session: Session, _now: datetime) -> Iterator[Finding]:
    workspaces = list(session.scalars(select(Workspace)))
    if not workspaces:
        yield Finding("workspace", "There is no workspace yet.", problem=True, hint="Run: sendeplan init")
    for workspace in workspaces:
        people = session.scalar(select(func.count(Member.id)).where(Member.workspace_id == workspace.id)) or 0
        hint = "" if people else "Run: sendeplan user create YOU@EXAMPLE.COM --role admin --password-stdin"
        yield Finding("workspace", f"“{workspace.name}” has {people} members.", hint=hint)
        if workspace.paused_at is not None:
            said = f"“{workspace.name}” is paused since {workspace.paused_at:%Y-%m-%d %H:%M} UTC: nothing goes out."
            yield Finding("pause", said, hint="Release the pause on the page or by DELETE /api/v1/pause.")


def _scheduler(_platform: Platform, session: Session, now: datetime) -> Iterator[Finding]:
    last = session.scalar(select(Heartbeat.at).where(Heartbeat.name == "scheduler"))
    if last is not None and last > now - SILENT:
        yield Finding("scheduler", "The scheduler is running.")
        return
    said = "It has never run." if last is None else f"Its last sign of life was at {last:%Y-%m-%d %H:%M} UTC."
    hint = "Start `sendeplan serve`, or `sendeplan scheduler` beside `sendeplan web`."
    yield Finding("scheduler", f"{said} Nothing is published.", problem=last is not None, hint=hint)


def _stuck(_platform: Platform, session: Session, now: datetime) -> Iterator[Finding]:
    held = (DeliveryState.CLAIMED, DeliveryState.SENDING)
    left = _count(session, Delivery.state.in_(held), Delivery.lease_until < now - STUCK)
    if left:
        hint = "Start the scheduler: it picks them up by itself."
        yield Finding("deliveries", f"{left} were left behind by a process that ended.", problem=True, hint=hint)
    asked = _count(session, Delivery.state.in_((DeliveryState.NEEDS_PERSON, DeliveryState.MISSED)))
    if asked:
        hint = "Open the posts that need a decision, and decide."
        yield Finding("deliveries", f"{asked} wait for a person's decision.", hint=hint)
    if not left and not asked:
        yield Finding("deliveries", "None is stuck.")


def _channels(platform: Platform, session: Session, now: datetime) -> Iterator[Finding]:
    found = list(session.scalars(select(Channel).where(Channel.archived_at.is_(None)).order_by(Channel.id)))
    ailing = [finding for channel in found if (finding := _ailment(platform, channel, now))]
    yield from ailing
    if not ailing:
        yield Finding("channels", f"{len(found)} are connected." if found else "There are none yet.")


def _ailment(platform: Platform, channel: Channel, now: datetime) -> Finding | None:
    name = f"“{channel.name}” ({channel.network})"
    hint = "Reconnect it on its page."
    try:
        platform.connections.credentials(ChannelAccess.of(channel))
    except VaultError:
        said = f"{name} has credentials that the present keys cannot read."
        return Finding("channel", said, problem=True, hint="Put the former encryption key back, or reconnect it.")
    health = channels.health(channel, now)
    if health is ChannelHealth.EXPIRING and channel.token_expires_at is not None:
        until = f"{channel.token_expires_at:%Y-%m-%d %H:%M} UTC"
        return Finding("channel", f"{name} loses its access at {until}.", hint=hint)
    if health is ChannelHealth.RECONNECT:
        return Finding("channel", f"{name} has lost its access.", problem=True, hint=hint)
    return None


def _count(session: Session, *conditions: object) -> int:
    return session.scalar(select(func.count(Delivery.id)).where(*conditions)) or 0  # type: ignore[arg-type]


def _mail(platform: Platform, session: Session, _now: datetime) -> Iterator[Finding]:
    settings = platform.settings
    if not settings.smtp_url:
        yield Finding("mail", "Mail is off: everything is told in the app only.")
        return
    try:
        mail.probe(settings.smtp_url)
    except mail.MailError as error:
        hint = "Look at SENDEPLAN_SMTP_URL. Mails wait for a day and are tried again."
        yield Finding("mail", f"The mail server cannot be used: {error}", problem=True, hint=hint)
    else:
        hint = "" if settings.public_url else "Set SENDEPLAN_PUBLIC_URL, so that mails have links."
        yield Finding("mail", f"{mailserver.read_url(settings.smtp_url)} takes mail.", hint=hint)
    lost = session.scalar(select(func.count(Mail.id)).where(Mail.state == OutboxState.GIVEN_UP)) or 0
    if lost:
        yield Finding("mail", f"{lost} mails were given up.", hint="The settings' page on mail says why.")


LOOKS: tuple[Callable[[Platform, Session, datetime], Iterator[Finding]], ...] = (
    _workspaces,
    _scheduler,
    _stuck,
    _channels,
    _mail,
)
