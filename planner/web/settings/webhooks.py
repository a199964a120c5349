"""Webhooks: addresses, events, the log of each, and the secret that is shown once."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, gettext as _, lazy_gettext as _l

from planner.domain.roles import Permission
from planner.models import Webhook
from planner.services import webhooks
from planner.services.errors import ServiceError
from planner.services.webhooks import EVENTS, WebhookInput
from planner.web import context, inputs
from planner.web.access import requires
from planner.web.messages import explain
from planner.web.notify import say
from planner.web.settings.base import blueprint

LABELS: dict[str, LazyString] = {
    "delivery.published": _l("A post is live on a channel"),
    "delivery.failed": _l("A network refused a post"),
    "delivery.needs_person": _l("A post needs a decision"),
    "delivery.missed": _l("A post missed its time"),
    "delivery.removed": _l("A post was taken down"),
    "conversation.message": _l("Somebody commented or mentioned the account"),
    "channel.reconnect": _l("A channel must be reconnected"),
    "alert.raised": _l("An alert was raised"),
    "alert.cleared": _l("An alert is over"),
    "webhook.test": _l("Test"),
}


@blueprint.get("/webhooks")
@requires(Permission.MANAGE)
def list_webhooks() -> ResponseReturnValue:
    """All webhooks, and the form for a new one."""
    return _list()


@blueprint.post("/webhooks")
@requires(Permission.MANAGE)
def create_webhook() -> ResponseReturnValue:
    """Add one; its secret is shown on this one page and never again."""
    platform = context.platform()
    try:
        with platform.database.write() as session:
            webhook, secret = webhooks.create(session, context.actor(), platform, _wanted(), now=context.now())
    except ServiceError as error:
        return _list(errors=inputs.errors_of(error), typed=_wanted()), 422
    context.reread()
    return _show(webhook, secret=secret)


@blueprint.get("/webhooks/<int:webhook_id>")
@requires(Permission.MANAGE)
def show_webhook(webhook_id: int) -> ResponseReturnValue:
    """One webhook with its last calls."""
    return _show(webhooks.get(context.reading(), context.actor(), webhook_id))


@blueprint.post("/webhooks/<int:webhook_id>")
@requires(Permission.MANAGE)
def change_webhook(webhook_id: int) -> ResponseReturnValue:
    """Set address, events and whether it is called."""
    platform = context.platform()
    try:
        with platform.database.write() as session:
            webhooks.change(session, context.actor(), platform, webhook_id, _wanted(), now=context.now())
    except ServiceError as error:
        webhook = webhooks.get(context.reread(), context.actor(), webhook_id)
        return _show(webhook, errors=inputs.errors_of(error), typed=_wanted()), 422
    say(_("Saved."))
    return redirect(url_for("settings.show_webhook", webhook_id=webhook_id))


@blueprint.post("/webhooks/<int:webhook_id>/secret")
@requires(Permission.MANAGE)
def renew_webhook_secret(webhook_id: int) -> ResponseReturnValue:
    """A new secret, shown on this one page."""
    platform = context.platform()
    with platform.database.write() as session:
        secret = webhooks.renew_secret(session, context.actor(), platform, webhook_id, now=context.now())
    return _show(webhooks.get(context.reread(), context.actor(), webhook_id), secret=secret)


@blueprint.post("/webhooks/<int:webhook_id>/test")
@requires(Permission.MANAGE)
def test_webhook(webhook_id: int) -> ResponseReturnValue:
    """Call it once; the log shows what came of it."""
    with context.platform().database.write() as session:
        webhooks.send_test(session, context.actor(), webhook_id, now=context.now())
    say(_("A test call is on its way. In a few seconds the list shows what came of it; reload the page then."))
    return redirect(url_for("settings.show_webhook", webhook_id=webhook_id))


@blueprint.post("/webhooks/<int:webhook_id>/calls/<int:call_id>/retry")
@requires(Permission.MANAGE)
def retry_webhook_call(webhook_id: int, call_id: int) -> ResponseReturnValue:
    """Try a call again that was given up."""
    try:
        with context.platform().database.write() as session:
            webhooks.send_again(session, context.actor(), webhook_id, call_id, now=context.now())
    except ServiceError as error:
        say(explain(error), kind="error")
    else:
        say(_("The call is sent again."))
    return redirect(url_for("settings.show_webhook", webhook_id=webhook_id))


@blueprint.post("/webhooks/<int:webhook_id>/deletion")
@requires(Permission.MANAGE)
def delete_webhook(webhook_id: int) -> ResponseReturnValue:
    """Take it away."""
    with context.platform().database.write() as session:
        webhooks.delete(session, context.actor(), webhook_id, now=context.now())
    say(_("The webhook is deleted."))
    return redirect(url_for("settings.list_webhooks"))


def _wanted() -> WebhookInput:
    return WebhookInput(
        url=inputs.text("url"),
        events=tuple(request.form.getlist("events")),
        description=inputs.text("description"),
        active="inactive" not in request.form,
    )


def _list(*, errors: dict[str, str] | None = None, typed: WebhookInput | None = None) -> str:
    return render_template(
        "settings/webhooks.html",
        webhooks=webhooks.all_of(context.reading(), context.actor()),
        values=typed or WebhookInput("", EVENTS),
        labels=LABELS,
        events=EVENTS,
        errors=errors or {},
    )


def _show(webhook: Webhook, *, secret: str = "", **form: Any) -> str:
    stored = WebhookInput(webhook.url, tuple(webhook.events), webhook.description, webhook.active)
    return render_template(
        "settings/webhook.html",
        webhook=webhook,
        host=urlsplit(webhook.url).hostname,
        former_until=webhook.former_until if webhook.former_until and webhook.former_until > context.now() else None,
        calls=webhooks.log_of(context.reading(), webhook.id),
        secret=secret,
        values=form.get("typed") or stored,
        labels=LABELS,
        events=EVENTS,
        errors=form.get("errors") or {},
    )
