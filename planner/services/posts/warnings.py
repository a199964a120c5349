"""What a person should know when scheduling, though nothing forbids it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from planner.domain import walltime
from planner.domain.fingerprint import normalise
from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Post, Variant
from planner.services.errors import FieldError
from planner.services.posts.content import left_out, whole
from publishers import registry
from publishers.base import OutgoingPost
from publishers.text import names_in, normalised

SAME_TEXT_WINDOW = timedelta(hours=48)

#: The code for each part of a post that a network has no place for.
LEFT_OUT = {
    "thread": "thread_left_out",
    "first_comment": "first_comment_left_out",
    "languages": "languages_left_out",
    "card": "card_left_out",
    "alt": "alt_left_out",
}


def warnings_for(session: Session, post: Post, deliveries: Sequence[Delivery]) -> list[FieldError]:
    """Warnings about a stored post: the same text soon, a channel that cannot send, an hour that the clocks change."""
    found: list[FieldError] = []
    for delivery in deliveries:
        if delivery.publish_at is None or delivery.state not in (DeliveryState.DRAFT, DeliveryState.SCHEDULED):
            continue
        channel = session.get_one(Channel, delivery.channel_id)
        text = next((v.text for v in post.variants if v.channel_id == channel.id and v.text is not None), post.text)
        found += about_channel(channel)
        found += about_link(channel, post.link)
        found += about_left_out(channel, left_out_of(post, channel))
        if channel.network in registry.networks():
            found += about_mentions(channel, whole(post, channel.id, Path(), registry.network(channel.network)))
        found += about_text(session, channel, text, delivery.publish_at, but_post=post.id)
        found += about_wall_time(delivery.wall_time, delivery.zone)
    return once(found)


def about_link(channel: Channel, link: str | None) -> list[FieldError]:
    """Whether the network shows links that nobody can follow."""
    network = registry.networks().get(channel.network)
    if not link or network is None or network.text_rules.link_works:
        return []
    return [FieldError("link", "link_not_clickable", {"channel": channel.name, "id": channel.id})]


def about_wall_time(wall: str | None, zone: str | None) -> list[FieldError]:
    """What a clock change does to a chosen wall-clock time (``YYYY-MM-DDTHH:MM``)."""
    if not wall or not zone:
        return []
    wanted = datetime.fromisoformat(wall)
    resolved = walltime.resolve(wanted, zone)
    if resolved.note is None:
        return []
    actual = walltime.to_wall(resolved.utc, zone)
    params = {"wanted": f"{wanted:%H:%M}", "actual": f"{actual:%H:%M}", "day": f"{wanted:%Y-%m-%d}"}
    return [FieldError("publish_at", "wall_time_" + resolved.note, params)]


def about_channel(channel: Channel) -> list[FieldError]:
    """Why nothing can go out on a channel right now."""
    if channel.reconnect_since is not None and channel.by_hand_since is None:
        return [FieldError("channels", "channel_needs_reconnect", {"channel": channel.name, "id": channel.id})]
    if channel.paused_at is not None:
        return [FieldError("channels", "channel_is_paused", {"channel": channel.name, "id": channel.id})]
    return []


def about_mentions(channel: Channel, post: OutgoingPost) -> list[FieldError]:
    """Which names that stand for an account are nowhere in what the channel gets."""
    network = registry.networks().get(channel.network)
    if network is None or network.content_rules.mentions != "id":
        return []
    texts = [post.text, *(part.text for part in post.thread)]
    there = {name for text in texts for name in names_in(text, post.mentions)}
    return [
        FieldError("mentions", "mention_not_in_text", {"name": one.name, "channel": channel.name, "id": channel.id})
        for one in post.mentions
        if one.name.strip() and normalised(one.name) not in there
    ]


def about_left_out(channel: Channel, missing: Iterable[str]) -> list[FieldError]:
    """What a channel does not get of a post, as its network has no place for it."""
    return [FieldError(name, LEFT_OUT[name], {"channel": channel.name, "id": channel.id}) for name in missing]


def left_out_of(post: Post, channel: Channel) -> list[str]:
    """What of a stored post the channel does not get."""
    if channel.network not in registry.networks():
        return []
    network = registry.network(channel.network)
    return left_out(whole(post, channel.id, Path(), network), network, channel.remote_account_id)


def about_text(
    session: Session, channel: Channel, text: str, moment: datetime, *, but_post: int | None = None
) -> list[FieldError]:
    """Whether the channel has the same text within 48 hours of a moment, in a post other than ``but_post``."""
    query = (
        select(Post.text, Variant.text)
        .join(Delivery, Delivery.post_id == Post.id)
        .outerjoin(Variant, (Variant.post_id == Post.id) & (Variant.channel_id == Delivery.channel_id))
        .where(
            Delivery.channel_id == channel.id,
            Delivery.post_id != (but_post or 0),
            Delivery.state != DeliveryState.CANCELLED,
            ~and_(Delivery.rehearsed, Delivery.state == DeliveryState.PUBLISHED),  # nobody has seen it
            Delivery.publish_at.between(moment - SAME_TEXT_WINDOW, moment + SAME_TEXT_WINDOW),
            Post.deleted_at.is_(None),
        )
    )
    wanted = normalise(text).casefold()
    for base, own in session.execute(query):
        if normalise(own if own is not None else base).casefold() == wanted:
            return [FieldError("text", "same_text_soon", {"channel": channel.name, "id": channel.id})]
    return []


def once(warnings: Iterable[FieldError]) -> list[FieldError]:
    """Each warning once, in their order."""
    return list({(w.field, w.code, tuple(w.params.items())): w for w in warnings}.values())
