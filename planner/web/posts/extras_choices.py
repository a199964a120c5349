"""What there is to choose from in the composer: lengths of polls, languages, networks of mentions, kinds of files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from babel import Locale
from flask_babel import get_locale, ngettext

from planner.services.channel_choices import ChannelChoice
from planner.services.media.documents import ENDINGS
from planner.services.media.images import KINDS
from planner.web import context
from planner.web.formats import file_size

#: Hours; what networks offer, or take between.
POLL_LENGTHS = (24, 72, 168, 336)
#: ISO 639-1; the others come in by the API and then stay.
LANGUAGES = ("de", "en", "fr", "it", "es", "nl", "pl", "cs", "pt", "sv", "da", "hu", "ro", "tr", "zh", "ja")
VIDEOS = ("video/mp4", "video/quicktime", ".mp4", ".mov", ".m4v")


def helpers() -> dict[str, Any]:
    """For the composer's templates."""
    accepted = (*(mime for mime, _ending in KINDS.values()), *VIDEOS, *ENDINGS, *ENDINGS.values())
    limit = context.platform().settings.max_upload_bytes
    return {
        "poll_lengths": poll_lengths,
        "languages_to_choose": languages_to_choose,
        "mention_networks": mention_networks,
        "accepted_files": ",".join(accepted),
        "upload_limit": file_size(limit),
        "upload_bytes": limit,
    }


def poll_lengths(chosen: int) -> list[tuple[str, str]]:
    """Value and label of each; the one that is chosen already is always among them."""
    return [(str(hours), poll_length(hours)) for hours in sorted({*POLL_LENGTHS, chosen})]


def languages_to_choose(chosen: Sequence[str]) -> list[tuple[str, str]]:
    """Code and name of each."""
    codes = list(dict.fromkeys((*LANGUAGES, *chosen)))
    return sorted(zip(codes, language_names(codes), strict=True), key=lambda one: one[1].casefold())


def language_names(codes: Sequence[str]) -> list[str]:
    """In the reader's own words."""
    names = Locale.parse(str(get_locale())).languages
    return [names.get(code, code) for code in codes]


def mention_networks(channels: Sequence[ChannelChoice], chosen: str) -> list[str]:
    """Networks that know an account by an id of their own."""
    found = {c.network.key for c in channels if c.network.content_rules.mentions == "id"}
    return sorted(found | ({chosen} if chosen else set()))


def poll_length(hours: int) -> str:
    """``3 days``."""
    days, rest = divmod(hours, 24)
    if days and not rest:
        return ngettext("%(num)d day", "%(num)d days", days)
    return ngettext("%(num)d hour", "%(num)d hours", hours)
