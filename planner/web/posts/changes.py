"""What is done to a whole post: moved, taken out of the plan, copied, deleted and brought back, approved, sent back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from planner.domain.roles import Permission
from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery
from planner.services import approvals, posts, queue
from planner.services.errors import Conflict, FieldError, Invalid
from planner.services.posts import When, content_of, live_channels
from planner.services.posts.placing import MOVABLE
from planner.web import answers, context
from planner.web.access import requires
from planner.web.auth import safe_target
from planner.web.formats import iso
from planner.web.notify import say
from planner.web.posts import form, presets, wording
from planner.web.posts.blueprint import blueprint


@blueprint.get("/posts/<int:post_id>/times")
@requires(Permission.EDIT)
def choose_time(post_id: int) -> str:
    """“Move to …”: a date and time, or the next free slot. As a page, or inside the shared dialog."""
    shown = posts.view(context.reading(), context.member().workspace_id, post_id)
    movable = _chosen(shown.deliveries)
    if not movable:
        raise Conflict("nothing_to_move")
    inside = bool(request.headers.get("HX-Request") or request.args.get("inside"))
    return render_template(
        "posts/_move.html" if inside else "posts/move.html",
        post=shown.post,
        deliveries=movable,
        wall=presets.common_time(shown) or presets.usual_wall(),
        slots={d.id: _next_slot(d.channel, shown.post.category_id) for d in movable},
        back=request.args.get("back", ""),
    )


@blueprint.post("/posts/<int:post_id>/times")
@requires(Permission.EDIT)
def move(post_id: int) -> ResponseReturnValue:
    """Give the chosen deliveries a time (``publish_at`` on the workspace's clock, or ``at`` as RFC 3339), the next
    free slot (``queue``) or none at all (``none``)."""
    shown = posts.view(context.reading(), context.member().workspace_id, post_id)
    movable = _chosen(shown.deliveries)
    if not movable:
        raise Conflict("nothing_to_move")
    when = _when()
    undo = url_for("posts.move_back", post_id=post_id, to=stands(movable))
    with context.platform().database.write() as session:
        moved = _move(session, [d.id for d in movable], when)
    context.platform().wake()
    return _answer(wording.moved(moved), undo, post_id)


@blueprint.post("/posts/<int:post_id>/times/undo")
@requires(Permission.EDIT)
def move_back(post_id: int) -> ResponseReturnValue:
    """Undo a move: ``to`` says for each delivery where it stood."""
    with context.platform().database.write() as session:
        moved = put_back(session, request.values.get("to", ""))
    context.platform().wake()
    return _answer(wording.moved(moved), None, post_id)


@blueprint.post("/posts/<int:post_id>/copies")
@requires(Permission.EDIT)
def copy(post_id: int) -> ResponseReturnValue:
    """A new draft with the same content."""
    shown = posts.view(context.reading(), context.member().workspace_id, post_id)
    content = content_of(shown.post, live_channels(shown.deliveries))
    with context.platform().database.write() as session:
        made = posts.create(
            session,
            context.actor(),
            content,
            now=context.now(),
            folder=context.platform().settings.media_folder,
            submission=uuid.uuid4().hex,
        )
    say(_("This is the copy. Change what is to be different."))
    return redirect(url_for("posts.edit", post_id=made.id), 303)


@blueprint.post("/posts/<int:post_id>/deletion")
@requires(Permission.EDIT)
def delete(post_id: int) -> ResponseReturnValue:
    """Delete, with an undo."""
    with context.platform().database.write() as session:
        posts.delete(session, context.actor(), post_id, now=context.now())
    context.platform().wake()
    return _answer(_("Deleted."), url_for("posts.restore", post_id=post_id), None)


@blueprint.post("/posts/<int:post_id>/restoration")
@requires(Permission.EDIT)
def restore(post_id: int) -> ResponseReturnValue:
    """Undo a deletion."""
    with context.platform().database.write() as session:
        posts.restore(session, context.actor(), post_id, now=context.now())
    context.platform().wake()
    return _answer(_("The post is back."), None, post_id)


@blueprint.post("/posts/<int:post_id>/approval-request")
@requires(Permission.EDIT)
def ask(post_id: int) -> ResponseReturnValue:
    """Ask the leads."""
    with context.platform().database.write() as session:
        approvals.ask(session, context.actor(), post_id, now=context.now())
    return _answer(_("Submitted for approval."), None, post_id)


@blueprint.post("/posts/<int:post_id>/approval")
@requires(Permission.APPROVE)
def approve(post_id: int) -> ResponseReturnValue:
    """Say yes to the version that was shown."""
    version = request.form.get("version", "")
    with context.platform().database.write() as session:
        approvals.approve(
            session,
            context.actor(),
            post_id,
            now=context.now(),
            version=int(version) if version.isdecimal() else None,
        )
    context.platform().wake()
    return _answer(_("Approved."), None, post_id)


@blueprint.post("/posts/<int:post_id>/approval/withdrawal")
@requires(Permission.APPROVE)
def send_back(post_id: int) -> ResponseReturnValue:
    """Say no, or take a yes back, with a note to the author."""
    note = request.form.get("note", "").strip()[:2000]
    with context.platform().database.write() as session:
        approvals.withdraw(session, context.actor(), post_id, now=context.now(), note=note)
    context.platform().wake()
    return _answer(_("Sent back to the author."), None, post_id)


def stands(deliveries: Sequence[Delivery]) -> str:
    """Where deliveries of a post stand, for :func:`put_back`."""
    return ";".join(f"{d.id}~{_stand(d)}" for d in deliveries)


def put_back(session: Session, stood: str) -> list[Delivery]:
    """Move deliveries to where :func:`stands` says they stood. Raises Conflict ``nothing_to_move``."""
    groups: dict[str, list[int]] = {}
    for part in stood.split(";"):
        delivery_id, _sign, stand = part.partition("~")
        if delivery_id.isdecimal():
            groups.setdefault(stand, []).append(int(delivery_id))
    moved = [d for stand, ids in groups.items() for d in _move(session, ids, _stood(stand))]
    if not moved:
        raise Conflict("nothing_to_move")
    return moved


def _answer(text: str, undo: str | None, post_id: int | None) -> ResponseReturnValue:
    """To our JavaScript what happened; to a browser the page it came from, with the message on it."""
    if answers.wants_json():
        return {"message": text, "undo": undo}
    say(text, undo=undo)
    given = request.values.get("back", "")
    home = url_for("posts.show", post_id=post_id) if post_id else url_for("calendar.index")
    return redirect(safe_target(given) if given else home, 303)


def _chosen(deliveries: Sequence[Delivery]) -> list[Delivery]:
    """Those that ``deliveries`` names (the service refuses what cannot move), else all that can be moved."""
    named = {int(i) for i in request.values.get("deliveries", "").split(",") if i.isdecimal()}
    live = [d for d in deliveries if d.state is not DeliveryState.CANCELLED]
    return [d for d in live if d.id in named] if named else [d for d in live if d.state in MOVABLE]


def _when() -> When:
    if request.values.get("queue"):
        return When(queue=True)
    if request.values.get("none"):
        return When()
    at, wall = request.values.get("at", ""), request.values.get("publish_at", "")
    if at:
        return When(at=_moment(at))
    if not wall:
        raise Invalid(FieldError("publish_at", "time_missing"))
    typed = form.read_wall(wall)
    if typed is None:
        raise Invalid(FieldError("publish_at", "time_unreadable"))
    return When(wall=typed)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Invalid(FieldError("publish_at", "time_unreadable"))
    return moment


def _move(session: Session, ids: Sequence[int], when: When) -> list[Delivery]:
    platform = context.platform()
    return posts.move(session, context.actor(), ids, when, now=context.now(), folder=platform.settings.media_folder)


def _stand(delivery: Delivery) -> str:
    if delivery.queued:
        return "queue"
    return iso(delivery.publish_at) if delivery.publish_at else "none"


def _stood(stand: str) -> When:
    return When(queue=True) if stand == "queue" else When() if stand == "none" else When(at=_moment(stand))


def _next_slot(channel: Channel, category_id: int | None) -> datetime | None:
    slot = queue.next_free_slot(context.reading(), channel, now=context.now(), category_id=category_id)
    return slot.publish_at if slot else None
