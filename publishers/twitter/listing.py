"""Reading X's listed posts. What the account wrote under a post is listed among its own posts, as replies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from publishers import reading
from publishers.base import RemotePost, Under
from publishers.twitter.text import listed_links, listed_text

FIELDS = ("created_at", "entities", "attachments", "note_tweet", "conversation_id", "referenced_tweets")


def read(found: list[dict[str, Any]], since: datetime, under: Under | None) -> tuple[list[RemotePost], bool]:
    """The posts since a moment, or the replies to one post, and whether each one listed could be read."""
    posts, readable = [], True
    for tweet in found:
        post = one(tweet)
        if post is None:
            readable = False
        elif post.created_at >= since and _belongs(tweet, under):
            posts.append(post)
    return posts, readable


def one(tweet: dict[str, Any]) -> RemotePost | None:
    """None where X does not say which post it is or when it was made."""
    remote_id, made = reading.identifier(tweet.get("id")), reading.moment(tweet.get("created_at"))
    if remote_id is None or made is None:
        return None
    media = reading.child(tweet, "attachments", "media_keys")
    return RemotePost(
        remote_id=remote_id,
        text=listed_text(tweet),
        created_at=made,
        url=url(remote_id),
        media_count=len(media) if isinstance(media, list) else 0,
        links=listed_links(tweet),
    )


def url(remote_id: str) -> str:
    return f"https://x.com/i/status/{remote_id}"


def _belongs(tweet: dict[str, Any], under: Under | None) -> bool:
    """A post that answers none; or one that answers the given one, or is in its conversation where X names no more."""
    answered = [
        reading.identifier(reference.get("id"))
        for reference in reading.items(tweet.get("referenced_tweets"))
        if reference.get("type") == "replied_to"
    ]
    if under is None:
        return not answered
    if answered:
        return under.parent_id in answered
    conversation = reading.identifier(tweet.get("conversation_id"))
    return conversation == under.root_id and reading.identifier(tweet.get("id")) != under.root_id
