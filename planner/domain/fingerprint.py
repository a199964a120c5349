"""Recognising our own post among those that a network lists: the text in one form, and the rule of matching."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Generic, Protocol, TypeVar
from urllib.parse import urlsplit, urlunsplit

WHOLE_SECOND = timedelta(seconds=1)
#: From this likeness on (0 to 1) one text may be the other as a network shows it; so many characters are compared.
NEAR, LONGEST_COMPARED = 0.9, 1000
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_AFTER_A_LINK = ".,;:!?\"'”“»«)]}>…"


def normalise(text: str) -> str:
    """The text in the form in which two sides can be compared.

    NFC; white space folded; characters without width removed; links with scheme and host in lower case and without
    a trailing slash. Tracking parameters stay: they tell two posts apart.
    """
    visible = "".join(character for character in text if unicodedata.category(character) != "Cf")
    folded = " ".join(unicodedata.normalize("NFC", visible).split())
    return unicodedata.normalize("NFC", _LINK.sub(_link_in_text, folded))


def normalise_link(link: str) -> str:
    """One address in the form that :func:`normalise` gives it."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return link
    if not parts.netloc:
        return link
    scheme, host, path = parts.scheme.lower(), parts.netloc.lower(), parts.path.rstrip("/")
    return urlunsplit((scheme, host, path, parts.query, parts.fragment))


def digest(text: str) -> str:
    """The fingerprint of a text: SHA-256 of its normal form, in hexadecimal."""
    return hashlib.sha256(normalise(text).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Sought:
    """An attempt whose post may be out there. ``media_count`` None: any.

    ``named`` is a remote id that the network itself gave as having this content.
    """

    started_at: datetime
    fingerprint: str
    media_count: int | None = None
    link: str | None = None
    named: str | None = None


class Listed(Protocol):
    """What the rule reads of a listed post."""

    @property
    def remote_id(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def media_count(self) -> int | None: ...
    @property
    def links(self) -> tuple[str, ...]: ...


Post = TypeVar("Post", bound=Listed)


class Finding(StrEnum):
    """What a look at the listed posts gave."""

    FOUND = "found"
    ABSENT = "absent"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Match(Generic[Post]):
    """The finding, with the post that is ours or, where that cannot be said, all that fit, oldest first."""

    finding: Finding
    posts: tuple[Post, ...] = ()


def match(
    attempts: Iterable[Sought],
    listed: Iterable[Post],
    *,
    ahead: timedelta = timedelta(0),
    taken: Collection[str] = frozenset(),
    sharing: int = 1,
) -> Match[Post]:
    """Which of the listed posts is ours: the one that any of the attempts can have made.

    ``ahead`` is how far the network's clock is ahead of ours; ``taken`` are remote ids that other deliveries have.
    One that was there before an attempt began is never its post. One from long after counts: our clock may have been
    put forward since, and sending again would show the text a second time, whoever posted it. ``sharing`` deliveries,
    this one among them, are looked for by the same fingerprint: with no more posts than these, the one is taken of
    which the network tells most that fits, and of several the oldest.
    """
    sought = list(attempts)
    fitting: dict[str, Post] = {}
    for post in listed:
        if post.remote_id not in taken and any(_fits(attempt, post, ahead) for attempt in sought):
            fitting.setdefault(post.remote_id, post)
    posts = tuple(sorted(fitting.values(), key=lambda post: post.created_at))
    if not posts:
        return Match(Finding.ABSENT)
    if len(posts) > sharing:
        return Match(Finding.AMBIGUOUS, posts)
    surest = min(
        posts, key=lambda post: min(_unsure(attempt, post) for attempt in sought if _fits(attempt, post, ahead))
    )
    return Match(Finding.FOUND, (surest,))


def clock_ahead(network_time: datetime | None, answered_at: datetime) -> timedelta:
    """How far a network's clock is ahead of ours, by the time it gave in an answer that came at ``answered_at``.

    Never more than it truly is: the time given is cut to the second and older than the answer. So a post of ours
    is not taken for one that was there before.
    """
    return network_time - answered_at if network_time is not None else timedelta(0)


def lookalikes(
    attempts: Iterable[Sought], listed: Iterable[Post], *, taken: Collection[str] = frozenset()
) -> tuple[Post, ...]:
    """The posts with the content of one of the attempts, whenever they were made, oldest first.

    One that seems older than every attempt was there before, or our clock was put back since: which, nobody can tell
    from the times.
    """
    sought = list(attempts)
    alike = {p.remote_id: p for p in listed if p.remote_id not in taken and any(_is_alike(a, p) for a in sought)}
    return tuple(sorted(alike.values(), key=lambda post: post.created_at))


def resembling(
    text: str,
    attempts: Iterable[Sought],
    listed: Iterable[Post],
    *,
    ahead: timedelta = timedelta(0),
) -> tuple[Post, ...]:
    """The posts with the files and link of an attempt, from since it began, whose text is nearly ``text`` as it was
    expected to be listed, oldest first: a network that shows it otherwise than it was sent may show ours."""
    core, sought = _core(text), list(attempts)
    near = [
        post
        for post in listed
        if any(_is_since(a, post.created_at, ahead) and _has_the_same_with_it(a, post) for a in sought)
        and _is_near(core, _core(post.text))
    ]
    return tuple(sorted(near, key=lambda post: post.created_at))


def _core(text: str) -> str:
    """What is left of a text, whatever a network makes of its signs: letters and digits; without any, the signs."""
    plain = normalise(text).casefold()
    return "".join(character for character in plain if character.isalnum())[:LONGEST_COMPARED] or plain


def _is_near(one: str, other: str) -> bool:
    if one == other:
        return True
    compared = SequenceMatcher(None, one, other, autojunk=False)
    return compared.real_quick_ratio() >= NEAR and compared.quick_ratio() >= NEAR and compared.ratio() >= NEAR


def _fits(attempt: Sought, post: Listed, ahead: timedelta) -> bool:
    return _is_since(attempt, post.created_at, ahead) and _is_alike(attempt, post)


def _is_alike(attempt: Sought, post: Listed) -> bool:
    if attempt.named == post.remote_id:
        return True
    return _has_the_same_with_it(attempt, post) and digest(post.text) == attempt.fingerprint


def _unsure(attempt: Sought, post: Listed) -> int:
    """Of how much that was sent with the text the network does not tell whether it is there: another post may have it
    for certain, and this one be of another delivery without."""
    if attempt.named == post.remote_id:
        return 0
    return (attempt.media_count is not None and post.media_count is None) + (bool(attempt.link) and not post.links)


def _has_the_same_with_it(attempt: Sought, post: Listed) -> bool:
    return _same_media(attempt.media_count, post.media_count) and _same_link(attempt.link, post.links)


def _is_since(attempt: Sought, created_at: datetime, ahead: timedelta) -> bool:
    by_our_clock = created_at - ahead
    # A network that keeps whole seconds says 09:00:00 of what it made at 09:00:00.9.
    cut = created_at.microsecond == 0 and attempt.started_at < by_our_clock + WHOLE_SECOND
    return attempt.started_at <= by_our_clock or cut


def _same_media(sent: int | None, listed: int | None) -> bool:
    return sent is None or listed is None or sent == listed


def _same_link(sent: str | None, listed: tuple[str, ...]) -> bool:
    """A network that lists no links says nothing about ours."""
    return not sent or not listed or normalise_link(sent) in {normalise_link(link) for link in listed}


def _link_in_text(found: re.Match[str]) -> str:
    whole = found.group()
    link = whole.rstrip(_AFTER_A_LINK)
    return normalise_link(link) + whole[len(link) :]
