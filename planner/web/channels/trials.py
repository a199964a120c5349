"""What a trial sign-in showed, point by point."""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from planner.domain.roles import Permission
from planner.services import connecting
from planner.services.connecting import Mark, Point, Trial, Tried
from planner.services.errors import Conflict
from planner.web import context
from planner.web.access import requires
from planner.web.channels.base import blueprint
from planner.web.channels.consenting import session_secret
from planner.web.channels.guides import given_by, with_names
from planner.web.looks import network_look
from planner.web.messages import explain, trials
from planner.web.messages.connecting import PURPOSES, prevents
from planner.web.notify import say


@dataclass(frozen=True, slots=True)
class Shown:
    """One point as the page draws it. ``mark`` is right, wrong or open; ``name`` is the network's own, of an account or
    (``is_code``) of a permission."""

    mark: str
    name: str
    is_code: bool
    said: str
    hint: str
    words: str


@blueprint.get("/trials/<int:begun_id>")
@requires(Permission.MANAGE)
def tried(begun_id: int) -> ResponseReturnValue:
    """The points, as long as they are kept."""
    try:
        found = connecting.trial(context.reading(), context.platform(), context.actor(), begun_id, session_secret())
    except Conflict as error:
        say(explain(error), kind="info")
        return redirect(url_for("channels.index"))
    key = found.app.network.key
    return render_template(
        "channels/trial.html",
        network=key,
        network_name=network_look(key).label,
        trial=found,
        points=[_shown(found, one) for one in found.points],
        with_names=with_names,
    )


def _shown(found: Trial, tried: Tried) -> Shown:
    if tried.point is Point.PERMISSION and tried.name:
        said, hint = _permission(found, tried)
    elif tried.point is Point.ACCOUNT and tried.name:
        said, hint = str(trials.ACCOUNT_FOUND) if not tried.why else _lacking(found, tried), ""
    elif tried.point is Point.UNLISTED:
        said, hint = str(trials.UNLISTED), ""
    else:
        said, hint = trials.says(tried)
    return Shown(tried.mark.value, tried.name, tried.point is Point.PERMISSION, said, hint, tried.said)


def _permission(found: Trial, tried: Tried) -> tuple[str, str]:
    """What it is for; where it is not there, what that prevents, and what gives it."""
    permission = found.app.consent.permission(tried.name)
    if tried.mark is Mark.RIGHT:
        purpose = ", ".join(str(PURPOSES[one.value]) for one in permission.purposes)
        return str(trials.GRANTED) % {"purpose": purpose}, ""
    source = given_by(found.app.network.key, tried.name)
    if tried.mark is Mark.OPEN:
        return f"{trials.UNASKED} {prevents(permission)}", source
    return f"{trials.WITHHELD} {prevents(permission)}", f"{trials.ALLOW} {source}" if source else ""


def _lacking(found: Trial, tried: Tried) -> str:
    return " ".join(prevents(found.app.consent.permission(name)) for name in tried.why.split())
