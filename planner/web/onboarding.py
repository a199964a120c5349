"""The list of first steps on the first screens, until it is done or put away."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, lazy_gettext as _l
from flask_login import login_required

from planner.domain.roles import Permission
from planner.services import onboarding
from planner.web import context
from planner.web.auth import safe_target
from planner.web.navigation import has_page

blueprint = Blueprint("onboarding", __name__, url_prefix="/onboarding")

#: What each step is called, what it brings, and where it is done.
STEPS: dict[str, tuple[LazyString, LazyString, str]] = {
    "company": (_l("Name your company"), _l("With its time zone and language."), "settings.index"),
    "channel": (_l("Connect a channel"), _l("The account that posts go out through."), "channels.new"),
    "slots": (_l("Set weekly slots"), _l("When a channel publishes each week."), "channels.index"),
    "post": (_l("Write the first post"), _l("With a time, or for the next free slot."), "posts.new"),
    "approval": (_l("Approve a post"), _l("One click; an edit takes the yes back."), "approvals.index"),
    "colleague": (_l("Invite a colleague"), _l("Four eyes see more."), "members.index"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A step as it is drawn; ``url`` is None where the person's role cannot do it."""

    title: LazyString
    hint: LazyString
    done: bool
    url: str | None


@blueprint.app_template_global("first_steps")
def first_steps() -> list[Shown]:
    """The steps, or nothing where all are done, the list was put away, or the person only reads."""
    actor = context.actor()
    if not actor.may(Permission.EDIT):
        return []
    session = context.reading()
    steps = onboarding.steps(session, actor.workspace_id)
    if all(step.done for step in steps) or onboarding.is_dismissed(session, actor.workspace_id, context.user().id):
        return []
    return [_shown(step) for step in steps]


@blueprint.post("/dismissal")
@login_required
def dismiss() -> ResponseReturnValue:
    """Put the list away."""
    with context.platform().database.write() as session:
        onboarding.dismiss(session, context.actor(), now=context.now())
    return redirect(safe_target(request.form.get("next")))


def _shown(step: onboarding.Step) -> Shown:
    title, hint, endpoint = STEPS[step.key]
    open_to = context.actor().may(step.permission) and has_page(endpoint)
    return Shown(title, hint, step.done, url_for(endpoint) if open_to and not step.done else None)
