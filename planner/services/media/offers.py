"""What can be offered for a file that a channel's network does not take as it is: a copy that fits, for that channel
alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from planner.domain.roles import Permission
from planner.models import Channel, Media
from planner.services.actor import Actor
from planner.services.errors import Conflict, Invalid, NotFound
from planner.services.media import conversions, films, fitting, mp4
from planner.services.media.conversions import Conversion
from planner.services.media.films import Film
from planner.services.media.fitting import Misfit, Want
from planner.services.media.receiving import discard, take
from planner.services.media.storing import get, keep
from publishers import registry
from publishers.base import MediaKind, Medium, Network, OutgoingPost
from publishers.outgoing import kind_of

if TYPE_CHECKING:
    from planner.bootstrap import Platform

#: What every network shows, as the four letters of its kind of pictures.
COMMON_CODECS = frozenset({"avc1", "avc3"})


@dataclass(frozen=True, slots=True)
class Offer:
    """One file on one channel. ``misfit`` None: the network may take it, but its ``codec`` (as people know it) is one
    that many refuse.

    ``film`` is set where FFmpeg could make a video fit; ``possible`` says whether it is there, too; ``conversion`` is
    the one that was asked for already.
    """

    channel: Channel
    media: Media
    misfit: Misfit | None
    film: Film | None = None
    codec: str = ""
    possible: bool = True
    conversion: Conversion | None = None

    @property
    def wants(self) -> tuple[Want, ...]:
        """What is wrong."""
        return self.misfit.wants if self.misfit else ()

    @property
    def still(self) -> bool:
        """Whether a GIF would stand still afterwards."""
        return self.misfit is not None and self.misfit.still


def offer(platform: Platform, channel: Channel, media: Media, program: str | None) -> Offer | None:
    """What can be offered for one file on one channel; None where it fits or nothing helps. ``program`` is FFmpeg, None
    where it is not there."""
    network, folder = registry.network(channel.network), platform.settings.media_folder
    rules, medium, kind = network.media_rules, _as_medium(media, folder), kind_of(media.mime)
    if channel.credentials is not None and _never_taken(network, medium):
        return None
    found = fitting.misfit(medium, rules)
    if kind is not MediaKind.VIDEO:
        return Offer(channel, media, found) if found else None
    if rules.video is None:
        return None
    codec = _uncommon_codec(folder / media.stored_as)
    if found is None and not codec:
        return None
    film = films.plan(media, rules.video)
    conversion = None
    if film is not None:
        key = conversions.key_of(media, film)
        conversion = conversions.state_of(platform, media.workspace_id, key)
    return Offer(channel, media, found, film, codec, film is not None and program is not None, conversion)


def make(
    platform: Platform, actor: Actor, media_id: int, channel_id: int, program: str | None, *, now: datetime
) -> Media | Conversion:
    """Carry an offer out: the new medium of an image, at once, or the conversion of a video, which goes on by itself.

    Raises Forbidden, NotFound, Conflict (``fits_already``, ``no_ffmpeg``, ``fit_impossible``), Invalid.
    """
    actor.require(Permission.EDIT)
    with platform.database.read() as session:
        found, media = _asked(platform, session, actor, media_id, channel_id, program)
        session.expunge_all()
    if kind_of(media.mime) is MediaKind.VIDEO:
        if found.film is None:
            raise Conflict("fit_impossible")
        if program is None:
            raise Conflict("no_ffmpeg")
        return conversions.start(platform, actor, media, found.film, program)
    if found.misfit is None:
        raise Conflict("fits_already")
    return _fitted(platform, actor, media, found.misfit, now)


def _asked(
    platform: Platform, session: Session, actor: Actor, media_id: int, channel_id: int, program: str | None
) -> tuple[Offer, Media]:
    media = get(session, actor.workspace_id, media_id)
    channel = session.get(Channel, channel_id)
    if channel is None or channel.workspace_id != actor.workspace_id:
        raise NotFound("not_found")
    found = offer(platform, channel, media, program)
    if found is None:
        raise Conflict("fits_already")
    return found, media


def _fitted(platform: Platform, actor: Actor, media: Media, misfit: Misfit, now: datetime) -> Media:
    folder = platform.settings.media_folder
    incoming = take(fitting.fitted_image(folder / media.stored_as, misfit.rules, folder))
    name = Path(media.filename).stem[:240] + incoming.facts.ending
    try:
        with platform.database.write() as session:
            return keep(session, actor, incoming, name, now=now, folder=folder, alt=media.alt, title=media.title or "")
    finally:
        discard(incoming)


def _never_taken(network: Network, medium: Medium) -> bool:
    """Whether the network's API takes no file of this kind, however it is made."""
    problems = network.check_connection(OutgoingPost("", media=(medium,))) if network.check_connection else []
    return any(problem.code == f"{medium.kind}s_unsupported" for problem in problems)


def _uncommon_codec(path: Path) -> str:
    try:
        video = mp4.read(path)
    except (OSError, Invalid):
        return ""
    return "" if video.codec in COMMON_CODECS else video.codec_name


def _as_medium(media: Media, folder: Path) -> Medium:
    path = folder / media.stored_as
    return Medium(path, media.mime, media.size, media.width, media.height, seconds=media.seconds, pages=media.pages)
