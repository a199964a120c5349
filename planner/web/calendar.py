"""The calendar: month, week and list of what goes out, gaps, rhythm, and drafts without a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required

from planner.domain import walltime
from planner.domain.roles import Permission
from planner.domain.states import PostStatus
from planner.services import calendar, channel_overview, posts
from planner.services.by_hand import ByHand
from planner.services.calendar import Drawn
from planner.services.posts.placing import MOVABLE
from planner.services.publishing.status import Holds
from planner.services.weeks import ChannelWeek, WeekOverview
from planner.web import answers, context
from planner.web.formats import iso
from planner.web.looks import MARKS, look_of, network_look
from planner.web.posts.holding import holds_of
from planner.web.posts.page import allowed
from planner.web.posts.trouble import waiting
from planner.web.posts.wording import first_words
from planner.web.words import REHEARSED, is_rehearsed

blueprint = Blueprint("calendar", __name__)
answers.attach(blueprint)


@blueprint.get("/calendar")
@login_required
def index() -> str:
    """The page; the entries come by :func:`events`."""
    session, workspace_id = context.reading(), context.member().workspace_id
    known = calendar.filter_choices(session, workspace_id)
    drafts = calendar.without_time(session, workspace_id)
    told = channel_overview.remarkable(session, workspace_id, now=context.now())
    return render_template(
        "calendar/index.html",
        channels=known.channels,
        campaigns=known.campaigns,
        categories=known.categories,
        statuses=[*(s for s in PostStatus if s is not PostStatus.CANCELLED), ByHand.WAITS],
        ailing=told.ailing,
        rehearsing=told.rehearsing,
        drafts=[(post, first_words(post.text) or _("(no text yet)")) for post in drafts],
        settings={
            "events": url_for("calendar.events"),
            "new": url_for("posts.new"),
            "today": walltime.to_wall(context.now(), context.workspace().zone).date().isoformat(),
            "now": iso(context.now()),
            "mayEdit": context.actor().may(Permission.EDIT),
            "channels": {str(key): _channel(name, network) for key, name, network in known.channels},
            "looks": {s: _look(s) for s in [*PostStatus, *ByHand, "held", REHEARSED]},
            "marks": {mark: {"icon": look.icon, "label": str(look.label)} for mark, look in MARKS.items()},
        },
    )


@blueprint.get("/calendar/events")
@login_required
def events() -> dict[str, Any]:
    """Entries, gaps and weeks between ``start`` and ``end`` (RFC 3339)."""
    start, end = _moment("start"), _moment("end")
    if end <= start:
        abort(400)
    shown = calendar.look(context.reading(), context.workspace(), start, end, now=context.now())
    return {
        "entries": [_entry(d) for d in shown.entries],
        "gaps": [g for week in shown.weeks for c in week.channels for g in _gaps(c, start, end)],
        "weeks": [_week(week) for week in shown.weeks],
    }


@blueprint.get("/calendar/entries/<int:post_id>")
@login_required
def entry(post_id: int) -> str:
    """One entry, as the dialog over the calendar shows it."""
    shown = posts.view(context.reading(), context.member().workspace_id, post_id)
    named = {int(i) for i in request.args.get("deliveries", "").split(",") if i.isdecimal()}
    deliveries = [d for d in shown.deliveries if d.state != "cancelled" and (not named or d.id in named)]
    can = allowed(shown.post, shown.deliveries)
    can["move"] = can["move"] and bool(deliveries) and all(d.state in MOVABLE for d in deliveries)
    holds = Holds.read(context.reading(), shown.post.workspace_id, context.now())
    return render_template(
        "calendar/_entry.html",
        post=shown.post,
        deliveries=deliveries,
        holds=holds_of(holds, deliveries),
        images=[m.medium for m in shown.post.media if m.channel_id is None and m.part == 0],
        can=can,
        back=request.args.get("back", ""),
    )


def _entry(drawn: Drawn) -> dict[str, Any]:
    """Short names, since there may be many: the page knows the looks of statuses and channels."""
    entry = drawn.entry
    return {
        "post": str(entry.post_id),
        "deliveries": [str(d.id) for d in entry.deliveries],
        "channels": [str(d.channel_id) for d in entry.deliveries],
        "start": iso(entry.publish_at),
        "text": first_words(entry.text, 70) or _("(no text yet)"),
        "status": REHEARSED if is_rehearsed(entry.deliveries) else drawn.status.value,
        "byHand": drawn.by_hand or "",
        "held": waiting(drawn.waits_for, drawn.held_until) if drawn.waits_for else "",
        "movable": drawn.movable,
        "queued": any(d.queued for d in entry.deliveries),
        "marks": list(drawn.marks),
        "campaign": str(entry.campaign_id or ""),
        "category": str(entry.category_id or ""),
    }


def _gaps(channel: ChannelWeek, start: datetime, end: datetime) -> list[dict[str, str]]:
    return [
        {
            "channel": str(channel.channel_id),
            "start": iso(gap.publish_at),
            "category": str(gap.category_id or ""),
        }
        for gap in channel.gaps
        if start <= gap.publish_at < end
    ]


def _week(week: WeekOverview) -> dict[str, Any]:
    return {
        "week": str(week.week),
        "number": week.week.number,
        "monday": week.week.monday.isoformat(),
        "channels": [
            {
                "channel": str(c.channel_id),
                "count": c.published + c.planned,
                "waiting": c.waiting,
                "target": c.target,
                "met": c.met,
                "gaps": len(c.gaps),
            }
            for c in week.channels
        ],
    }


def _channel(name: str, network: str) -> dict[str, str]:
    look = network_look(network)
    return {"name": name, "network": str(look.label), "icon": look.icon, "key": network}


def _look(status: str) -> dict[str, str]:
    look = look_of(status)
    return {"label": str(look.label), "short": str(look.short), "icon": look.icon, "tone": look.tone}


def _moment(name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(request.args.get(name, ""))
    except ValueError:
        abort(400)
    return moment if moment.tzinfo else walltime.resolve(moment, context.workspace().zone).utc
