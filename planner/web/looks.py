"""How states and networks look everywhere: one icon, one word, one tone each."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask
from flask_babel import LazyString, lazy_gettext as _l

from planner.domain.roles import Role
from planner.services.entry_marks import Mark
from planner.web.messages.advice import advice


@dataclass(frozen=True, slots=True)
class Look:
    """``tone`` is neutral, info, progress, success, warning or danger; ``brief`` is a word for narrow places."""

    label: LazyString | str
    icon: str
    tone: str = "neutral"
    brief: LazyString | str = ""

    @property
    def short(self) -> LazyString | str:
        """The word for a narrow place."""
        return self.brief or self.label


#: What an entry of the calendar holds besides its text (planner/services/entry_marks.py).
MARKS: dict[Mark, Look] = {
    Mark.IMAGE: Look(_l("Images"), "photo"),
    Mark.GIF: Look("GIF", "photo"),
    Mark.VIDEO: Look(_l("Video"), "movie"),
    Mark.DOCUMENT: Look(_l("Document"), "file-text"),
    Mark.POLL: Look(_l("Poll"), "chart-bar"),
    Mark.THREAD: Look(_l("Thread"), "list-numbers"),
    Mark.FIRST_COMMENT: Look(_l("First comment"), "message"),
    Mark.BY_HAND: Look(_l("By hand"), "hand-click"),
}

#: Delivery states, post statuses, topic stages and channel health; where two share a word, they mean the same.
LOOKS: dict[str, Look] = {
    "draft": Look(_l("Draft"), "pencil"),
    "in_approval": Look(_l("Awaiting approval"), "hourglass", "warning", _l("To approve")),
    "scheduled": Look(_l("Scheduled"), "clock", "info"),
    "claimed": Look(_l("Being prepared"), "cloud-upload", "progress"),
    "sending": Look(_l("Being sent"), "send", "progress"),
    "publishing": Look(_l("Being published"), "send", "progress", _l("Under way")),
    "published": Look(_l("Published"), "circle-check", "success", _l("Live")),
    "rehearsed": Look(_l("Rehearsed"), "test-pipe"),
    "partly_published": Look(_l("Partly published"), "progress-check", "warning", _l("Partly live")),
    "failed": Look(_l("Failed"), "circle-x", "danger", _l("Failure")),
    "unknown": Look(_l("Unconfirmed"), "clock-question", "warning"),
    "needs_person": Look(_l("Needs a decision"), "user-question", "danger", _l("To decide")),
    "missed": Look(_l("Missed"), "clock-exclamation", "danger"),
    "cancelled": Look(_l("Cancelled"), "ban"),
    "held": Look(_l("On hold"), "player-pause", "warning"),
    "idea": Look(_l("Idea"), "bulb"),
    "planned": Look(_l("Planned"), "calendar-event", "info"),
    "in_work": Look(_l("In work"), "progress", "progress"),
    "ready": Look(_l("Ready"), "list-check", "success"),
    "done": Look(_l("Done"), "circle-check", "success"),
    "ok": Look(_l("Connected"), "plug-connected", "success"),
    "expiring": Look(_l("Expires soon"), "clock-exclamation", "warning"),
    "reconnect": Look(_l("Reconnect"), "plug-connected-x", "danger"),
    "paused": Look(_l("Paused"), "player-pause", "warning"),
    "assisted": Look(_l("By hand"), "hand-click", "info"),
    "overdue": Look(_l("By hand, overdue"), "clock-exclamation", "danger", _l("Overdue")),
}

NETWORKS: dict[str, Look] = {
    "facebook": Look("Facebook", "brand-facebook"),
    "twitter": Look("X (Twitter)", "brand-x"),
    "linkedin": Look("LinkedIn", "brand-linkedin"),
    "xing": Look("XING", "brand-xing"),
    "instagram": Look("Instagram", "brand-instagram"),
    "youtube": Look("YouTube", "brand-youtube"),
    "pinterest": Look("Pinterest", "brand-pinterest"),
    "snapchat": Look("Snapchat", "brand-snapchat"),
    "threads": Look("Threads", "brand-threads"),
    "mastodon": Look("Mastodon", "brand-mastodon"),
    "bluesky": Look("Bluesky", "brand-bluesky"),
    "tiktok": Look("TikTok", "brand-tiktok"),
}

ROLES: dict[Role, LazyString] = {
    Role.ADMIN: _l("Admin"),
    Role.APPROVER: _l("Lead"),
    Role.EDITOR: _l("Editor"),
    Role.READER: _l("Reader"),
}


def init_app(app: Flask) -> None:
    """Offer looks to templates."""
    app.jinja_env.globals.update(advice=advice, look_of=look_of, network_look=network_look, role_label=role_label)
    app.jinja_env.filters["initials"] = initials


def look_of(value: str) -> Look:
    """The look of a state. One that has none shows its own name, so that nothing is ever hidden."""
    return LOOKS.get(str(value)) or Look(str(value).replace("_", " "), "circle-dashed")


def network_look(key: str) -> Look:
    """The look of a network; one added by a third party gets a globe and its own name."""
    return NETWORKS.get(key) or Look(key.replace("_", " ").title(), "world")


def role_label(role: Role) -> str:
    """The word for a role."""
    return str(ROLES[role])


def initials(name: str) -> str:
    """``Jana Köhler`` → ``JK``."""
    parts = name.split()
    return "".join(part[0] for part in (parts[:1] + parts[1:][-1:])).upper() or "?"
