"""Where one can go, in the order of the work: plan, publish, look back, arrange."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from flask import current_app, request, url_for
from flask_babel import LazyString, lazy_gettext as _l

from planner.domain.roles import Permission


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation. ``endpoint`` begins with the name of its blueprint; pages of the blueprints ``also``
    belong to it as well, being reached from there."""

    endpoint: str
    label: LazyString
    icon: str
    permission: Permission = Permission.READ
    count: int = 0
    also: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Where it leads."""
        return url_for(self.endpoint)

    @property
    def is_current(self) -> bool:
        """Whether the shown page belongs to it."""
        return request.blueprint in (self.endpoint.partition(".")[0], *self.also)


GROUPS: tuple[tuple[LazyString, tuple[Place, ...]], ...] = (
    (
        _l("Plan"),
        (
            Place("calendar.index", _l("Calendar"), "calendar-week", also=("rehearsal", "planning_anew", "times")),
            Place("topics.index", _l("Topic plan"), "bulb"),
            Place("posts.index", _l("Posts"), "article", also=("missed",)),
            Place("approvals.index", _l("Approvals"), "circle-check"),
            Place("assisted.index", _l("By hand"), "hand-click"),
            Place("plan.index", _l("Campaigns & goals"), "flag"),
        ),
    ),
    (_l("Look back"), (Place("success.index", _l("Success"), "chart-bar"),)),
    (
        _l("Arrange"),
        (
            Place("channels.index", _l("Channels"), "broadcast"),
            Place("members.index", _l("Members"), "users"),
            Place("settings.index", _l("Settings"), "settings", also=("alerts",)),
        ),
    ),
)

#: What fits into the bar at the bottom of a phone, beside "new" and "more".
BOTTOM = ("calendar.index", "posts.index", "approvals.index")


def groups(counts: dict[str, int]) -> Iterator[tuple[LazyString, list[Place]]]:
    """The groups with the places that exist; ``counts`` says how much waits at an endpoint."""
    for title, places in GROUPS:
        there = [replace(p, count=counts.get(p.endpoint, 0)) for p in places if has_page(p.endpoint)]
        if there:
            yield title, there


def has_page(endpoint: str) -> bool:
    """Whether the application has this screen."""
    return endpoint in current_app.view_functions
