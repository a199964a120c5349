"""Rehearsed posts on one screen, to plan them for real in one step, with the times beforehand and a way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _, lazy_gettext as _l, ngettext
from flask_login import login_required

from planner.domain.roles import Permission
from planner.models import Channel, Delivery
from planner.services import planning_anew
from planner.services.errors import Conflict, Invalid
from planner.services.planning_anew import Choice
from planner.web import answers, context, deciding
from planner.web.access import requires
from planner.web.formats import moment
from planner.web.messages import explain, sentence
from planner.web.notify import say
from planner.web.posts.wording import first_words

blueprint = Blueprint("planning_anew", __name__, url_prefix="/rehearsal/posts")
answers.attach(blueprint)

LEAVE = "leave"
CHOICES = {
    Choice.SLOT.value: _l("Next free slot"),
    Choice.SAME.value: _l("Same weekday and time"),
    LEAVE: _l("Leave it rehearsed"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A rehearsed delivery, what is chosen for it, and what that leads to."""

    delivery: Delivery
    words: str
    choice: str
    outcome: str


@blueprint.get("")
@login_required
def index() -> str:
    """What was rehearsed and never went out, each with a proposal."""
    return _page(_proposed(_waiting()))


@blueprint.post("/preview")
@requires(Permission.EDIT)
def preview() -> ResponseReturnValue:
    """When each would go out: as JSON to our JavaScript, as the page to a browser. Nothing is planned."""
    waiting = _waiting()
    given = _chosen(waiting)
    chosen = deciding.preset(waiting, given, CHOICES, given)
    if answers.wants_json():
        return {"outcomes": _outcomes(waiting, chosen), "summary": _summary(chosen), "chosen": chosen}
    return _page(chosen)


@blueprint.post("")
@requires(Permission.EDIT)
def plan() -> ResponseReturnValue:
    """Plan what was chosen: all of it, or nothing."""
    waiting = _waiting()
    given = {d.id: request.form.get(f"choice-{d.id}", LEAVE) for d in waiting}
    wanted = {i: Choice(value) for i, value in given.items() if value in CHOICES and value != LEAVE}
    folder = context.platform().settings.media_folder
    try:
        with context.platform().database.write() as session:
            event = planning_anew.plan(session, context.actor(), wanted, now=context.now(), folder=folder)
            count, event_id = len(event.data["posts"]), event.id
    except (Invalid, Conflict) as error:
        context.reread()
        if not waiting:
            say(sentence("cannot_decide"), kind="info")
            return redirect(url_for("planning_anew.index"), 303)
        errors = error.errors if isinstance(error, Invalid) else [error]
        return _page(_chosen(_waiting()), errors=[explain(one) for one in errors]), 422
    context.platform().wake()
    text = ngettext("%(num)s post is planned for real.", "%(num)s posts are planned for real.", count)
    say(text, undo=url_for("planning_anew.undo", event_id=event_id))
    return redirect(url_for("calendar.index"), 303)


@blueprint.post("/decisions/<int:event_id>/undo")
@requires(Permission.EDIT)
def undo(event_id: int) -> ResponseReturnValue:
    """Take it back, as far as nothing was sent."""
    with context.platform().database.write() as session:
        undone = planning_anew.take_back(session, context.actor(), event_id, now=context.now())
    context.platform().wake()
    text = ngettext("%(num)s post is taken back.", "%(num)s posts are taken back.", undone.taken)
    if undone.left:
        left = ngettext("%(num)s was sent since and stays.", "%(num)s were sent since and stay.", undone.left)
        text = f"{text} {left}"
    if answers.wants_json():
        return {"message": text, "undo": None}
    say(text)
    return redirect(url_for("planning_anew.index"), 303)


# --- what the page shows ---------------------------------------------------------------------------------------


def _page(chosen: Mapping[int, str], *, errors: list[str] | None = None) -> str:
    waiting = _waiting()
    outcomes = _outcomes(waiting, chosen)
    groups: dict[int, tuple[Channel, list[Row]]] = {}
    for d in waiting:
        words = first_words(d.post.text, 110) or _("(no text yet)")
        row = Row(d, words, chosen.get(d.id, LEAVE), outcomes[str(d.id)])
        groups.setdefault(d.channel_id, (d.channel, []))[1].append(row)
    return render_template(
        "rehearsal/posts.html",
        groups=list(groups.values()),
        count=planning_anew.count_waiting(context.reading(), context.member().workspace_id, now=context.now()),
        shown=len(waiting),
        choices=CHOICES,
        summary=_summary(chosen),
        errors=errors or [],
    )


def _waiting() -> list[Delivery]:
    return planning_anew.waiting(context.reading(), context.member().workspace_id, now=context.now())


def _proposed(waiting: list[Delivery]) -> dict[int, str]:
    """The next free slot, or the same weekday and time where the channel has no slot for it."""
    slots = _times(waiting, dict.fromkeys((d.id for d in waiting), Choice.SLOT.value))
    return {d.id: (Choice.SLOT if slots.get(d.id) else Choice.SAME).value for d in waiting}


def _chosen(waiting: list[Delivery]) -> dict[int, str]:
    return deciding.chosen(waiting, CHOICES, _proposed(waiting))


def _times(waiting: list[Delivery], chosen: Mapping[int, str]) -> dict[int, datetime | None]:
    choices = {i: Choice(value) for i, value in chosen.items() if value != LEAVE}
    return planning_anew.times(context.reading(), context.workspace().zone, waiting, choices, now=context.now())


def _outcomes(waiting: list[Delivery], chosen: Mapping[int, str]) -> dict[str, str]:
    """What each choice leads to, by delivery id."""
    times = _times(waiting, chosen)
    return {str(d.id): _outcome(chosen.get(d.id, LEAVE), times.get(d.id)) for d in waiting}


def _outcome(choice: str, at: datetime | None) -> str:
    if choice == LEAVE:
        return _("does not go out")
    return _("goes out %(time)s", time=moment(at)) if at else _("No slot fits: choose something else.")


def _summary(chosen: Mapping[int, str]) -> str:
    count = sum(value != LEAVE for value in chosen.values())
    return ngettext(
        "%(num)s publication will be planned for real", "%(num)s publications will be planned for real", count
    )
