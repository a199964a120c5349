"""Missed posts: one screen to decide about all of them, and what became of a decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _, lazy_gettext as _l, ngettext
from flask_login import login_required

from planner.domain.roles import Permission
from planner.models import Channel, Delivery
from planner.services.errors import Conflict, Invalid, Problems
from planner.services.publishing import resolutions
from planner.services.publishing.resolutions import Choice, Resolution
from planner.services.publishing.status import Holds
from planner.web import answers, context, deciding, inputs
from planner.web.access import requires
from planner.web.formats import moment
from planner.web.messages import explain, sentence
from planner.web.notify import say
from planner.web.posts import holding
from planner.web.posts.wording import first_words

blueprint = Blueprint("missed", __name__, url_prefix="/missed")
answers.attach(blueprint)

LATER = "later"
MOST_MINUTES = int(resolutions.LONGEST_SPACING.total_seconds() // 60)
CHOICES = {
    Choice.NOW.value: _l("Send now"),
    Choice.SLOT.value: _l("Next free slot"),
    Choice.DROP.value: _l("Drop"),
    LATER: _l("Decide later"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A missed delivery on the screen: what is chosen for it, what that leads to, and what would hold it."""

    delivery: Delivery
    words: str
    choice: str
    outcome: str
    hold: str
    error: str = ""


@blueprint.get("")
@login_required
def index() -> str:
    """Everything that waits, with a suggestion for each."""
    return _page(_suggested(_waiting()), resolutions.SPACING)


@blueprint.post("/preview")
@requires(Permission.EDIT)
def preview() -> ResponseReturnValue:
    """What the choices would lead to: as JSON to our JavaScript, as the page to a browser. Nothing is decided."""
    waiting, (spacing, problems) = _waiting(), _spacing()
    suggested = _suggested(waiting)  # where "as suggested" goes back to
    chosen = deciding.preset(waiting, deciding.chosen(waiting, CHOICES, suggested), CHOICES, suggested)
    if answers.wants_json():
        problems.raise_any()
        return {"outcomes": _outcomes(waiting, chosen, spacing), "summary": _summary(chosen), "chosen": chosen}
    errors = {e.field: explain(e) for e in problems.errors}
    return _page(chosen, spacing, errors=errors), 422 if errors else 200


@blueprint.post("")
@requires(Permission.EDIT)
def decide() -> ResponseReturnValue:
    """Do what was chosen: all of it, or nothing."""
    waiting, (spacing, problems) = _waiting(), _spacing()
    chosen = {int(key[7:]): value for key, value in request.form.items() if _is_choice(key, value)}
    wanted = [Resolution(one, Choice(value)) for one, value in chosen.items() if value != LATER]
    try:
        problems.raise_any()
        with context.platform().database.write() as session:
            event = resolutions.resolve(session, context.actor(), wanted, spacing, now=context.now())
    except Invalid as error:
        if not waiting:
            say(sentence("cannot_decide"), kind="info")
            return redirect(url_for("missed.index"), 303)
        again = _chosen(waiting)
        return _page(again, spacing, errors=_errors(error, wanted, waiting)), 422
    context.platform().wake()
    return redirect(url_for("missed.decided", event_id=event.id), 303)


@blueprint.get("/decisions/<int:event_id>")
@login_required
def decided(event_id: int) -> str:
    """What became of a decision, and a way back where nothing was sent."""
    session = context.reading()
    event = resolutions.decision(session, context.member().workspace_id, event_id)
    items = {int(item["delivery"]): item for item in event.data["items"]}
    deliveries = resolutions.decided_deliveries(session, event)
    holds = Holds.read(session, event.workspace_id, context.now())
    rows = [
        {
            "delivery": d,
            "words": _words(d),
            "choice": items[d.id]["choice"],
            "hold": holds.reason(d) is not None,
            "back": resolutions.stands_as_decided(d, items[d.id]),
        }
        for d in deliveries
    ]
    return render_template(
        "missed/decided.html",
        event=event,
        rows=rows,
        summary=_summary({i: item["choice"] for i, item in items.items()}),
        can_undo=context.actor().may(Permission.EDIT) and any(row["back"] for row in rows),
        waiting=resolutions.count_waiting(session, event.workspace_id),
    )


@blueprint.post("/decisions/<int:event_id>/undo")
@requires(Permission.EDIT)
def undo(event_id: int) -> ResponseReturnValue:
    """Take it back, as far as nothing was sent."""
    try:
        with context.platform().database.write() as session:
            undone = resolutions.take_back(session, context.actor(), event_id, now=context.now())
    except Conflict as error:
        say(explain(error), kind="warning")
        return redirect(url_for("missed.decided", event_id=event_id), 303)
    context.platform().wake()
    text = ngettext(
        "%(num)s post waits for a decision again.", "%(num)s posts wait for a decision again.", len(undone.missed)
    )
    if undone.left:
        left = ngettext(
            "%(num)s was sent or changed since and stays.",
            "%(num)s were sent or changed since and stay.",
            len(undone.left),
        )
        text = f"{text} {left}"
    say(text)
    return redirect(url_for("missed.index"), 303)


