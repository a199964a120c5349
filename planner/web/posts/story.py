"""The history of a post as sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _, lazy_gettext as _l

from planner.models import Delivery, Event
from planner.services.by_hand import CODE
from planner.services.publishing.payload import under_of
from planner.web.formats import moment
from planner.web.posts.wording import part
from publishers.outgoing import FollowUp

POST: Mapping[str, Any] = {
    "created": (_l("created the post"), "plus"),
    "edited": (_l("edited the post"), "pencil"),
    "approval_asked": (_l("asked for approval"), "hourglass"),
    "approved": (_l("approved the post"), "circle-check"),
    "approval_voided": (_l("edited it, which ended the approval"), "circle-minus"),
    "approval_taken_back": (_l("took the approval back"), "arrow-back-up"),
    "sent_back": (_l("sent the post back"), "arrow-back-up"),
    "deleted": (_l("deleted the post"), "trash"),
    "restored": (_l("restored the post"), "history"),
}

DELIVERY: Mapping[str, Any] = {
    "cancelled": (_l("cancelled it"), "ban"),
    "scheduled": (_l("scheduled it again"), "clock"),
    "claimed": (_l("began to prepare it"), "cloud-upload"),
    "sending": (_l("began to send it"), "send"),
    "published": (_l("published it"), "circle-check"),
    "failed": (_l("could not publish it"), "circle-x"),
    "unknown": (_l("got no clear answer from the network"), "clock-question"),
    "needs_person": (_l("asks for a decision"), "user-question"),
    "missed": (_l("missed its time"), "clock-exclamation"),
    "draft": (_l("made it a draft again"), "pencil"),
    "removed": (_l("took it down at the network"), "trash"),
    "removed_with_post": (_l("noted that it went with its post"), "trash"),
    "removed_at_network": (_l("noticed that it is gone at the network"), "trash"),
    "remote_edited": (_l("changed the text at the network"), "pencil"),
    "text_taken_over": (_l("took over the text that the network shows"), "pencil"),
    "taken": (_l("took it on, to publish it by hand"), "hand-click"),
    "address_added": (_l("added the address of the post"), "link"),
    "planned_anew": (_l("planned it for real, as a post of its own"), "calendar-check"),
    "figures_entered": (_l("entered figures"), "pencil"),
}

#: Steps of the machine that say nothing to a person.
SILENT = frozenset({"claimed", "sending", "removal_asked", "remote_edit_asked"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line: who did what when, on which channel, with what was said."""

    at: datetime
    actor: str
    text: str
    icon: str
    channel: str = ""
    note: str = ""


def lines(events: Sequence[Event], deliveries: Sequence[Delivery]) -> list[Line]:
    """The events that mean something to a person, in their order."""
    names = {d.id: _name(d) for d in deliveries}
    return [_line(e, names) for e in events if not (e.subject == "delivery" and e.kind in SILENT)]


def _name(delivery: Delivery) -> str:
    """The channel, and of what follows a post there which part it is."""
    channel = delivery.channel.name
    if not delivery.step:
        return channel
    under = under_of(delivery.payload)
    comment = under is not None and under.kind is FollowUp.COMMENT
    return f"{channel}, {_('First comment') if comment else part(delivery.step)}"


def _line(event: Event, names: Mapping[int, str]) -> Line:
    if event.subject == "post":
        text, icon = POST.get(event.kind, (event.kind.replace("_", " "), "circle-dashed"))
        return Line(event.at, event.actor, str(text), icon, note=str(event.data.get("note") or ""))
    channel = names.get(event.subject_id, "")
    if event.kind == "moved":
        return Line(event.at, event.actor, _moved(event.data), "calendar-time", channel)
    text, icon = DELIVERY.get(event.kind, (event.kind.replace("_", " "), "circle-dashed"))
    if event.data.get("by_hand") and event.kind == "published":
        text = _("noted that it is live")
    elif event.kind == "scheduled" and "step" in event.data:
        text = _("scheduled what follows")
    elif event.data.get("code") == CODE and event.kind == "needs_person":
        text, icon = _("asks for a hand: it is time to publish it"), "hand-click"
    return Line(event.at, event.actor, str(text), icon, channel, note=_change(event))


def _change(event: Event) -> str:
    """Before and after, where a text was changed."""
    if event.kind not in ("remote_edited", "text_taken_over") or event.data["before"] == event.data["after"]:
        return ""
    return (
        _("Before: %(before)s", before=event.data["before"]) + "\n" + _("After: %(after)s", after=event.data["after"])
    )


def _moved(data: Mapping[str, Any]) -> str:
    new, old = data.get("after", data.get("new")), data.get("before", data.get("old"))
    if not new:
        return _("removed the time")
    if not old:
        return _("gave it a time: %(new)s", new=_time(new))
    return _("moved it from %(old)s to %(new)s", old=_time(old), new=_time(new))


def _time(text: str) -> str:
    return moment(datetime.fromisoformat(text))
