"""The list of posts, with filters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required

from planner.domain.states import PostStatus
from planner.domain.walltime import to_wall
from planner.domain.week import day_bounds
from planner.services import channels, posts
from planner.services.by_hand import ByHand
from planner.services.posts import Filter
from planner.services.publishing.status import Holds
from planner.web import context
from planner.web.posts.blueprint import blueprint
from planner.web.posts.holding import holds_of
from planner.web.posts.wording import first_time, first_words

PAGE = 50
#: What the list can be narrowed to; what only wants a hand stands apart from what wants a decision.
STATUSES = (*PostStatus, ByHand.WAITS)
TIMES = ("today", "week", "coming", "past")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters as they stand in the address."""

    status: str = ""
    channel: str = ""
    q: str = ""
    time: str = ""

    @property
    def any(self) -> bool:
        """Whether the list is narrowed at all."""
        return bool(self.status or self.channel or self.q or self.time)

    def args(self) -> dict[str, Any]:
        """For links that keep the filters."""
        named = {"status": self.status, "channel": self.channel, "q": self.q, "time": self.time}
        return {name: value for name, value in named.items() if value}


@blueprint.get("/posts")
@login_required
def index() -> str:
    """A page of the list."""
    wanted = read_wanted()
    session, workspace_id = context.reading(), context.member().workspace_id
    after = request.args.get("after") or None
    found = posts.page(session, workspace_id, as_filter(wanted), after=after, size=PAGE)
    holds = Holds.read(session, workspace_id, context.now())
    return render_template(
        "posts/index.html",
        rows=[row(one, holds) for one in found.items],
        wanted=wanted,
        channels=channels.all_of(session, workspace_id),
        statuses=STATUSES,
        times=time_choices(),
        next_url=url_for("posts.index", after=found.next, **wanted.args()) if found.next else None,
        previous_url=url_for("posts.index", **wanted.args()) if after else None,
    )


def read_wanted() -> Wanted:
    """The filters; values that mean nothing are left out."""
    args = request.args
    status, channel, time = args.get("status", ""), args.get("channel", ""), args.get("time", "")
    return Wanted(
        status=status if status in STATUSES else "",
        channel=channel if channel.isdecimal() and len(channel) < 19 else "",
        q=args.get("q", "").strip()[:200],
        time=time if time in TIMES else "",
    )


def as_filter(wanted: Wanted) -> Filter:
    """What the service takes."""
    start, end = _bounds(wanted.time)
    by_hand = wanted.status == ByHand.WAITS
    status = PostStatus.NEEDS_PERSON if by_hand else PostStatus(wanted.status) if wanted.status else None
    return Filter(
        start=start,
        end=end,
        status=(status,) if status else (),
        by_hand=by_hand if status is PostStatus.NEEDS_PERSON else None,
        channel_id=int(wanted.channel) if wanted.channel else None,
        q=wanted.q,
    )


def row(one: posts.PostView, holds: Holds) -> dict[str, Any]:
    """A line of the list."""
    live = [d for d in one.deliveries if d.state != "cancelled"]
    times = [d.publish_at for d in live if d.publish_at is not None]
    return {
        "post": one.post,
        "words": first_words(one.post.text, 110) or _("(no text yet)"),
        "deliveries": live,
        "time": first_time(live) or max(times, default=None),
        "hold": next(iter(holds_of(holds, live).values()), "") if one.post.status is PostStatus.SCHEDULED else "",
        "images": len({m.media_id for m in one.post.media}),
    }


def time_choices() -> list[tuple[str, str]]:
    """The filters by time."""
    words = {"today": _("Today"), "week": _("Next 7 days"), "coming": _("All to come"), "past": _("Past")}
    return [(key, words[key]) for key in TIMES]


def _bounds(time: str) -> tuple[datetime | None, datetime | None]:
    now = context.now()
    start = day_bounds(_today(), context.workspace().zone)[0]
    return {
        "today": (start, start + timedelta(days=1)),
        "week": (start, start + timedelta(days=7)),
        "coming": (now, None),
        "past": (datetime(1970, 1, 1, tzinfo=UTC), now),
    }.get(time, (None, None))


def _today() -> date:
    return to_wall(context.now(), context.workspace().zone).date()
