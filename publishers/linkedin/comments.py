"""Comments on LinkedIn (learn.microsoft.com, Comments API): plain text, under a post."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import requests

from publishers import reading
from publishers.base import OutgoingPost, RemotePost, Uncertain, Under, Unsupported
from publishers.linkedin.client import LinkedInClient, encoded
from publishers.linkedin.errors import TITLE
from publishers.linkedin.text import expected_text
from publishers.outgoing import FollowUp
from publishers.text import normalised

_ALWAYS = datetime.min.replace(tzinfo=UTC)
PAGE = 100
MOST_PAGES = 10


def write(client: LinkedInClient, author: str, post: OutgoingPost, under: Under) -> str:
    """The one call that makes a comment visible. Returns its URN. Raises Unsupported for a thread."""
    if under.kind is not FollowUp.COMMENT:
        raise Unsupported(f"{TITLE} has no threads.")
    body = {"actor": author, "object": under.root_id, "message": {"text": expected_text(post)}}
    answer = client.rest("POST", _path(under), body, action="CREATE")
    return _named(answer, under)


def one(client: LinkedInClient, author: str, urn: str) -> RemotePost | None:
    """A comment of ``author``; None where it is gone. Raises Uncertain where not all comments could be read."""
    post, _ = _parts(urn)
    found, complete = written(client, author, _ALWAYS, Under(FollowUp.COMMENT, post, post))
    match = next((comment for comment in found if comment.remote_id == urn), None)
    if match is None and not complete:
        raise Uncertain(f"{TITLE} did not show all comments.")
    return match


def remove(client: LinkedInClient, author: str, urn: str) -> None:
    """Take a comment down. ``urn`` is ``urn:li:comment:(urn of the post,number)``."""
    client.rest("DELETE", _own(urn, author), action="DELETE")


def edit(client: LinkedInClient, author: str, urn: str, post: OutgoingPost) -> None:
    """Give a comment of ``author`` another text ("Edit a comment": PARTIAL_UPDATE of its message)."""
    body = {"patch": {"message": {"$set": {"text": expected_text(post)}}}}
    client.rest("POST", _own(urn, author), body, action="PARTIAL_UPDATE")


def is_comment(remote_id: str) -> bool:
    return remote_id.startswith("urn:li:comment:")


def written(client: LinkedInClient, author: str, since: datetime, under: Under) -> tuple[list[RemotePost], bool]:
    """What ``author`` wrote under a post since a moment, and whether every comment was seen and could be read."""
    found: list[RemotePost] = []
    for page in range(MOST_PAGES):
        path = f"{_path(under)}?start={page * PAGE}&count={PAGE}"
        answer = reading.as_object(client.rest("GET", path, action="GET_ALL").json(), TITLE)
        elements = reading.items(reading.as_list(answer.get("elements"), TITLE))
        own = [_remote_post(e, under) for e in elements if reading.text(e.get("actor")) in ("", author)]
        if None in own:
            return found, False
        found += [post for post in own if post is not None and post.created_at >= since]
        if len(elements) < PAGE:
            return found, True
    return found, False


def _parts(urn: str) -> tuple[str, str]:
    post, _, number = urn.removeprefix("urn:li:comment:(").removesuffix(")").rpartition(",")
    return post, number


def _own(urn: str, author: str) -> str:
    post, number = _parts(urn)
    return f"/rest/socialActions/{encoded(post)}/comments/{encoded(number)}?actor={encoded(author)}"


def _path(under: Under) -> str:
    return f"/rest/socialActions/{encoded(under.root_id)}/comments"


def _named(answer: requests.Response, under: Under) -> str:
    """The URN that the answer gives, else one made of the number in ``x-restli-id``."""
    try:
        found = _urn(answer.json(), under)
    except ValueError:
        found = None
    return found or reading.accepted_id(_urn({"id": answer.headers.get("x-restli-id")}, under), TITLE)


def _urn(comment: Any, under: Under) -> str | None:
    for name in ("commentUrn", "$URN"):
        if is_comment(named := reading.text(reading.child(comment, name))):
            return named
    number = reading.identifier(reading.child(comment, "id"))
    return f"urn:li:comment:({under.root_id},{number})" if number else None


def _remote_post(element: dict[str, Any], under: Under) -> RemotePost | None:
    """None where LinkedIn does not say which comment it is or when it was written."""
    urn, made = _urn(element, under), reading.moment(reading.child(element, "created", "time"))
    if urn is None or made is None:
        return None
    text = normalised(reading.text(reading.child(element, "message", "text")))
    return RemotePost(urn, text, made, f"https://www.linkedin.com/feed/update/{under.root_id}", media_count=0)
