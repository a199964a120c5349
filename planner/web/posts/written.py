"""What a post says, as its page shows it: the versions, and what goes beyond text and files."""

from __future__ import annotations

from typing import Any

from planner.models import Media, Post
from planner.models.posts import CARD
from planner.services.posts import PostView
from planner.web.posts.extras_choices import language_names, poll_length


def versions(view: PostView) -> list[dict[str, Any]]:
    """The base and each channel's own version, with their files."""
    post = view.post
    channels = {d.channel_id: d.channel for d in view.deliveries}
    found: list[dict[str, Any]] = [{"channel": None, "text": post.text, "media": media(post, None)}]
    for variant in post.variants:
        if variant.channel_id in channels:
            shown = {
                "channel": channels[variant.channel_id],
                "text": post.text if variant.text is None else variant.text,
                "media": media(post, variant.channel_id if variant.own_media else None),
                "title": variant.title,
                "first_comment": variant.first_comment,
            }
            found.append(shown)
    return found


def beyond(post: Post) -> dict[str, Any]:
    """Poll, thread, first comment, languages, mentions, the card of the link; empty where there is none."""
    poll = {**post.poll, "length": poll_length(int(post.poll["hours"]))} if post.poll else None
    return {
        "poll": poll,
        "parts": [{"text": text, "media": media(post, None, n)} for n, text in enumerate(post.thread, start=1)],
        "first_comment": post.first_comment,
        "languages": language_names(post.languages),
        "mentions": post.mentions,
        "card": _card(post),
    }


def _card(post: Post) -> dict[str, Any] | None:
    picture = media(post, None, CARD)
    if not (picture or post.card_title or post.card_description):
        return None
    return {"title": post.card_title, "description": post.card_description, "picture": picture}


def media(post: Post, channel_id: int | None, part: int = 0) -> list[Media]:
    """The files of the base (``channel_id`` None) or of a channel's version; ``part`` of a thread, 0: the post."""
    return [m.medium for m in post.media if m.channel_id == channel_id and m.part == part]
