"""Handing pushes to the browsers' push services (RFC 8030). An address that is gone is forgotten."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.orm import aliased, joinedload

from planner import mailserver
from planner.domain.outbox import PRESSING, OutboxState
from planner.models import PushIdentity, PushMessage, PushSubscription, User, Workspace
from planner.security import outgoing, webpush
from planner.security.outgoing import Answered, OutgoingError
from planner.security.vault import VaultError
from planner.security.webpush import Device
from planner.services import outbox
from planner.services.mail.composing import told
from planner.services.notices import Told
from planner.services.side_by_side import side_by_side

if TYPE_CHECKING:
    from planner.bootstrap import Platform

#: The total time of one call.
TIMEOUT_SECONDS = 10.0
CALLS_AT_ONCE = 4
MOST_AT_ONCE = 50
GONE = frozenset({404, 410})
#: What passes by itself, apart from a service's own trouble (5xx).
LATER = frozenset({408, 425, 429})
#: Who sends is not believed: a wrong clock, or an address to ask at that the service does not take.
UNVOUCHED = frozenset({401, 403})
#: The codes of what was put off because the push service named a time, and of what it did not take from us.
TOLD_TO_WAIT, NOT_VOUCHED = "push_wait", "push_not_vouched"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Telling:
    """What is told to whom: ``told`` is empty for a test."""

    language: str
    zone: str
    told: Sequence[Told]


@dataclass(frozen=True, slots=True)
class Notification:
    """A push in words. ``url`` is the path of the page that a click opens."""

    title: str
    body: str
    url: str


Teller: TypeAlias = Callable[[Telling], Notification]


def send_due(platform: Platform) -> int:
    """Hand over what is due, several at once, so that one silent service holds nobody up. Returns how many were
    taken."""
    now = platform.clock.now()
    with platform.database.read() as session:
        open_states = (OutboxState.WAITING, OutboxState.SENDING)
        due = PushMessage.state.in_(open_states), PushMessage.due_at <= now, _may_be_asked(now)
        query = select(PushMessage.id).where(*due)
        waiting = len(session.scalars(query.limit(CALLS_AT_ONCE)).all())
    if not waiting:
        return 0
    teller = platform.telling()
    return sum(side_by_side(lambda _: _send_some(platform, teller), range(waiting), at_once=waiting, name="push"))


def _send_some(platform: Platform, teller: Teller) -> int:
    taken = 0
    for _ in range(MOST_AT_ONCE):
        allowed = _may_be_asked(platform.clock.now())
        work = None if platform.stopping.is_set() else outbox.claim(platform, PushMessage, allowed)
        if work is None:
            break
        try:
            taken += _send(platform, teller, work)
        except Exception:  # noqa: BLE001 - one push that cannot be written must not hold up the others
            _log.exception("Push %s could not be written", work.id)
            outbox.put_off(platform, work, error_code="internal_error", error=None)
    return taken


def _may_be_asked(now: datetime) -> ColumnElement[bool]:
    """SQL: the push service of this device named no time that is still to come. What is new waits for it too."""
    other = aliased(PushMessage)
    waits = other.state == OutboxState.WAITING, other.error_code == TOLD_TO_WAIT, other.due_at > now
    return ~exists().where(other.subscription_id == PushMessage.subscription_id, *waits)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A push with all that it takes to send it."""

    subscription_id: int
    sealed_device: str
    identity: PushIdentity
    telling: Telling
    key: str
    pressing: bool
    expires_at: datetime


def _send(platform: Platform, teller: Teller, work: outbox.Claim) -> bool:
    now = platform.clock.now()
    ready = _prepare(platform, work)
    if ready is None or ready.expires_at <= now:
        outbox.finish(platform, work, OutboxState.NEEDLESS)
        return False
    try:
        answer = _post(platform, ready, teller(ready.telling), now)
    except (OutgoingError, VaultError) as error:
        code = "push_away" if isinstance(error, OutgoingError) else "push_unreadable"
        _put_off(platform, work, ready, code, str(error))
        return False
    return _settle(platform, work, ready, answer)


