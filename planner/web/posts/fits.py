"""What the composer says beside the files, in words: what it offers where a channel does not take one as it is, and
which alternative text does not reach its network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from planner.models import Channel, Media
from planner.services.media import offers
from planner.services.media.fitting import Want
from planner.services.media.offers import Offer
from planner.services.posts.content import takes_alt
from planner.web import context
from planner.web.formats import duration, file_size
from planner.web.media import program, told
from planner.web.messages import sentence
from planner.web.posts import extras
from planner.web.posts.form import Typed
from publishers import registry
from publishers.base import MediaKind
from publishers.outgoing import kind_of


def shown(typed: Typed) -> list[dict[str, Any]]:
    """For each list of files of the form (``list``), what is offered for a file of it on a channel, or to be known."""
    channels, media = _named(typed)
    tool = program()
    asked = [(place, c, media[i]) for place, c, ids in _lists(typed, channels) for i in ids if i in media]
    offered = ((place, offers.offer(context.platform(), channel, one, tool)) for place, channel, one in asked)
    said = [_shown(offer, place) for place, offer in offered if offer is not None]
    return said + [_undescribed(*one) for one in asked if _is_undescribed(typed, *one[1:])]


def _named(typed: Typed) -> tuple[dict[int, Channel], dict[int, Media]]:
    session, workspace_id = context.reading(), context.member().workspace_id
    wanted = {i for ids in typed.media_lists() for i in ids}
    if not wanted:
        return {}, {}
    channels = select(Channel).where(Channel.workspace_id == workspace_id, Channel.id.in_(typed.channels))
    media = select(Media).where(Media.workspace_id == workspace_id, Media.id.in_(wanted))
    return {c.id: c for c in session.scalars(channels)}, {m.id: m for m in session.scalars(media)}


def _lists(typed: Typed, channels: dict[int, Channel]) -> Iterator[tuple[str, Channel, Iterable[int]]]:
    known = registry.networks()
    for channel_id, channel in channels.items():
        if channel.network not in known:
            continue
        variant = typed.variant(channel_id)
        yield (str(channel_id), channel, variant.media) if variant.own_media else ("base", channel, typed.media)
        if extras.THREAD in typed.extras.chosen and known[channel.network].content_rules.max_thread:
            yield from ((f"part{part.key}", channel, part.media) for part in typed.extras.parts)


def _is_undescribed(typed: Typed, channel: Channel, media: Media) -> bool:
    """Whether the alternative text, as it is typed, does not reach the network."""
    described = typed.alt.get(media.id, media.alt).strip()
    return bool(described) and not takes_alt(registry.network(channel.network), kind_of(media.mime))


def _undescribed(place: str, channel: Channel, media: Media) -> dict[str, Any]:
    return {
        "key": f"{place}-{channel.id}-{media.id}-alt",
        "list": place,
        "text": sentence("alt_left_out", {"channel": channel.name}),
        "label": "",
        "conversion": None,
    }


def _shown(offer: Offer, place: str) -> dict[str, Any]:
    return {
        "key": f"{place}-{offer.channel.id}-{offer.media.id}",
        "list": place,
        "channel": str(offer.channel.id),
        "name": offer.channel.name,
        "media": str(offer.media.id),
        "text": " ".join((_wrong(offer), *_remedy(offer))),
        "label": _label(offer),
        "url": url_for("media.fit", media_id=offer.media.id),
        "conversion": told(offer.conversion) if offer.conversion else None,
    }


def _wrong(offer: Offer) -> str:
    names = {"file": offer.media.filename, "channel": offer.channel.name, "codec": offer.codec}
    if offer.misfit is None:
        return _("%(file)s is a video in %(codec)s, which %(channel)s may not take.", **names)
    return _("%(file)s does not fit %(channel)s.", **names)


def _remedy(offer: Offer) -> list[str]:
    """What would be done, or what a person can do."""
    if kind_of(offer.media.mime) is MediaKind.VIDEO and not offer.possible:
        if offer.film is not None:
            return [sentence("no_ffmpeg"), _("Export it as MP4 (H.264) within the limits and upload that.")]
        return [_("Shorten it, or export it smaller, and upload that.")]
    if offer.still:
        return [_("A copy that stands still fits.")]
    done = [_steps(offer)[want] for want in offer.wants]
    return [_("A copy fits: %(steps)s.", steps=", ".join(done))] if done else [_("A copy in H.264 fits.")]


def _steps(offer: Offer) -> dict[Want, str]:
    rules = offer.misfit.rules if offer.misfit else None
    return {
        Want.TYPE: _("in another format"),
        Want.RATIO: _("with a margin, nothing is cut off"),
        Want.PIXELS: _("with fewer pixels"),
        Want.SIZE: _("at most %(limit)s", limit=file_size(rules.max_bytes if rules else 0)),
        Want.SECONDS: _("cut off at %(length)s", length=duration(rules.max_seconds or 0 if rules else 0)),
    }


def _label(offer: Offer) -> str:
    if not offer.possible:
        return ""
    return _("Use a still picture") if offer.still else _("Make it fit")
