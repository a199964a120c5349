"""What a person sees after ending a pause: publishing goes on, and what is too late by now is asked about at once."""

from __future__ import annotations

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from planner.services.publishing import missed, resolutions
from planner.web import context
from planner.web.notify import say


def released(text: str, home: str) -> ResponseReturnValue:
    """Let it go on: to the page of what was missed where something is too late, else to ``home``."""
    platform = context.platform()
    # First, so that all of it is told of as a whole.
    swept = missed.sweep(platform)
    platform.wake()
    waiting = resolutions.count_waiting(context.reread(), context.member().workspace_id) if swept else 0
    if not waiting:
        say(text)
        return redirect(home)
    late = ngettext(
        "%(num)s post is too late: decide about it.", "%(num)s posts are too late: decide about them.", waiting
    )
    say(f"{text} {late}", kind="warning")
    return redirect(url_for("missed.index"))
