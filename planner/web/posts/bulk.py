"""One change to many posts: first how many, then what became of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _, ngettext
from sqlalchemy.orm import Session

from planner.domain.roles import Permission
from planner.domain.states import DeliveryState
from planner.services import approvals, posts
from planner.services.errors import Conflict, Invalid, ServiceError
from planner.services.posts import When
from planner.services.posts.placing import MOVABLE
from planner.web import context
from planner.web.access import requires
from planner.web.auth import safe_target
from planner.web.messages import explain
from planner.web.notify import say
from planner.web.posts import wording
from planner.web.posts.blueprint import blueprint
from planner.web.posts.changes import put_back, stands
from planner.web.posts.wording import first_words

MOST = 200
#: Does the work on one post; returns what became of it, and what it takes to take it back.
Work = Callable[[Session, int], tuple[str, str]]
NEEDS = {"slot": Permission.EDIT, "delete": Permission.EDIT, "approve": Permission.APPROVE}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one post. ``undo`` is what it takes to take it back, "" where nothing was done."""

    post_id: int
    words: str
    done: bool
    text: str
    undo: str = ""


@blueprint.post("/posts/bulk")
@requires(Permission.EDIT)
def bulk() -> ResponseReturnValue:
    """``change`` (``slot``, ``approve``, ``delete``) for the posts ``ids``. Asks first, unless ``confirmed``."""
    change = request.form.get("change", "")
    ids = [int(i) for i in request.form.getlist("ids") if i.isdecimal() and len(i) < 19][:MOST]
    if change not in NEEDS or not ids:
        say(explain(Conflict("nothing_chosen")), kind="warning")
        return redirect(url_for("posts.index"), 303)
    context.actor().require(NEEDS[change])
    words = _words(ids)
    if not request.form.get("confirmed"):
        return render_template("posts/bulk.html", change=change, words=words, question=_question(change, len(words)))
    results = [_apply(change, post_id, text) for post_id, text in words.items()]
    context.platform().wake()
    return render_template("posts/bulk_done.html", change=change, results=results, summary=_summary(results))


@blueprint.post("/posts/bulk/undo")
@requires(Permission.EDIT)
def bulk_undo() -> ResponseReturnValue:
    """Take back a ``change`` to many: ``items`` holds, with commas between, what each result gave as its undo."""
    change = request.values.get("change", "")
    items = [item for item in request.values.get("items", "").split(",") if item][:MOST]
    if change not in NEEDS or not items:
        abort(400)
    context.actor().require(NEEDS[change])
    refused = [why for why in (_take_back(change, item) for item in items) if why]
    context.platform().wake()
    done = len(items) - len(refused)
    if done:
        say(ngettext("Taken back for %(num)d post.", "Taken back for %(num)d posts.", done))
    if refused:
        one = ngettext("%(num)d post stays as it is:", "%(num)d posts stay as they are:", len(refused))
        say(f"{one} {refused[0]}", kind="error")
    return redirect(safe_target(request.values.get("back") or url_for("posts.index")), 303)


def _take_back(change: str, item: str) -> str:
    """Each in its own transaction. Returns why it was refused, "" where it was not."""
    try:
        with context.platform().database.write() as session:
            if change == "slot":
                put_back(session, item)
            else:
                undo = posts.restore if change == "delete" else approvals.take_back
                undo(session, context.actor(), int(item) if item.isdecimal() else 0, now=context.now())
    except ServiceError as error:
        return explain(error.errors[0] if isinstance(error, Invalid) else error)
    return ""


def _words(ids: list[int]) -> dict[int, str]:
    """The posts that are there and their first words; others are left out."""
    session, workspace_id = context.reading(), context.member().workspace_id
    found: dict[int, str] = {}
    for post_id in ids:
        try:
            found[post_id] = first_words(posts.view(session, workspace_id, post_id).post.text) or _("(no text yet)")
        except ServiceError:
            continue
    return found


def _apply(change: str, post_id: int, words: str) -> Result:
    """Each in its own transaction: one that is refused does not stop the others."""
    work: dict[str, Work] = {"slot": _to_next_slot, "approve": _approve, "delete": _delete}
    try:
        with context.platform().database.write() as session:
            text, undo = work[change](session, post_id)
            return Result(post_id, words, True, text, undo)
    except Invalid as error:
        return Result(post_id, words, False, explain(error.errors[0]))
    except ServiceError as error:
        return Result(post_id, words, False, explain(error))


def _to_next_slot(session: Session, post_id: int) -> tuple[str, str]:
    shown = posts.view(session, context.member().workspace_id, post_id)
    movable = [d for d in shown.deliveries if d.state in MOVABLE]
    if not movable:
        raise Conflict("nothing_to_move")
    folder = context.platform().settings.media_folder
    ids, undo = [d.id for d in movable], stands(movable)
    moved = posts.move(session, context.actor(), ids, When(queue=True), now=context.now(), folder=folder)
    return wording.moved(moved), undo


def _approve(session: Session, post_id: int) -> tuple[str, str]:
    post = approvals.approve(session, context.actor(), post_id, now=context.now())
    session.flush()
    deliveries = posts.view(session, post.workspace_id, post.id).deliveries
    waiting = wording.first_time([d for d in deliveries if d.state is DeliveryState.SCHEDULED])
    said = _("Approved: goes out %(time)s.", time=wording.with_zone(waiting)) if waiting else _("Approved.")
    return said, str(post_id)


def _delete(session: Session, post_id: int) -> tuple[str, str]:
    posts.delete(session, context.actor(), post_id, now=context.now())
    return _("Deleted."), str(post_id)


def _question(change: str, count: int) -> str:
    return {
        "slot": ngettext(
            "Move %(num)d post to its next free slot?", "Move %(num)d posts to their next free slots?", count
        ),
        "approve": ngettext("Approve %(num)d post?", "Approve %(num)d posts?", count),
        "delete": ngettext("Delete %(num)d post?", "Delete %(num)d posts?", count),
    }[change]


def _summary(results: list[Result]) -> str:
    done = sum(r.done for r in results)
    if done == len(results):
        return ngettext("Done for %(num)d post.", "Done for all %(num)d posts.", done)
    return _("Done for %(done)s of %(all)s posts.", done=done, all=len(results))