# --- what the page shows ---------------------------------------------------------------------------------------


def _page(chosen: Mapping[int, str], spacing: timedelta, *, errors: Mapping[str, str] | None = None) -> str:
    session, place, errors = context.reading(), context.workspace(), errors or {}
    waiting = _waiting()
    outcomes = _outcomes(waiting, chosen, spacing)
    holds = Holds.read(session, place.id, context.now())
    groups: dict[int, tuple[Channel, list[Row]]] = {}
    for d in waiting:
        hold = holds.would_hold(d)
        row = Row(
            d,
            _words(d),
            chosen[d.id],
            outcomes[str(d.id)],
            holding.sentence(holds, d, hold) if hold else "",
            errors.get(f"choice-{d.id}", ""),
        )
        groups.setdefault(d.channel_id, (d.channel, []))[1].append(row)
    return render_template(
        "missed/index.html",
        groups=list(groups.values()),
        count=resolutions.count_waiting(session, place.id),
        shown=len(waiting),
        choices=CHOICES,
        spacing=int(spacing.total_seconds() // 60),
        typed_spacing=request.form.get("spacing"),
        most_minutes=MOST_MINUTES,
        summary=_summary(chosen),
        errors=errors,
    )


def _waiting() -> list[Delivery]:
    return resolutions.waiting(context.reading(), context.member().workspace_id)


def _suggested(waiting: list[Delivery]) -> dict[int, str]:
    found = resolutions.suggestions(context.reading(), context.workspace(), waiting, now=context.now())
    return {delivery_id: choice.value for delivery_id, choice in found.items()}


def _chosen(waiting: list[Delivery]) -> dict[int, str]:
    return deciding.chosen(waiting, CHOICES, _suggested(waiting))


def _is_choice(key: str, value: str) -> bool:
    return key.startswith("choice-") and key[7:].isdecimal() and len(key) < 26 and value in CHOICES


def _spacing() -> tuple[timedelta, Problems]:
    problems = Problems()
    minutes = inputs.number("spacing", problems, high=MOST_MINUTES)
    return (timedelta(minutes=minutes) if minutes is not None else resolutions.SPACING), problems


def _errors(error: Invalid, wanted: list[Resolution], waiting: list[Delivery]) -> dict[str, str]:
    """Sentences by field of the form; what is no longer on the page stands above it."""
    found: dict[str, str] = {}
    shown = {d.id for d in waiting}
    for one in error.errors:
        parts = one.field.split(".")
        delivery_id = wanted[int(parts[1])].delivery_id if len(parts) > 1 else None
        field = f"choice-{delivery_id}" if delivery_id in shown else "spacing" if "spacing" in one.field else ""
        found.setdefault(field, explain(one))
    return found


def _outcomes(waiting: list[Delivery], chosen: Mapping[int, str], spacing: timedelta) -> dict[str, str]:
    """What each choice leads to, by delivery id."""
    choices = {i: Choice(value) for i, value in chosen.items() if value != LATER}
    now = context.now()
    times = resolutions.times(context.reading(), waiting, choices, spacing, now=now)
    return {str(d.id): _outcome(chosen[d.id], times.get(d.id), now) for d in waiting}


def _outcome(choice: str, at: datetime | None, now: datetime) -> str:
    if choice == LATER:
        return _("stays here")
    if choice == Choice.DROP:
        return _("does not go out")
    if at is None:
        return _("No slot fits: choose something else.")
    if choice == Choice.NOW and at == now:
        return _("goes out at once")
    return _("goes out %(time)s", time=moment(at))


def _summary(chosen: Mapping[int, str]) -> str:
    counts = {key: sum(value == key for value in chosen.values()) for key in CHOICES}
    said = {
        Choice.NOW: ngettext("%(num)s goes out now", "%(num)s go out now", counts[Choice.NOW]),
        Choice.SLOT: ngettext("%(num)s takes a later slot", "%(num)s take later slots", counts[Choice.SLOT]),
        Choice.DROP: ngettext("%(num)s is dropped", "%(num)s are dropped", counts[Choice.DROP]),
        LATER: ngettext("%(num)s is decided later", "%(num)s are decided later", counts[LATER]),
    }
    return ", ".join(text for key, text in said.items() if counts[key])


def _words(delivery: Delivery) -> str:
    return first_words(delivery.post.text, 110) or _("(no text yet)")
