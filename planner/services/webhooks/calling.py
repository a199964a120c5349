"""Calling what waits. Webhooks do not wait for each other: each has a thread of its own while something is due."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from planner import __version__
from planner.domain.outbox import OutboxState
from planner.models import Webhook, WebhookCall
from planner.security import outgoing, signing
from planner.security.outgoing import Answered, OutgoingError
from planner.security.vault import VaultError
from planner.services import outbox
from planner.services.side_by_side import side_by_side

if TYPE_CHECKING:
    from planner.bootstrap import Platform

#: The total time of one call.
TIMEOUT_SECONDS = 10.0
HOOKS_AT_ONCE = 4
MOST_AT_ONCE = 50

_log = logging.getLogger(__name__)


def send_due(platform: Platform, *conditions: ColumnElement[bool]) -> int:
    """Make the calls that are due; ``conditions`` narrow which. Returns how many were accepted."""
    now = platform.clock.now()
    with platform.database.read() as session:
        open_states = (OutboxState.WAITING, OutboxState.SENDING)
        query = select(WebhookCall.webhook_id).distinct()
        due = query.where(WebhookCall.state.in_(open_states), WebhookCall.due_at <= now, *conditions)
        hooks = session.scalars(due).all()
    return sum(
        side_by_side(lambda hook: _call_hook(platform, hook, conditions), hooks, at_once=HOOKS_AT_ONCE, name="webhook")
    )


def _call_hook(platform: Platform, webhook_id: int, conditions: tuple[ColumnElement[bool], ...]) -> int:
    """All that is due for one webhook, until it fails."""
    accepted = 0
    for _ in range(MOST_AT_ONCE):
        if platform.stopping.is_set():
            break
        work = outbox.claim(platform, WebhookCall, WebhookCall.webhook_id == webhook_id, *conditions)
        if work is None or not _call(platform, work):
            break
        accepted += 1
    return accepted


def _call(platform: Platform, work: outbox.Claim) -> bool:
    with platform.database.read() as session:
        query = select(WebhookCall).where(WebhookCall.id == work.id).options(joinedload(WebhookCall.webhook))
        call = session.scalars(query).one_or_none()
    if call is None:  # its webhook was deleted at this moment
        return True
    try:
        answer = _post(platform, call)
    except (OutgoingError, VaultError) as error:
        code = error.code if isinstance(error, OutgoingError) else "webhook_secret_unreadable"
        said = error.said if isinstance(error, OutgoingError) else ""
        outbox.put_off(platform, work, status=None, error_code=code, error=said or None)
        _log.warning("Webhook %s did not take %s: %s", call.webhook_id, call.key, error)
        return False
    status = answer.status
    if 200 <= status < 300:
        outbox.finish(platform, work, OutboxState.SENT, status=status)
        return True
    code = "webhook_redirects" if 300 <= status < 400 else "webhook_status"
    asked = answer.wait(platform.clock.now())
    outbox.put_off(platform, work, asked, status=status, error_code=code, error=None)
    _log.warning("Webhook %s answered %s to %s", call.webhook_id, status, call.key)
    return False


def _post(platform: Platform, call: WebhookCall) -> Answered:
    body, now = call.body.encode(), platform.clock.now()
    timestamp = int(now.timestamp())
    secrets = [platform.vault.open(sealed)["secret"] for sealed in _signing(call.webhook, now)]
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"Sendeplan/{__version__}",
        "webhook-id": call.key,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signing.sign(secret, call.key, timestamp, body) for secret in secrets),
    }
    private = platform.settings.webhook_private_addresses
    return outgoing.post(call.webhook.url, body, headers, seconds=TIMEOUT_SECONDS, private=private)


def _signing(webhook: Webhook, now: datetime) -> list[str]:
    """The sealed secrets that sign, the present one first."""
    former = webhook.former_secret if webhook.former_until is not None and webhook.former_until > now else None
    return [webhook.secret, *([former] if former else [])]
