"""Alerts: the machine says when it does not do its work. Each is told once when it is raised and once when it is over,
whoever of several processes notices, and also where the scheduler is dead.

What goes away for a moment and comes back is one alert: it is over only after it has stayed away for a while.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from planner import mailserver
from planner.domain.alarms import AlertKind
from planner.domain.answers import AnswerState
from planner.domain.outbox import Pace, pace_of
from planner.domain.roles import Role
from planner.domain.states import DeliveryState
from planner.models import Alert, Answer, Attempt, Delivery, Heartbeat, Member, User
from planner.services.api_versions import AHEAD, InUse, in_use
from planner.services.dialogue.answering import DEADLINE_AFTER
from planner.services.dialogue.checking import unknown_since
from planner.services.mail.waiting import put
from planner.services.publishing.claim import takeable
from planner.services.webhooks import events

if TYPE_CHECKING:
    from planner.bootstrap import Platform
    from planner.config import Settings

#: How many of the past ones are shown.
SHOWN = 50
#: Between two looks of one process; after longer than this it does not know what was meanwhile.
LAPSE = timedelta(minutes=1)


#: What is wrong: of which kind, in which workspace (None: in all), and what there is to say of it.
Wrong: TypeAlias = tuple[AlertKind, int | None, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Seen:
    """How things stand: what is wrong, by the alert's key, of which it cannot be said yet, and whether the clock has
    just given a sign."""

    wrong: Mapping[str, Wrong] = field(default_factory=dict)
    unclear: Collection[str] = frozenset()
    clock_is_alive: bool = True

    def is_over(self, alert: Alert) -> bool:
        """Whether what the alert tells of is no longer so. A clock that gives no sign is not alive because this
        process has not been watching for long, and what is due is not taken because the clock has died as well."""
        if alert.key in self.wrong or alert.key in self.unclear:
            return False
        return self.clock_is_alive or alert.kind not in (AlertKind.CLOCK, AlertKind.OVERDUE)


def check(platform: Platform, *, watching_since: datetime | None = None) -> int:
    """Raise and clear what there is to. ``watching_since`` is when the calling process began to watch: a clock that
    fell silent before is given as long again, so that a start of everything is no alarm.

    Returns how many alerts changed. Mails and webhook calls about them wait in their outboxes then.
    """
    now = platform.clock.now()
    with platform.database.read() as session:
        seen = _look(session, platform, now, watching_since)
        there = {alert.key: alert for alert in session.scalars(select(Alert).where(Alert.cleared_at.is_(None)))}
    fresh = [key for key in seen.wrong if key not in there]
    back = [alert.id for key, alert in there.items() if key in seen.wrong and alert.gone_at is not None]
    away = [alert for alert in there.values() if seen.is_over(alert)]
    _set_gone(platform, back, None)
    _set_gone(platform, [alert.id for alert in away if alert.gone_at is None], now)
    quiet = timedelta(seconds=platform.settings.alert_quiet_seconds)
    over = [alert for alert in away if alert.gone_at is not None and alert.gone_at <= now - quiet]
    raised = sum(_raise(platform, key, *seen.wrong[key], now) for key in fresh)
    return raised + sum(_clear(platform, alert, now) for alert in over)


def open_alerts(session: Session, workspace_id: int | None = None) -> Sequence[Alert]:
    """What is wrong now; with ``workspace_id``, as far as it concerns that one."""
    query = select(Alert).where(Alert.cleared_at.is_(None), Alert.gone_at.is_(None)).order_by(Alert.id)
    return session.scalars(query.where(*_concerns(workspace_id))).all()


def past_alerts(session: Session, workspace_id: int) -> Sequence[Alert]:
    """What was wrong and is over (since ``gone_at``), newest first."""
    query = select(Alert).where(Alert.gone_at.is_not(None), *_concerns(workspace_id))
    return session.scalars(query.order_by(Alert.id.desc()).limit(SHOWN)).all()


def _concerns(workspace_id: int | None) -> list[Any]:
    return [] if workspace_id is None else [or_(Alert.workspace_id == workspace_id, Alert.workspace_id.is_(None))]


# --- looking ---------------------------------------------------------------------------------------------------


def _look(session: Session, platform: Platform, now: datetime, watching_since: datetime | None) -> Seen:
    settings = platform.settings
    wrong: dict[str, Wrong] = {}
    for kind, what, seconds, query in chain(_stuck(settings, now), _stuck_answers(settings, now)):
        for workspace_id, count, first in session.execute(query):
            data: dict[str, Any] = {"count": count, what: str(first), "minutes": int(seconds // 60)}
            wrong[f"{kind.value}:{workspace_id}"] = (kind, workspace_id, data)
    last = session.scalar(select(Heartbeat.at).where(Heartbeat.name == "scheduler"))
    silence = timedelta(seconds=settings.alert_silence_seconds)
    heard = [moment for moment in (last, watching_since) if moment is not None]
    if heard and now - max(heard) > silence:
        data = {"last_seen": last.isoformat() if last else None}
        wrong[AlertKind.CLOCK.value] = (AlertKind.CLOCK, None, data)
    for one in in_use(session, settings):
        if one.refused or one.ends_within(AHEAD, now) is not None:
            key = f"{AlertKind.VERSION.value}:{one.network}:{one.version.name}"
            wrong[f"{key}:refused" if one.refused else key] = (AlertKind.VERSION, None, _about_version(one, now))
    alive = last is not None and now - last <= silence
    untaken, unclear = _untaken(session, platform, now, clock_is_alive=alive)
    return Seen(wrong | untaken, unclear, clock_is_alive=alive)


def _about_version(one: InUse, now: datetime) -> dict[str, Any]:
    """What there is to say of a version that ends, or that its network refuses: then whatever the calendar says."""
    ends = None if one.refused else one.ends_within(AHEAD, now)
    return {
        "network": one.title,
        "version": one.version.name,
        "ends": ends.isoformat() if ends else None,
        "setting": one.setting,
        "newest": one.version.newest,
        "newer": one.version.newer,
        "listed_at": one.version.listed_at,
    }


def _stuck(settings: Settings, now: datetime) -> Iterator[tuple[AlertKind, str, float, Select[int, int, int]]]:
    """What asks for deliveries that have stood for too long where they should only pass: of which kind they are, what
    one is called, how many seconds are too long, and a query by workspace."""
    limits = (
        (AlertKind.SENDING, DeliveryState.SENDING, settings.alert_sending_seconds, Attempt.started_at),
        (AlertKind.UNKNOWN, DeliveryState.UNKNOWN, settings.alert_unknown_seconds, Attempt.finished_at),
    )
    last = (Attempt.delivery_id == Delivery.id) & (Attempt.number == Delivery.attempt_count)
    stuck = select(Delivery.workspace_id, func.count(Delivery.id), func.min(Delivery.id)).outerjoin(Attempt, last)
    for kind, state, seconds, since in limits:
        began = func.coalesce(since, Attempt.deadline_at, Delivery.updated_at, type_=Delivery.updated_at.type)
        long_ago = began <= now - timedelta(seconds=seconds)
        yield kind, "delivery", seconds, stuck.where(Delivery.state == state, long_ago).group_by(Delivery.workspace_id)


def _stuck_answers(settings: Settings, now: datetime) -> Iterator[tuple[AlertKind, str, float, Select[int, int, int]]]:
    """The same for answers, by the same limits. They are sent from a fixed time before their hard deadline on."""
    sending, unknown = settings.alert_sending_seconds, settings.alert_unknown_seconds
    deadline = now - timedelta(seconds=sending) + timedelta(seconds=settings.send_timeout_seconds) * DEADLINE_AFTER
    unknown_for_long = unknown_since() <= now - timedelta(seconds=unknown)
    limits = (
        (AlertKind.ANSWER_SENDING, AnswerState.SENDING, sending, Answer.deadline_at <= deadline),
        (AlertKind.ANSWER_UNKNOWN, AnswerState.UNKNOWN, unknown, unknown_for_long),
    )
    stuck = select(Answer.workspace_id, func.count(Answer.id), func.min(Answer.id))
    for kind, state, seconds, long_ago in limits:
        yield kind, "answer", seconds, stuck.where(Answer.state == state, long_ago).group_by(Answer.workspace_id)


def _untaken(
    session: Session, platform: Platform, now: datetime, *, clock_is_alive: bool
) -> tuple[dict[str, Wrong], frozenset[str]]:
    """Workspaces in which something is due that nobody takes; and the keys of those in which it is due for as long,
    but has not been seen for as long to be free: a pause may have ended, or a queue of many is being worked off.

    Nothing, where the clock is dead: that is an alert of its own.
    """
    limit = timedelta(seconds=platform.settings.alert_overdue_seconds)
    if limit <= timedelta():
        return {}, frozenset()
    heads = takeable(session, platform.settings, now) if clock_is_alive else []
    since = platform.waits.look([(head.id, head.epoch) for head in heads], now, max(limit, LAPSE))
    wrong: dict[str, Wrong] = {}
    unclear = set()
    for head in sorted(heads, key=lambda head: (head.try_at, head.id)):
        key = f"{AlertKind.OVERDUE.value}:{head.workspace_id}"
        if now - since[head.id, head.epoch] >= limit:
            data = {"count": 0, "delivery": str(head.id), "minutes": int(limit.total_seconds() // 60)}
            wrong.setdefault(key, (AlertKind.OVERDUE, head.workspace_id, data))[2]["count"] += 1
        elif now - head.try_at >= limit:
            unclear.add(key)
    return wrong, frozenset(unclear)


# --- raising and clearing --------------------------------------------------------------------------------------


def _raise(
    platform: Platform, key: str, kind: AlertKind, workspace_id: int | None, data: dict[str, Any], now: datetime
) -> bool:
    alert = Alert(workspace_id=workspace_id, kind=kind, key=key, data=data, raised_at=now)
    try:
        with platform.database.write() as session:
            session.add(alert)
            session.flush()
            _tell(session, platform.settings, alert, now)
    except IntegrityError:  # another process noticed it at this moment, and tells it
        return False
    return True


def _set_gone(platform: Platform, alert_ids: Sequence[int], at: datetime | None) -> None:
    if alert_ids:
        statement = update(Alert).where(Alert.id.in_(alert_ids), Alert.cleared_at.is_(None)).values(gone_at=at)
        with platform.database.write() as session:
            session.execute(statement.execution_options(synchronize_session=False))


def _clear(platform: Platform, alert: Alert, now: datetime) -> bool:
    """Settles the race of two processes that see the end: the second finds it cleared, or back again."""
    unchanged = Alert.id == alert.id, Alert.cleared_at.is_(None), Alert.gone_at == alert.gone_at
    statement = update(Alert).where(*unchanged).values(cleared_at=alert.gone_at)
    with platform.database.write() as session:
        if session.scalar(statement.returning(Alert.id)) is None:
            return False
        cleared = session.get_one(Alert, alert.id, populate_existing=True)
        _tell(session, platform.settings, cleared, now)
    return True


def _tell(session: Session, settings: Settings, alert: Alert, now: datetime) -> None:
    events.about_alert(session, alert, now)
    if not settings.mail_on:
        return
    data: dict[str, Any] = {"alert": alert.id, "cleared": alert.cleared_at is not None}
    told = set()
    for user_id, email, workspace_id in _admins(session, alert.workspace_id):
        put(session, "alert", now, workspace_id=workspace_id, user_id=user_id, **data)
        told.add(email)
    for address in mailserver.read_addresses(settings.alert_mail) if settings.alert_mail else ():
        if address.lower() not in told:
            put(session, "alert", now, workspace_id=alert.workspace_id, address=address, **data)


def _admins(session: Session, workspace_id: int | None) -> list[tuple[int, str, int]]:
    """Each admin who wants to hear of it, once, in one of the workspaces."""
    query = (
        select(User.id, User.email, Member.workspace_id, User.mail_wishes)
        .join(Member, Member.user_id == User.id)
        .where(Member.role == Role.ADMIN, User.active)
        .order_by(Member.id)
    )
    if workspace_id is not None:
        query = query.where(Member.workspace_id == workspace_id)
    found: dict[int, tuple[int, str, int]] = {}
    for row in session.execute(query):
        if pace_of("alert", row.mail_wishes or {}) is Pace.NOW:
            found.setdefault(row.id, (row.id, row.email, row.workspace_id))
    return list(found.values())
