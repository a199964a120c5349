"""From a post to what one channel gets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from planner.models import Media, Post
from planner.models.posts import CARD
from planner.services.posts.inputs import MentionInput, PollInput, content_of
from publishers.base import MediaKind, Medium, Mention, Network, OutgoingPost, Poll, ThreadPart


def outgoing(post: Post, channel_id: int, folder: Path, network: Network, *, key: str = "") -> OutgoingPost:
    """What a channel gets, without what its network has no place for. ``folder`` holds the files."""
    return fitted(whole(post, channel_id, folder, network, key=key), network)


def whole(post: Post, channel_id: int, folder: Path, network: Network, *, key: str = "") -> OutgoingPost:
    """Base and the channel's variant merged."""
    variant = next((v for v in post.variants if v.channel_id == channel_id), None)
    own_media = variant is not None and variant.own_media
    content = content_of(post, ())
    text = variant.text if variant is not None and variant.text is not None else post.text
    comment = variant.first_comment if variant is not None else None
    return OutgoingPost(
        text=text,
        link=post.link,
        media=_media(post, channel_id if own_media else None, 0, folder),
        key=key,
        title=(variant.title if variant is not None else None) or "",
        poll=as_poll(content.poll),
        mentions=mentions_on(network, content.mentions),
        languages=content.languages,
        thread=tuple(ThreadPart(p.text, _media(post, None, n, folder)) for n, p in enumerate(content.thread, start=1)),
        first_comment=post.first_comment if comment is None else comment,
        card=next(iter(_media(post, None, CARD, folder)), None),
        card_title=post.card_title,
        card_description=post.card_description,
    )


def fitted(post: OutgoingPost, network: Network) -> OutgoingPost:
    """The post without what the network has no place for (a poll stays: without it, it would be another post)."""
    missing = left_out(post, network)
    empty: dict[str, Any] = {"thread": (), "first_comment": "", "languages": (), "card": None}
    without = {name: empty[name] for name in missing}
    if network.content_rules.card is None:
        without |= {"card": None, "card_title": "", "card_description": ""}
    return replace(post, **without) if without else post


def left_out(post: OutgoingPost, network: Network, account_id: str | None = None) -> list[str]:
    """What of a post the network, or this account of it, has no place for: ``thread``, ``first_comment``,
    ``languages``, ``card`` (which is no loss where the network reads the page itself), ``alt`` of a file."""
    rules = network.content_rules_for(account_id)
    there = {
        "thread": bool(post.thread) and not rules.max_thread,
        "first_comment": bool(post.first_comment.strip()) and rules.first_comment is None,
        "languages": bool(post.languages) and not rules.languages,
        "card": post.card is not None and rules.card is None and not rules.reads_page,
        "alt": any(medium.alt.strip() and not takes_alt(network, medium.kind) for medium in post.media),
    }
    return [name for name, is_left_out in there.items() if is_left_out]


def takes_alt(network: Network, kind: MediaKind) -> bool:
    """Whether an alternative text reaches the network; of a kind that it does not take nothing is said."""
    rules = network.media_rules.of(kind)
    return rules is None or rules.described


def mentions_on(network: Network, mentions: Iterable[MentionInput]) -> tuple[Mention, ...]:
    """The accounts that a text names and that this network knows."""
    if not network.content_rules.mentions:
        return ()
    return tuple(Mention(m.name, m.remote_id) for m in mentions if m.network == network.key)


def as_poll(given: PollInput | None) -> Poll | None:
    """A poll as an adapter takes it."""
    return None if given is None else Poll(given.options, given.hours, given.question)


def as_medium(media: Media, folder: Path) -> Medium:
    """A stored file as an adapter takes it."""
    return Medium(
        folder / media.stored_as,
        media.mime,
        media.size,
        media.width,
        media.height,
        media.alt,
        seconds=media.seconds,
        pages=media.pages,
        title=media.title or "",
    )


def _media(post: Post, channel_id: int | None, part: int, folder: Path) -> tuple[Medium, ...]:
    own = (m.medium for m in post.media if m.channel_id == channel_id and m.part == part)
    return tuple(as_medium(medium, folder) for medium in own)
