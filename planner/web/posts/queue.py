"""The queue: what goes out next on each channel, and its order."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required

from planner.domain.roles import Permission
from planner.models import Channel
from planner.services import channels, queue
from planner.services.errors import Conflict
from planner.services.publishing.status import Holds
from planner.web import answers, context
from planner.web.access import requires
from planner.web.formats import iso, moment
from planner.web.messages import explain
from planner.web.notify import say
from planner.web.posts.blueprint import blueprint
from planner.web.posts.holding import holds_of
from planner.web.posts.wording import first_words


@blueprint.get("/queue")
@login_required
def queues() -> str:
    """Each channel's queue in its order."""
    session, workspace_id = context.reading(), context.member().workspace_id
    holds = Holds.read(session, workspace_id, context.now())
    shown = [_queue(channel, holds) for channel in channels.all_of(session, workspace_id)]
    return render_template("posts/queue.html", queues=shown)


@blueprint.post("/queue/<int:channel_id>/order")
@requires(Permission.EDIT)
def reorder(channel_id: int) -> ResponseReturnValue:
    """A new order: ``order`` holds all delivery ids, or ``up``/``down`` names the one to move by one place."""
    wanted = _wanted_order(channel_id)
    try:
        with context.platform().database.write() as session:
            queue.reorder(session, context.actor(), channel_id, wanted, now=context.now())
    except Conflict as error:
        if answers.wants_json():
            raise
        say(explain(error), kind="warning")
        return redirect(url_for("posts.queues"), 303)
    context.platform().wake()
    if answers.wants_json():
        channel = channels.get(context.reread(), context.member().workspace_id, channel_id)
        return {"message": _("New order saved."), "times": _times(channel)}
    say(_("New order saved."))
    return redirect(url_for("posts.queues") + f"#channel-{channel_id}", 303)


def _queue(channel: Channel, holds: Holds) -> dict[str, Any]:
    session, now = context.reading(), context.now()
    waiting = queue.queue_of(session, channel.id, now=now)
    next_slot = queue.next_free_slot(session, channel, now=now)
    return {
        "channel": channel,
        "health": channels.health(channel, now),
        "holds": holds_of(holds, waiting),
        "items": [(d, first_words(d.post.text, 110) or _("(no text yet)")) for d in waiting],
        "next": next_slot.publish_at if next_slot else None,
    }


def _wanted_order(channel_id: int) -> list[int]:
    ids = [int(i) for i in request.form.get("order", "").split(",") if i.isdecimal() and len(i) < 19]
    if ids:
        return ids
    channels.get(context.reading(), context.member().workspace_id, channel_id)
    ids = [d.id for d in queue.queue_of(context.reading(), channel_id, now=context.now())]
    for name, step in (("up", -1), ("down", 1)):
        given = request.form.get(name, "")
        if given.isdecimal() and int(given) in ids:
            at = ids.index(int(given))
            ids.insert(max(0, at + step), ids.pop(at))
    return ids


def _times(channel: Channel) -> list[dict[str, str]]:
    waiting = queue.queue_of(context.reading(), channel.id, now=context.now())
    return [{"id": str(d.id), "at": iso(d.publish_at), "text": moment(d.publish_at)} for d in waiting if d.publish_at]
