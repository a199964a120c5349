"""Reading XING's activities: ``{"network_activities": [{"ids", "created_at", "objects", "likes", "comments"}]}``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import requests

from publishers import reading
from publishers.base import Figures, RemotePost
from publishers.text import normalised
from publishers.xing.errors import TITLE

_NAMES = ("activity", "network_activity", "status_message", "share", "link")


def listed(answer: Any) -> list[dict[str, Any]]:
    """The activities of an answer. Raises Uncertain where it is not the documented one."""
    found = reading.as_object(answer, TITLE).get("network_activities")
    return reading.items(reading.as_list(found, TITLE))


def published_id(answer: requests.Response) -> str | None:
    """The id of what was just posted: in the body or in ``Location``; XING may answer with plain words alone."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    for place in (body, *(reading.child(body, name) for name in _NAMES)):
        found = activity_id(place) if isinstance(place, dict) else None
        if found is not None:
            return found
    return answer.headers.get("Location", "").rstrip("/").rpartition("/")[2] or None


def activity_id(activity: dict[str, Any]) -> str | None:
    ids = activity.get("ids")
    first = ids[0] if isinstance(ids, list) and ids else activity.get("id")
    return reading.identifier(first)


def made_at(activity: dict[str, Any]) -> datetime | None:
    return reading.moment(activity.get("created_at"))


def remote_post(activity: dict[str, Any]) -> RemotePost | None:
    """None where the activity does not say which it is or when it was made."""
    found, made = activity_id(activity), made_at(activity)
    if found is None or made is None:
        return None
    objects = reading.items(activity.get("objects"))
    texts = [t for o in objects for name in ("content", "text", "message") if (t := reading.text(o.get(name)))]
    links = [u for o in objects for name in ("url", "uri") if (u := reading.text(o.get(name)))]
    return RemotePost(
        remote_id=found,
        text=normalised(texts[0]) if texts else "",
        created_at=made,
        url=reading.text(activity.get("permalink")) or None,
        media_count=0,
        links=tuple(links),
    )


def figures(activity: dict[str, Any]) -> Figures:
    """XING counts likes and comments, and a share where it was shared on."""
    return Figures(
        reactions=reading.count(activity.get("likes"), "amount"),
        comments=reading.count(activity.get("comments"), "amount"),
        shares=reading.count(activity.get("shares"), "amount"),
    )
