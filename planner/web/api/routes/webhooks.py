"""Webhooks: addresses that are called when something happens. All of it is an admin's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from planner import models
from planner.domain.roles import Permission
from planner.services import webhooks
from planner.services.webhooks import WebhookInput
from planner.web.api.operations import Call, Router
from planner.web.api.shapes.common import Page, PageQuery, given
from planner.web.api.shapes.webhooks import (
    Webhook,
    WebhookCall,
    WebhookCreate,
    WebhookMade,
    WebhookPatch,
    WebhookSecret,
)

router = Router("webhooks")


@router.get("/webhooks", permission=Permission.MANAGE)
def list_webhooks(call: Call, query: PageQuery) -> Page[Webhook]:
    """The webhooks of the workspace, oldest first."""
    found = [w for w in webhooks.all_of(call.session, call.actor) if w.id > int(query.cursor or 0)]
    shown = found[: query.limit]
    return Page[Webhook](items=[_shape(w) for w in shown], next=str(shown[-1].id) if len(found) > query.limit else None)


@router.post("/webhooks", Permission.MANAGE)
def create_webhook(call: Call, body: WebhookCreate) -> WebhookMade:
    """Add a webhook. The answer holds its secret, this once."""
    wanted = WebhookInput(body.url, tuple(body.events), body.description, body.active)
    made, secret = webhooks.create(call.session, call.actor, call.platform, wanted, now=call.now)
    return WebhookMade(**_shape(made).model_dump(), secret=secret)


@router.get("/webhooks/{webhook_id}", permission=Permission.MANAGE)
def get_webhook(call: Call, webhook_id: int) -> Webhook:
    """One webhook."""
    return _shape(webhooks.get(call.session, call.actor, webhook_id))


@router.patch("/webhooks/{webhook_id}", Permission.MANAGE)
def change_webhook(call: Call, webhook_id: int, body: WebhookPatch) -> Webhook:
    """Change a webhook. What is not named, or null, stays."""
    found = webhooks.get(call.session, call.actor, webhook_id)
    before = WebhookInput(found.url, tuple(found.events), found.description, found.active)
    named: dict[str, Any] = {name: value for name, value in given(body).items() if value is not None}
    if body.events is not None:
        named["events"] = tuple(body.events)
    wanted = replace(before, **named)
    return _shape(webhooks.change(call.session, call.actor, call.platform, webhook_id, wanted, now=call.now))


@router.delete("/webhooks/{webhook_id}", Permission.MANAGE)
def delete_webhook(call: Call, webhook_id: int) -> None:
    """Take a webhook away, with what waits for it."""
    webhooks.delete(call.session, call.actor, webhook_id, now=call.now)


@router.put("/webhooks/{webhook_id}/secret", Permission.MANAGE)
def renew_webhook_secret(call: Call, webhook_id: int) -> WebhookSecret:
    """Make a new secret. For a day calls carry two signatures, the second by the former secret."""
    secret = webhooks.renew_secret(call.session, call.actor, call.platform, webhook_id, now=call.now)
    return WebhookSecret(
        secret=secret, former_until=webhooks.get(call.session, call.actor, webhook_id).former_until or call.now
    )


@router.post("/webhooks/{webhook_id}/test", Permission.MANAGE, status=204)
def test_webhook(call: Call, webhook_id: int) -> None:
    """Call it once with the event webhook.test. What came of it stands among the calls soon."""
    webhooks.send_test(call.session, call.actor, webhook_id, now=call.now)


@router.get("/webhooks/{webhook_id}/calls", permission=Permission.MANAGE)
def list_webhook_calls(call: Call, webhook_id: int, query: PageQuery) -> Page[WebhookCall]:
    """The calls of the last month, newest first."""
    found = webhooks.get(call.session, call.actor, webhook_id)
    wanted = select(models.WebhookCall).where(models.WebhookCall.webhook_id == found.id)
    if query.cursor:
        wanted = wanted.where(models.WebhookCall.id < int(query.cursor))
    rows = call.session.scalars(wanted.order_by(models.WebhookCall.id.desc()).limit(query.limit + 1)).all()
    shown = rows[: query.limit]
    return Page[WebhookCall](
        items=[_call(row) for row in shown], next=str(shown[-1].id) if len(rows) > query.limit else None
    )


def _shape(found: models.Webhook) -> Webhook:
    return Webhook(
        id=str(found.id),
        url=found.url,
        events=found.events,  # type: ignore[arg-type]  # the service stores none but these
        description=found.description,
        active=found.active,
        former_until=found.former_until,
        created_at=found.created_at,
    )


def _call(found: models.WebhookCall) -> WebhookCall:
    return WebhookCall(
        id=str(found.id),
        key=found.key,
        event=found.event,
        state=found.state,
        attempts=found.attempts,
        status=found.status,
        error=found.error_code,
        created_at=found.created_at,
        due_at=found.due_at,
        finished_at=found.finished_at,
    )
