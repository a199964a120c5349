"""A page, fetched and read for the card of a link to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.security import fetching
from planner.security.fetching import Fetched
from planner.security.outgoing import OutgoingError
from planner.services.link_cards.pages import facts_of
from planner.services.link_cards.pictures import Shown, shown_picture
from planner.services.link_cards.unreadable import PAGE_CODES, USER_AGENT, Unreadable

if TYPE_CHECKING:
    from planner.bootstrap import Platform

__all__ = ["LinkCard", "Unreadable", "read"]

#: The head of a page lies within so many bytes.
MOST_BYTES = 1_000_000
SECONDS = 5.0
_PAGES = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class LinkCard:
    """What a card shows. ``title`` and ``description`` are "" where the page says nothing; ``problem`` is a code where
    it names a picture that cannot be had."""

    title: str
    description: str
    picture: Shown | None = None
    problem: str = ""


def read(platform: Platform, link: str, language: str = "") -> LinkCard:
    """Read the page at ``link``, in ``language`` (ISO 639-1) where it has several. Nothing is stored.

    Raises Unreadable.
    """
    page = _page(platform, link, language)
    facts = facts_of(page.content, page.kind, page.url)
    if not facts.picture:
        return LinkCard(facts.title, facts.description)
    try:
        return LinkCard(facts.title, facts.description, shown_picture(platform, facts.picture))
    except Unreadable as error:
        return LinkCard(facts.title, facts.description, problem=error.code)


def _page(platform: Platform, link: str, language: str) -> Fetched:
    headers = {"User-Agent": USER_AGENT, "Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"}
    headers |= {"Accept-Language": f"{language},*;q=0.5"} if language else {}
    private = platform.settings.link_private_addresses
    try:
        page = fetching.get(link, headers, limit=MOST_BYTES, seconds=SECONDS, private=private)
    except OutgoingError as error:
        raise Unreadable(PAGE_CODES.get(error.code, "page_away")) from None
    if page.status != 200:
        raise Unreadable("page_status", {"status": page.status})
    if page.kind and not page.kind.strip().lower().startswith(_PAGES):
        raise Unreadable("page_no_page")
    return page
