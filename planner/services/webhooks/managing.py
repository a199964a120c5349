"""Addresses that are called: set by an admin, with a secret that is shown once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from planner.domain.outbox import OutboxState
from planner.domain.roles import Permission
from planner.models import Webhook, WebhookCall
from planner.security import outgoing, signing
from planner.services import events as history
from planner.services.actor import Actor
from planner.services.errors import Conflict, NotFound, Problems
from planner.services.webhooks import events

if TYPE_CHECKING:
    from planner.bootstrap import Platform

MOST = 20
DESCRIPTION_LENGTH = 200
LOG = 25
#: How long the former secret signs besides the new one.
FORMER_SIGNS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class WebhookInput:
    """What an admin sets: where to, what about, and whether it is called at all."""

    url: str
    events: tuple[str, ...]
    description: str = ""
    active: bool = True


def create(
    session: Session, actor: Actor, platform: Platform, wanted: WebhookInput, *, now: datetime
) -> tuple[Webhook, str]:
    """Add a webhook. Returns it and its secret, which is never seen again.

    Raises Forbidden, Invalid at ``url``, ``events``, ``description``, Conflict ``webhooks_too_many``.
    """
    actor.require(Permission.MANAGE)
    _check(platform, wanted)
    count = session.scalar(select(func.count(Webhook.id)).where(Webhook.workspace_id == actor.workspace_id)) or 0
    if count >= MOST:
        raise Conflict("webhooks_too_many", limit=MOST)
    secret = signing.new_secret()
    webhook = Webhook(
        workspace_id=actor.workspace_id,
        url=wanted.url.strip(),
        description=wanted.description.strip(),
        secret=platform.vault.seal({"secret": secret}),
        events=_in_order(wanted.events),
        active=wanted.active,
        created_at=now,
    )
    session.add(webhook)
    session.flush()
    history.record(session, actor, now, "webhook", webhook.id, "created", events=webhook.events)
    return webhook, secret


def change(
    session: Session, actor: Actor, platform: Platform, webhook_id: int, wanted: WebhookInput, *, now: datetime
) -> Webhook:
    """Set all of it anew but the secret. Raises as :func:`create`, and NotFound."""
    actor.require(Permission.MANAGE)
    webhook = get(session, actor, webhook_id)
    _check(platform, wanted)
    webhook.url, webhook.description = wanted.url.strip(), wanted.description.strip()
    webhook.events, webhook.active = _in_order(wanted.events), wanted.active
    history.record(session, actor, now, "webhook", webhook.id, "changed", events=webhook.events)
    return webhook


def renew_secret(session: Session, actor: Actor, platform: Platform, webhook_id: int, *, now: datetime) -> str:
    """A new secret; the next call is signed with it, and for a day with the former one too, so that a receiver can
    change over without missing a call. Raises Forbidden, NotFound."""
    webhook = get(session, actor, webhook_id)
    secret = signing.new_secret()
    webhook.former_secret, webhook.former_until = webhook.secret, now + FORMER_SIGNS
    webhook.secret = platform.vault.seal({"secret": secret})
    history.record(session, actor, now, "webhook", webhook.id, "secret_renewed")
    return secret


def delete(session: Session, actor: Actor, webhook_id: int, *, now: datetime) -> None:
    """Take a webhook away, with what waits for it. Raises Forbidden, NotFound."""
    webhook = get(session, actor, webhook_id)
    history.record(session, actor, now, "webhook", webhook.id, "deleted")
    session.delete(webhook)


def get(session: Session, actor: Actor, webhook_id: int) -> Webhook:
    """One of the workspace's webhooks; they are an admin's to see. Raises Forbidden, NotFound."""
    actor.require(Permission.MANAGE)
    query = select(Webhook).where(Webhook.id == webhook_id, Webhook.workspace_id == actor.workspace_id)
    webhook = session.scalar(query)
    if webhook is None:
        raise NotFound("not_found")
    return webhook


def all_of(session: Session, actor: Actor) -> list[Webhook]:
    """The workspace's webhooks, oldest first. Raises Forbidden."""
    actor.require(Permission.MANAGE)
    query = select(Webhook).where(Webhook.workspace_id == actor.workspace_id).order_by(Webhook.id)
    return list(session.scalars(query))


def log_of(session: Session, webhook_id: int) -> list[WebhookCall]:
    """The last calls, newest first."""
    query = select(WebhookCall).where(WebhookCall.webhook_id == webhook_id)
    return list(session.scalars(query.order_by(WebhookCall.id.desc()).limit(LOG)))


def send_test(session: Session, actor: Actor, webhook_id: int, *, now: datetime) -> None:
    """Call it once to see whether it answers. Raises Forbidden, NotFound."""
    events.note_test(session, get(session, actor, webhook_id), now)


def send_again(session: Session, actor: Actor, webhook_id: int, call_id: int, *, now: datetime) -> None:
    """Try a call once more that was given up. Raises Forbidden, NotFound, Conflict ``webhook_call_not_given_up``."""
    webhook = get(session, actor, webhook_id)
    query = select(WebhookCall).where(WebhookCall.id == call_id, WebhookCall.webhook_id == webhook.id)
    call = session.scalar(query.with_for_update())
    if call is None:
        raise NotFound("not_found")
    if call.state is not OutboxState.GIVEN_UP:
        raise Conflict("webhook_call_not_given_up")
    call.state, call.finished_at = OutboxState.WAITING, None
    call.created_at = call.due_at = now  # its day begins anew
    call.attempts = 0


def _check(platform: Platform, wanted: WebhookInput) -> None:
    problems = Problems()
    url_problem = outgoing.problem_of(wanted.url.strip(), private=platform.settings.webhook_private_addresses)
    if url_problem:
        problems.add("url", url_problem)
    if not wanted.events:
        problems.add("events", "webhook_events_missing")
    elif set(wanted.events) - set(events.EVENTS):
        problems.add("events", "webhook_event_unknown", known=", ".join(events.EVENTS))
    if len(wanted.description.strip()) > DESCRIPTION_LENGTH:
        problems.add("description", "too_long", limit=DESCRIPTION_LENGTH)
    problems.raise_any()


def _in_order(chosen: tuple[str, ...]) -> list[str]:
    return [name for name in events.EVENTS if name in chosen]
