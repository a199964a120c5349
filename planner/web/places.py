"""Where a person can do something about a notice."""

from __future__ import annotations

from flask import url_for

from planner.services.notices import Told
from planner.web.navigation import has_page

#: Where a whole kind of thing is decided about.
DECISIONS = {"delivery_missed": "missed.index", "zone_rules_asked": "times.index"}


def place_of(told: Told, *, external: bool = False) -> str | None:
    """The address of the page, with its host where it leaves the application; None where there is none."""
    kind = told.notice.kind
    if kind == "approval_asked" and told.notice.read_at is None:
        anchor = f"post-{told.post_id}"
        return url_for("approvals.index", _anchor=anchor, _external=external) if told.post_id else None
    if kind in DECISIONS:
        return url_for(DECISIONS[kind], _external=external)
    if kind in ("delivery_assisted", "delivery_overdue", "delivery_soon"):
        return url_for("assisted.show", delivery_id=told.notice.subject_id, _external=external)
    if told.post_id is not None:
        found = has_page("posts.show")
        return url_for("posts.show", post_id=told.post_id, _external=external) if found else None
    if told.channel_id is not None:
        return url_for("channels.show", channel_id=told.channel_id, _external=external)
    return url_for("calendar.index", _external=external) if has_page("calendar.index") else None
