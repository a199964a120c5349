"""A week's dress rehearsal: what is planned is played through on sandbox networks, and each result shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _
from flask_login import login_required

from planner.domain.roles import Permission
from planner.domain.week import Week
from planner.services import dress_rehearsal, planning_anew
from planner.services.dress_rehearsal import Rehearsed
from planner.services.publishing.status import Holds
from planner.web import answers, context
from planner.web.access import requires
from planner.web.messages import sentence
from planner.web.posts import holding
from planner.web.posts.wording import first_words

blueprint = Blueprint("rehearsal", __name__, url_prefix="/rehearsal")
answers.attach(blueprint)


@dataclass(frozen=True, slots=True)
class Row:
    """One delivery and what is said about it. ``trouble`` is why it was refused, ``hold`` what would keep it back."""

    result: Rehearsed
    words: str
    trouble: str
    hold: str


@blueprint.get("")
@login_required
def index() -> str:
    """Which week, and what a rehearsal does."""
    return _page(_week(), None)


@blueprint.post("")
@requires(Permission.EDIT)
def play() -> str:
    """Play the week through. Nothing about its posts changes, so it may be done as often as one likes."""
    week = _week()
    start, end = week.bounds(context.workspace().zone)
    found = dress_rehearsal.rehearse(context.platform(), context.member().workspace_id, start, end)
    holds = Holds.read(context.reading(), context.member().workspace_id, context.now())
    return _page(week, [_row(result, holds) for result in found])


def _page(week: Week, rows: list[Row] | None) -> str:
    good = sum(row.result.outcome == "accepted" and not row.hold for row in rows or ())
    return render_template(
        "rehearsal/index.html",
        week=week,
        weeks=[week.previous, week, week.next],
        is_past=week.bounds(context.workspace().zone)[1] <= context.now(),
        rows=rows,
        good=good,
        most=dress_rehearsal.MOST,
        waiting=planning_anew.count_waiting(context.reading(), context.member().workspace_id, now=context.now()),
    )


def _row(result: Rehearsed, holds: Holds) -> Row:
    said = " ".join(sentence(p.code, {**p.params, "channel": result.delivery.channel.name}) for p in result.problems)
    hold = holding.sentence(holds, result.delivery, result.hold) if result.hold else ""
    words = first_words(result.delivery.post.text) or _("(no text yet)")
    return Row(result, words, said or result.message, hold)


def _week() -> Week:
    given = request.values.get("week", "")
    now: datetime = context.now()
    if not given:
        return Week.containing(now, context.workspace().zone).next
    try:
        return Week.parse(given)
    except ValueError:
        abort(404)
