"""What a person decides about a delivery that is stuck."""

from __future__ import annotations

from collections.abc import Callable

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from planner.domain.roles import Permission
from planner.models import Delivery
from planner.services import posts
from planner.services.errors import Conflict, FieldError, Invalid
from planner.services.publishing import decide
from planner.web import context
from planner.web.access import requires
from planner.web.auth import safe_target
from planner.web.messages import explain
from planner.web.notify import say
from planner.web.posts import page, wording
from planner.web.posts.blueprint import blueprint


@blueprint.post("/deliveries/<int:delivery_id>/resolution")
@requires(Permission.EDIT)
def resolve(delivery_id: int) -> ResponseReturnValue:
    """“It is live” (``live=yes``, with its address), or “it is not” (``live=no``: sent again)."""
    if request.form.get("live") == "yes":
        url = request.form.get("url", "").strip()
        return _decide(delivery_id, lambda session: _is_live(session, delivery_id, url), _("Noted: it is live."))
    return _decide(
        delivery_id,
        lambda session: decide.is_not_live(session, context.actor(), delivery_id, now=context.now()),
        _("It goes out again."),
    )


@blueprint.post("/deliveries/<int:delivery_id>/retry")
@requires(Permission.EDIT)
def retry(delivery_id: int) -> ResponseReturnValue:
    """Send it now, or (``slot``) in the next free slot."""
    if request.form.get("slot"):
        return _decide(
            delivery_id,
            lambda session: decide.send_in_next_slot(session, context.actor(), delivery_id, now=context.now()),
        )
    return _decide(
        delivery_id,
        lambda session: decide.send_now(session, context.actor(), delivery_id, now=context.now()),
        _("It goes out now."),
    )


@blueprint.post("/deliveries/<int:delivery_id>/hand")
@requires(Permission.EDIT)
def hand_over(delivery_id: int) -> ResponseReturnValue:
    """A person publishes it in place of the program, now."""
    folder = context.platform().settings.media_folder
    try:
        with context.platform().database.write() as session:
            decide.hand_over(session, context.actor(), delivery_id, now=context.now(), folder=folder)
    except Conflict as error:
        say(explain(error), kind="error")
        return _to_post(posts.delivery(context.reread(), context.member().workspace_id, delivery_id))
    return redirect(url_for("assisted.show", delivery_id=delivery_id), 303)


@blueprint.post("/deliveries/<int:delivery_id>/cancellation")
@requires(Permission.EDIT)
def drop(delivery_id: int) -> ResponseReturnValue:
    """It is not to go out any more."""
    return _decide(
        delivery_id,
        lambda session: decide.drop(session, context.actor(), delivery_id, now=context.now()),
        _("Dropped: it does not go out on this channel."),
    )


def _is_live(session: Session, delivery_id: int, url: str) -> Delivery:
    if not url:
        raise Invalid(FieldError("url", "link_to_post_missing"))
    return decide.is_live(session, context.actor(), delivery_id, url, now=context.now())


def _decide(delivery_id: int, work: Callable[[Session], Delivery], text: str = "") -> ResponseReturnValue:
    found = posts.delivery(context.reading(), context.member().workspace_id, delivery_id)
    try:
        with context.platform().database.write() as session:
            decided = work(session)
    except Invalid as error:
        return _back_to_form(found, error)
    except Conflict as error:
        say(explain(error), kind="error")
        return _to_post(found)
    context.platform().wake()
    say(text or wording.moved([decided]))
    return _to_post(found)


def _back_to_form(delivery: Delivery, error: Invalid) -> ResponseReturnValue:
    """The post page again, with what was typed and why it was not taken at its field."""
    first = error.errors[0]
    context.reread()
    return page.draw(delivery.post_id, typed={delivery.id: (request.form.get("url", ""), explain(first))}), 422


def _to_post(delivery: Delivery) -> ResponseReturnValue:
    given = request.form.get("back", "")
    return redirect(safe_target(given) if given else url_for("posts.show", post_id=delivery.post_id), 303)
