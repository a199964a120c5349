"""Posts that name an organisation (learn.microsoft.com, Organization Social Action Notifications, pull workflow).

Notifications are kept for 60 days; in which order they come is not said, so all of them are read. ``SHARE_MENTION`` is
the one documented action for a mention: what names the organisation in a comment is not told. The decorated post is
documented as optional; without it the post itself is asked for, and where LinkedIn does not show that to us, the
mention stands with its address and without words.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from publishers import reading
from publishers.base import NetworkError, ReconnectNeeded, Rejected
from publishers.dialogue import Remark, RemarkKind, RemarkRef
from publishers.linkedin.client import LinkedInClient, encoded
from publishers.linkedin.errors import TITLE
from publishers.linkedin.metrics import unsupported_if_unreadable
from publishers.linkedin.people import company_url
from publishers.linkedin.text import as_shown
from publishers.text import normalised

ACTION = "SHARE_MENTION"
PAGE = 100
MOST_PAGES = 10
_POST = re.compile(r"urn:li:(?:share|ugcPost|activity):\d+")


def named(client: LinkedInClient, author: str, since: datetime) -> tuple[list[Remark], bool]:
    """Who named the organisation ``author`` since a moment, and whether that is all. Raises Unsupported where the app
    or the person's role does not let us read it."""
    found: list[Remark] = []
    readable = True
    for page in range(MOST_PAGES):
        elements = _page(client, author, page * PAGE)
        for element in (e for e in elements if e.get("action") == ACTION):
            said = reading.moment(element.get("lastModifiedAt"))
            if said is not None and said < since:
                continue
            remark = _remark(client, author, element, said)
            readable = readable and remark is not None
            found += [remark] if remark is not None else []
        if len(elements) < PAGE:
            return found, readable
    return found, False


def _page(client: LinkedInClient, author: str, start: int) -> list[dict[str, Any]]:
    path = (
        f"/rest/organizationalEntityNotifications?q=criteria&actions=List({ACTION})"
        f"&organizationalEntity={encoded(author)}&start={start}&count={PAGE}"
    )
    try:
        answer = reading.as_object(client.rest("GET", path, action="FINDER").json(), TITLE)
    except ReconnectNeeded as error:
        raise unsupported_if_unreadable(error) from error
    elements = reading.as_list(answer.get("elements"), TITLE)
    return [e if isinstance(e, dict) else {"action": ACTION} for e in elements]


def _remark(client: LinkedInClient, author: str, element: dict[str, Any], said: datetime | None) -> Remark | None:
    share = reading.child(element, "decoratedGeneratedActivity", "share")
    names = (element.get("generatedActivity"), reading.child(share, "entity"))
    urn = next((text for name in names if _POST.fullmatch(text := reading.text(name))), None)
    if urn is None or said is None:
        return None
    who, words = reading.text(reading.child(share, "owner")), normalised(reading.text(reading.child(share, "text")))
    if not words:
        who, words = _post(client, urn, who)
    return Remark(
        ref=RemarkRef(urn, RemarkKind.MENTION),
        text=words,
        said_at=said,
        author_id=who,
        author_url=company_url(who),
        url=f"https://www.linkedin.com/feed/update/{urn}",
        own=who == author,
    )


def _post(client: LinkedInClient, urn: str, who: str) -> tuple[str, str]:
    """Who wrote a post of others, and what; ``who`` is what is known without it."""
    try:
        answer = client.rest("GET", f"/rest/posts/{encoded(urn)}").json()
    except (Rejected, ReconnectNeeded) as error:
        if _is_kept_from_us(error):
            return who, ""
        raise
    wrote = reading.text(reading.child(answer, "author"))
    return wrote or who, normalised(as_shown(reading.text(reading.child(answer, "commentary"))))


def _is_kept_from_us(error: NetworkError) -> bool:
    return error.status in (400, 403, 404, 410)
