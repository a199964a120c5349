"""Noting calls in the transaction of what they tell: where nobody listens, this costs one look."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Row, Table, bindparam, insert, select
from sqlalchemy.orm import Session

from planner.domain.outbox import OutboxState
from planner.domain.states import DeliveryState
from planner.models import Alert, Channel, Conversation, Delivery, Message, Webhook, WebhookCall

#: What can be listened to.
EVENTS = (
    "delivery.published",
    "delivery.failed",
    "delivery.needs_person",
    "delivery.missed",
    "delivery.removed",
    "conversation.message",
    "channel.reconnect",
    "alert.raised",
    "alert.cleared",
)
#: What a person sends to try a webhook; it need not be chosen.
TEST = "webhook.test"

#: Where a delivery's new state is told.
OF_DELIVERIES: Mapping[DeliveryState, str] = {
    DeliveryState.PUBLISHED: "delivery.published",
    DeliveryState.FAILED: "delivery.failed",
    DeliveryState.NEEDS_PERSON: "delivery.needs_person",
    DeliveryState.MISSED: "delivery.missed",
}

_CALL = cast("Table", WebhookCall.__table__)
_HOOKS = select(Webhook.id, Webhook.workspace_id, Webhook.events).where(
    Webhook.workspace_id == bindparam("workspace"), Webhook.active
)
_EVERY_HOOK = select(Webhook.id, Webhook.workspace_id, Webhook.events).where(Webhook.active)
_DELIVERY = (
    select(
        Delivery.id,
        Delivery.post_id,
        Delivery.state,
        Delivery.publish_at,
        Delivery.published_at,
        Delivery.remote_id,
        Delivery.remote_url,
        Delivery.error_code,
        Delivery.network_message,
        Channel.id.label("channel_id"),
        Channel.network,
        Channel.name,
    )
    .join(Channel, Channel.id == Delivery.channel_id)
    .where(Delivery.id == bindparam("delivery"))
)


def about_delivery(session: Session, workspace_id: int, delivery_id: int, state: DeliveryState, now: datetime) -> None:
    """A delivery has just come to stand in ``state``."""
    name = OF_DELIVERIES.get(state)
    if name is not None:
        hooks = session.connection().execute(_HOOKS, {"workspace": workspace_id}).all()
        _note(session, hooks, name, now, lambda: _delivery(session, delivery_id))


def about_removed(session: Session, workspace_id: int, delivery_id: int, now: datetime) -> None:
    """A live delivery was taken down, by one of us or at the network itself."""
    hooks = session.connection().execute(_HOOKS, {"workspace": workspace_id}).all()
    _note(session, hooks, "delivery.removed", now, lambda: _delivery(session, delivery_id))


def about_message(session: Session, message: Message, conversation: Conversation, now: datetime) -> None:
    """Somebody said something."""
    hooks = session.connection().execute(_HOOKS, {"workspace": message.workspace_id}).all()
    _note(session, hooks, "conversation.message", now, lambda: _message(message, conversation))


def about_channel(session: Session, channel: Channel, now: datetime) -> None:
    """A channel has just lost its access."""
    hooks = session.connection().execute(_HOOKS, {"workspace": channel.workspace_id}).all()
    data = {"id": str(channel.id), "network": channel.network, "name": channel.name}
    _note(session, hooks, "channel.reconnect", now, lambda: {**data, "reason": channel.reconnect_reason})


def about_alert(session: Session, alert: Alert, now: datetime) -> None:
    """An alert was raised or cleared; one without a workspace is told to all."""
    name = "alert.cleared" if alert.cleared_at else "alert.raised"
    if alert.workspace_id is None:
        hooks = session.connection().execute(_EVERY_HOOK).all()
    else:
        hooks = session.connection().execute(_HOOKS, {"workspace": alert.workspace_id}).all()
    _note(session, hooks, name, now, lambda: _alert(alert))


def note_test(session: Session, webhook: Webhook, now: datetime) -> None:
    """A call that tells nothing but that it arrived."""
    data = {"message": "Sendeplan can reach this address."}
    session.execute(insert(_CALL).values(_row(webhook.id, webhook.workspace_id, TEST, now, data)))


def _note(
    session: Session,
    hooks: Sequence[Row[int, int, list[str]]],
    name: str,
    now: datetime,
    describe: Callable[[], dict[str, Any]],
) -> None:
    listening = [hook for hook in hooks if name in hook.events]
    if listening:
        data = describe()
        rows = [_row(hook.id, hook.workspace_id, name, now, data) for hook in listening]
        session.connection().execute(insert(_CALL), rows)


def _row(webhook_id: int, workspace_id: int, name: str, now: datetime, data: dict[str, Any]) -> dict[str, Any]:
    key = f"msg_{secrets.token_hex(12)}"
    body = {"id": key, "type": name, "timestamp": _moment(now), "workspace": str(workspace_id), "data": data}
    return {
        "webhook_id": webhook_id,
        "key": key,
        "event": name,
        "body": json.dumps(body, ensure_ascii=False),
        "state": OutboxState.WAITING,
        "created_at": now,
        "due_at": now,
        "attempts": 0,
    }


def _delivery(session: Session, delivery_id: int) -> dict[str, Any]:
    """As the API speaks of a delivery."""
    row = session.connection().execute(_DELIVERY, {"delivery": delivery_id}).one()
    error = {"code": row.error_code, "message": row.network_message} if row.error_code else None
    return {
        "id": str(row.id),
        "post": str(row.post_id),
        "channel": {"id": str(row.channel_id), "network": row.network, "name": row.name},
        "status": row.state.value,
        "publish_at": _moment(row.publish_at),
        "published_at": _moment(row.published_at),
        "remote_id": row.remote_id,
        "remote_url": row.remote_url,
        "error": error,
    }


def _message(message: Message, conversation: Conversation) -> dict[str, Any]:
    """As the API speaks of a message."""
    delivery = conversation.delivery_id
    return {
        "id": str(message.id),
        "conversation": str(conversation.id),
        "channel": str(message.channel_id),
        "delivery": None if delivery is None else str(delivery),
        "kind": message.kind,
        "author": message.author,
        "text": message.text,
        "url": message.url,
        "said_at": _moment(message.said_at),
    }


def _alert(alert: Alert) -> dict[str, Any]:
    return {
        "id": str(alert.id),
        "kind": alert.kind.value,
        "raised_at": _moment(alert.raised_at),
        "cleared_at": _moment(alert.cleared_at),
        **alert.data,
    }


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
