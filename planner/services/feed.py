"""The plan as a calendar feed (RFC 5545), for the calendars that people look at anyway."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from planner.domain.states import DeliveryState, PostStatus
from planner.models import Workspace
from planner.services import channels, posts
from planner.services.by_hand import is_by_hand
from planner.services.posts import Entry

BEHIND = timedelta(days=60)
AHEAD = timedelta(days=366)
SHOWN_FOR = timedelta(minutes=15)
SUMMARY_LENGTH = 60

#: What is still to be published by hand.
WAITS = (DeliveryState.SCHEDULED, DeliveryState.NEEDS_PERSON)
#: What an entry is in the words of RFC 5545. A calendar shows what is not confirmed differently.
STATUS = {PostStatus.SCHEDULED: "CONFIRMED", PostStatus.PUBLISHED: "CONFIRMED", PostStatus.PUBLISHING: "CONFIRMED"}


def feed(session: Session, workspace_id: int, *, now: datetime, address: str, alarm: int = 0) -> bytes:
    """Two months behind and a year ahead. ``address`` is where the application is, for the links back. What is to be
    published by hand rings ``alarm`` minutes before its time."""
    from icalendar import Calendar

    workspace = session.get_one(Workspace, workspace_id)
    calendar = Calendar()
    calendar.add("prodid", "-//Sendeplan//Sendeplan//DE")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"Sendeplan: {workspace.name}")
    calendar.add("refresh-interval", timedelta(minutes=15), parameters={"VALUE": "DURATION"})
    used = channels.all_of(session, workspace_id)
    names, by_hand = {c.id: c.name for c in used}, {c.id for c in used if is_by_hand(c)}
    for entry in posts.calendar(session, workspace_id, now - BEHIND, now + AHEAD):
        event = _event(entry, names, now, address.rstrip("/"))
        hands = [d for d in entry.deliveries if d.channel_id in by_hand and d.state in WAITS]
        if hands:
            event["url"] = f"{address.rstrip('/')}/assisted/{hands[0].id}"
            event.add_component(_alarm(event["summary"], alarm))
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _event(entry: Entry, names: dict[int, str], now: datetime, address: str):  # type: ignore[no-untyped-def]
    from icalendar import Event

    event = Event()
    # One post may be at several moments, so the moment is part of the name.
    event.add("uid", f"post-{entry.post_id}-{entry.publish_at:%Y%m%dT%H%M%SZ}@sendeplan")
    event.add("dtstamp", now)
    event.add("dtstart", entry.publish_at)
    event.add("duration", SHOWN_FOR)
    event.add("summary", _summary(entry, names))
    event.add("description", entry.text)
    event.add("status", STATUS.get(entry.status, "TENTATIVE"))
    event.add("url", f"{address}/posts/{entry.post_id}")
    event.add("transp", "TRANSPARENT")
    return event


def _alarm(summary: str, minutes: int):  # type: ignore[no-untyped-def]
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", -timedelta(minutes=minutes))
    return alarm


def _summary(entry: Entry, names: dict[int, str]) -> str:
    where = ", ".join(dict.fromkeys(names[d.channel_id] for d in entry.deliveries if d.channel_id in names))
    text = " ".join(entry.text.split())
    short = text if len(text) <= SUMMARY_LENGTH else text[: SUMMARY_LENGTH - 1].rstrip() + "…"
    return f"{short} ({where})" if where else short
