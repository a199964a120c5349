"""Channels that people publish on: made in one step, and any channel switched to hand and back."""

from __future__ import annotations

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from planner.domain.roles import Permission
from planner.services import channels
from planner.services.errors import Conflict, Invalid
from planner.web import context, inputs
from planner.web.access import requires
from planner.web.channels.base import blueprint
from planner.web.channels.connecting import show_form
from planner.web.messages import explain
from planner.web.notify import say


@blueprint.post("/by-hand")
@requires(Permission.MANAGE)
def create_by_hand() -> ResponseReturnValue:
    """A channel without a connection: a name, and where the account is found."""
    network = next((n for n in channels.networks() if n.key == inputs.text("network")), None) or abort(404)
    try:
        with context.platform().database.write() as session:
            channel = channels.connect(
                session,
                context.actor(),
                context.platform().vault,
                network.key,
                {},
                name=inputs.text("name"),
                now=context.now(),
                by_hand=bool(network.credential_fields),
                profile_url=inputs.text("profile_url"),
            )
            channel_id = channel.id
    except (Invalid, Conflict) as error:
        return show_form(network, None, inputs.errors_of(error)), 422
    say(_("Ready. At the time of a post, its owner is told to publish it."))
    return redirect(url_for("channels.edit_slots", channel_id=channel_id))


@blueprint.post("/<int:channel_id>/hand")
@requires(Permission.MANAGE)
def switch(channel_id: int) -> ResponseReturnValue:
    """From now on people publish here; with ``back`` posts go out by themselves again."""
    back = "back" in request.form
    turn = channels.switch_back if back else channels.switch_to_hand
    try:
        with context.platform().database.write() as session:
            name = turn(session, context.actor(), channel_id, now=context.now()).name
    except Conflict as error:
        say(explain(error), kind="error")
        return redirect(url_for("channels.show", channel_id=channel_id))
    context.platform().wake()
    if back:
        say(
            _(
                "Posts go out on %(channel)s by themselves again. What was handed to people stays with them.",
                channel=name,
            )
        )
    else:
        say(_("%(channel)s is published by hand from now on.", channel=name))
    return redirect(url_for("channels.show", channel_id=channel_id))
