"""A post as the Posts API takes it (learn.microsoft.com, Posts API, MultiImage API, Polls API)."""

from __future__ import annotations

from typing import Any

from publishers.base import MediaKind, Medium, OutgoingPost, Poll, Prepared, Rejected
from publishers.linkedin.errors import TITLE
from publishers.linkedin.text import DURATIONS, article_title, compose, escape, locales
from publishers.text import normalised

LONGEST_TITLE = 400
LONGEST_DESCRIPTION = 4086
#: Under this name a preparation notes the URN of the picture for a link's card: LinkedIn fetches none by itself.
THUMBNAIL = "thumbnail"


def post_body(prepared: Prepared, author: str, *, narrowed: bool) -> dict[str, Any]:
    """``narrowed``: whether this author may choose who sees it by language."""
    wanted = locales(prepared.post.languages) if narrowed else []
    body: dict[str, Any] = {
        "author": author,
        "commentary": escape(compose(prepared.post)),
        "visibility": "PUBLIC",
        "distribution": {
            "feedDistribution": "MAIN_FEED",
            "targetEntities": [{"interfaceLocales": wanted}] if wanted else [],
            "thirdPartyDistributionChannels": [],
        },
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
    }
    content = _content(prepared)
    return {**body, "content": content} if content else body


def _content(prepared: Prepared) -> dict[str, Any] | None:
    post = prepared.post
    media = [_medium(urn, medium) for urn, medium in zip(prepared.media_ids, post.media, strict=True)]
    if len(media) == 1:
        return {"media": media[0]}
    if media:
        return {"multiImage": {"images": media}}
    if post.poll:
        return {"poll": _poll(post.poll)}
    if post.link:
        thumbnail = prepared.notes.get(THUMBNAIL)
        description = normalised(post.card_description)[:LONGEST_DESCRIPTION]
        return {
            "article": {
                "source": post.link,
                "title": card_title(post),
                **({"description": description} if description else {}),
                **({"thumbnail": thumbnail} if thumbnail else {}),
            }
        }
    return None


def card_title(post: OutgoingPost) -> str:
    """The title of a link's card: the channel's own, else that of the card, else one made of the address."""
    written = " ".join((post.title.strip() or post.card_title).split())
    return written[:LONGEST_TITLE] or article_title(post.link or "")


def _medium(urn: str, medium: Medium) -> dict[str, str]:
    """Images have an alternative text, videos and documents a title (a document must)."""
    if medium.kind in (MediaKind.IMAGE, MediaKind.GIF):
        return {"id": urn, "altText": medium.alt} if medium.alt else {"id": urn}
    title = medium.title.strip() or (medium.path.name if medium.kind is MediaKind.DOCUMENT else "")
    return {"id": urn, "title": title[:LONGEST_TITLE]} if title else {"id": urn}


def _poll(poll: Poll) -> dict[str, Any]:
    if poll.hours not in DURATIONS:
        raise Rejected(f"{TITLE} has no polls of {poll.hours} hours.")
    return {
        "question": normalised(poll.question),
        "options": [{"text": normalised(option)} for option in poll.options],
        "settings": {"duration": DURATIONS[poll.hours]},
    }