def _settle(platform: Platform, work: outbox.Claim, ready: _Ready, answer: Answered) -> bool:
    """What an answer means (RFC 8030, 5 and 7.3; RFC 8292, 4.2)."""
    now, status, device = platform.clock.now(), answer.status, ready.subscription_id
    if 200 <= status < 300:
        outbox.finish(platform, work, OutboxState.SENT)
        _note(platform, device, last_success_at=now, failures=0)
        return True
    if status in GONE:
        with platform.database.write() as session:
            session.execute(delete(PushSubscription).where(PushSubscription.id == device))
        _log.info("Device %s is gone: its push service knows it no more", device)
    elif status >= 500 or status in LATER:
        asked = answer.wait(now)
        _put_off(platform, work, ready, TOLD_TO_WAIT if asked else "push_status", str(status), asked)
    else:
        code = NOT_VOUCHED if status in UNVOUCHED else "push_status"
        outbox.finish(platform, work, OutboxState.GIVEN_UP, error_code=code, error=str(status))
        _note(platform, device, failures=PushSubscription.failures + 1)
        why = "does not accept who sends (see “sendeplan doctor”)" if code == NOT_VOUCHED else "refused it"
        _log.error("Push %s for device %s is given up: the push service %s: %s", work.id, device, why, status)
    return False


def _prepare(platform: Platform, work: outbox.Claim) -> _Ready | None:
    """None where there is nothing to tell any more, or nobody to tell it."""
    with platform.database.read() as session:
        query = select(PushMessage).where(PushMessage.id == work.id).options(joinedload(PushMessage.subscription))
        message, identity = session.scalars(query).one_or_none(), session.get(PushIdentity, 1)
        if message is None or identity is None:
            return None
        user = session.get_one(User, message.subscription.user_id)
        workspace = session.get_one(Workspace, message.workspace_id)
        found = told(session, message.notices)
        if not user.active or (message.notices and not found):
            return None
        return _Ready(
            subscription_id=message.subscription_id,
            sealed_device=message.subscription.sealed,
            identity=identity,
            telling=Telling(user.language or workspace.language, workspace.zone, found),
            key=message.key,
            pressing=not found or any(one.notice.kind in PRESSING for one in found),
            expires_at=message.expires_at,
        )


def _post(platform: Platform, ready: _Ready, words: Notification, now: datetime) -> Answered:
    device = Device(**platform.vault.open(ready.sealed_device))
    private_key = platform.vault.open(ready.identity.private_key)["private_key"]
    content = {"title": words.title, "body": words.body, "url": words.url, "tag": ready.key}
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "TTL": str(int((ready.expires_at - now).total_seconds())),
        "Urgency": "high" if ready.pressing else "normal",
        # A second copy takes the place of the first (RFC 8030, 5.4).
        "Topic": ready.key,
        "Authorization": webpush.authorization(
            device.endpoint, ready.identity.public_key, private_key, _subject(platform), now
        ),
    }
    body = webpush.encrypt(device, json.dumps(content, ensure_ascii=False).encode())
    private = platform.settings.push_private_addresses
    return outgoing.post(device.endpoint, body, headers, seconds=TIMEOUT_SECONDS, private=private)


def _subject(platform: Platform) -> str:
    """Where a push service may ask: the sender of mails, else the address of this installation."""
    settings = platform.settings
    if settings.mail_from:
        return f"mailto:{mailserver.read_addresses(settings.mail_from)[0]}"
    public = settings.public_url or ""
    return public if public.startswith("https://") else "mailto:sendeplan@localhost.localdomain"


def _put_off(
    platform: Platform, work: outbox.Claim, ready: _Ready, code: str, said: str, asked: timedelta = timedelta()
) -> None:
    outbox.put_off(platform, work, asked, error_code=code, error=said[:500])
    _note(platform, ready.subscription_id, failures=PushSubscription.failures + 1)
    _log.warning("Push %s was not taken for device %s: %s", work.id, ready.subscription_id, said)


def _note(platform: Platform, subscription_id: int, **values: object) -> None:
    with platform.database.write() as session:
        statement = update(PushSubscription).where(PushSubscription.id == subscription_id).values(**values)
        session.execute(statement, execution_options={"synchronize_session": False})
