"""Reading what Graph lists: a Page's posts, and the comments under one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from publishers import reading
from publishers.base import RemotePost, Under
from publishers.facebook.text import listed_links, listed_media, listed_text

PAGE = 100
POST_FIELDS = "id,message,message_tags,created_time,permalink_url,attachments{media_type,unshimmed_url,subattachments}"
COMMENT_FIELDS = "id,message,created_time,permalink_url,from"

Query = tuple[str, dict[str, str]]
"""A path below the version, and its parameters."""


def posts(page: str, since: datetime) -> Query:
    """The posts of a Page, newest first."""
    return f"{page}/published_posts", {
        "fields": POST_FIELDS, "since": str(int(since.timestamp()) - 1), "limit": str(PAGE),
    }  # fmt: skip


def comments(under: Under) -> Query:
    """All comments right under a post, whoever wrote them, newest first."""
    return f"{quote(under.parent_id, safe='')}/comments", {
        "fields": COMMENT_FIELDS, "filter": "toplevel", "order": "reverse_chronological", "limit": str(PAGE),
    }  # fmt: skip


def is_past(found: list[dict[str, Any]], since: datetime) -> bool:
    """Whether a listing, newest first, has come to what is older."""
    made = reading.moment(found[-1].get("created_time")) if found else None
    return made is not None and made < since


def read(found: list[dict[str, Any]], since: datetime, author: str | None) -> tuple[list[RemotePost], bool]:
    """What was made since a moment (by ``author`` alone, where one is given), and whether each could be read."""
    posts, readable = [], True
    for entry in found:
        if author is not None and reading.identifier(reading.child(entry, "from", "id")) != author:
            continue
        remote_id, made = reading.identifier(entry.get("id")), reading.moment(entry.get("created_time"))
        if remote_id is None or made is None:
            readable = False
        elif made >= since:
            posts.append(_remote_post(entry, remote_id, made, is_comment=author is not None))
    return posts, readable


def url(remote_id: str) -> str:
    return f"https://www.facebook.com/{remote_id}"


def _remote_post(entry: dict[str, Any], remote_id: str, made: datetime, *, is_comment: bool) -> RemotePost:
    return RemotePost(
        remote_id=remote_id,
        text=listed_text(entry),
        created_at=made,
        url=reading.text(entry.get("permalink_url")) or url(remote_id),
        media_count=0 if is_comment else listed_media(entry),
        links=listed_links(entry),
    )
