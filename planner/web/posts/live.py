"""What a person does with a post that is out, or with what stands under it: look at it there, change it there, take it
down."""

from __future__ import annotations

from collections.abc import Callable

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from planner.domain.roles import Permission
from planner.services import live, posts
from planner.services.errors import Conflict, Invalid
from planner.web import context
from planner.web.access import requires
from planner.web.messages import explain
from planner.web.notify import say
from planner.web.posts import page, wording
from planner.web.posts.blueprint import blueprint


@blueprint.post("/deliveries/<int:delivery_id>/look")
@requires(Permission.EDIT)
def look(delivery_id: int) -> ResponseReturnValue:
    """See what the network shows."""

    def work() -> str:
        there = live.look(context.platform(), context.actor(), delivery_id)
        return _("This is what the network shows now.") if there else _("The network no longer has it.")

    return _do(delivery_id, work)


@blueprint.post("/deliveries/<int:delivery_id>/remote")
@requires(Permission.EDIT)
def change(delivery_id: int) -> ResponseReturnValue:
    """Give the live post the text that was typed."""
    text = request.form.get("text", "").replace("\r\n", "\n")

    def work() -> str:
        live.edit(context.platform(), context.actor(), delivery_id, text)
        return _("The text was changed at the network.")

    return _do(delivery_id, work, text)


@blueprint.post("/deliveries/<int:delivery_id>/takeover")
@requires(Permission.EDIT)
def take_over(delivery_id: int) -> ResponseReturnValue:
    """The text there becomes ours."""

    def work() -> str:
        live.take_over(context.platform(), context.actor(), delivery_id)
        return _("The text that the network shows is now stored here as well.")

    return _do(delivery_id, work)


@blueprint.post("/deliveries/<int:delivery_id>/takedown")
@requires(Permission.EDIT)
def take_down(delivery_id: int) -> ResponseReturnValue:
    """Take it down at the network."""

    if request.form.get("under") == "too":
        return _do(delivery_id, lambda: _take_all_down(delivery_id))

    def work() -> str:
        live.take_down(context.platform(), context.actor(), delivery_id)
        return _("It was taken down at the network.")

    return _do(delivery_id, work)


def _take_all_down(delivery_id: int) -> str:
    """The result of each is told: what is down in one sentence, each that is not with the reason."""
    done = live.take_down_all(context.platform(), context.actor(), delivery_id)
    for one in done:
        if one.problem is not None:
            part = wording.part(one.step)
            say(_("%(part)s is still live. %(why)s", part=part, why=explain(one.problem)), kind="error")
    down = [wording.part(one.step) for one in done if one.problem is None]
    return _("Taken down at the network: %(parts)s.", parts=", ".join(down)) if down else ""


def _do(delivery_id: int, work: Callable[[], str], text: str | None = None) -> ResponseReturnValue:
    """Ask the network, then show the post's page: with the typed text and why where it was not taken."""
    found = posts.delivery(context.reading(), context.member().workspace_id, delivery_id)
    post_id = found.post_id
    try:
        if told := work():
            say(told)
    except Invalid as error:
        return _again(post_id, delivery_id, text or "", explain(error.errors[0]), 422)
    except Conflict as error:
        if text is not None:
            return _again(post_id, delivery_id, text, explain(error), 409)
        say(explain(error), kind="error")
    return redirect(url_for("posts.show", post_id=post_id) + f"#delivery-{delivery_id}", 303)


def _again(post_id: int, delivery_id: int, text: str, why: str, status: int) -> ResponseReturnValue:
    context.reread()
    return page.draw(post_id, typed_texts={delivery_id: (text, why)}), status
