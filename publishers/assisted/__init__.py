"""Publishing by a person: what they copy, download and open.

For a network without an API, and for any channel whose connection is broken.
"""

# ruff: noqa: ARG002 - whoever refuses everything reads none of what is asked

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NoReturn
from urllib.parse import quote

from publishers.base import (
    BY_HAND,
    Account,
    ContentRules,
    Credentials,
    Figures,
    Heard,
    MediaRules,
    Medium,
    Network,
    OutgoingPost,
    Poll,
    Prepared,
    Published,
    Recent,
    TextRules,
    ThreadPart,
    Under,
    Unsupported,
    nobody_hears,
)
from publishers.checks import Checker
from publishers.costs import Charge
from publishers.limits import LimitReading
from publishers.text import byte_length, hashtags, normalised, plain_length, title_of, with_link


@dataclass(frozen=True, slots=True)
class AssistedTask:
    """What a person needs to publish one post.

    ``text`` is to be copied, with the link in it where that network has it there. ``title`` is "" where the network
    shows none. ``hashtags`` are those of the text, once each. ``share_url`` opens the network with the link filled in;
    None without a link, or where the network has no such address. ``home_url`` opens the network itself; None where it
    has none. ``media`` are to be attached, in this order. ``link_works`` False: nobody can follow a link there.
    ``thread`` and ``first_comment`` are to be published under the post, in this order. ``poll`` is to be set up with
    the post, ``languages`` (ISO 639-1) narrow who is to see it, ``mentions`` are the names in the text that a person
    makes mentions of there.
    """

    text: str
    link: str | None
    share_url: str | None
    home_url: str | None
    media: tuple[Medium, ...]
    title: str = ""
    hashtags: tuple[str, ...] = ()
    link_works: bool = True
    thread: tuple[ThreadPart, ...] = ()
    first_comment: str = ""
    poll: Poll | None = None
    languages: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()


def assist(network: Network, post: OutgoingPost, share_url: str | None = None) -> AssistedTask:
    """The task for one post on any network. ``share_url`` replaces the network's own (an operator's setting)."""
    address = share_url if share_url is not None else network.share_url
    shared = f"{address}{quote(post.link, safe='')}" if address and post.link else None
    rules = network.text_rules
    plain = replace(post, mentions=())  # the marks that an API makes mentions of are no words for a person
    return AssistedTask(
        text=network.expected_text(plain) if rules.link_in_text else post.text.strip(),
        link=post.link,
        share_url=shared,
        home_url=network.home_url,
        media=post.media,
        title=title_of(post.title, post.text, rules.title_limit) if rules.title_limit else "",
        hashtags=tuple(dict.fromkeys(hashtags(post.text))),
        link_works=rules.link_works,
        thread=post.thread,
        first_comment=post.first_comment.strip(),
        poll=post.poll,
        languages=post.languages,
        mentions=tuple(m.name for m in post.mentions) if network.content_rules.mentions == "id" else (),
    )


def by_hand_only(
    key: str,
    title: str,
    *,
    text_rules: TextRules,
    media_rules: MediaRules,
    home_url: str,
    hosts: tuple[str, ...],
    share_url: str | None = None,
    content_rules: ContentRules | None = None,
    further_figures: tuple[str, ...] = (),
) -> Network:
    """A network that only people publish on: it has no credentials, and nothing is asked of it. Its rules say all:
    whether the link travels in the text, whether characters or bytes are counted, and what it would not take."""
    counted = byte_length if text_rules.counting == "bytes" else plain_length
    content_rules = content_rules or ContentRules()

    def expected_text(post: OutgoingPost) -> str:
        text = normalised(post.text)
        return with_link(text, post.link) if text_rules.link_in_text else text

    def length(post: OutgoingPost) -> int:
        return counted(expected_text(post))

    return Network(
        key=key,
        title=title,
        default_api_url=home_url,
        capabilities=BY_HAND,
        text_rules=text_rules,
        media_rules=media_rules,
        credential_fields=(),
        connect=lambda _credentials, _connection: AssistedPublisher(title),
        check=Checker(text_rules, media_rules, content_rules, length),
        expected_text=expected_text,
        length=length,
        account_id=lambda _credentials: None,
        profile_url=lambda _credentials: None,
        share_url=share_url,
        home_url=home_url,
        hosts=hosts,
        further_figures=further_figures,
        assisted_without_credentials=True,
        content_rules=content_rules,
    )


class AssistedPublisher:
    """A connection without credentials: nothing can be asked of the network. See :class:`publishers.base.Publisher`."""

    def __init__(self, network: str) -> None:
        self._network = network

    def verify(self) -> Account:
        self._refuse()

    def prepare(self, post: OutgoingPost, hear: Heard = nobody_hears) -> Prepared:
        self._refuse()

    def publish(self, prepared: Prepared) -> Published:
        self._refuse()

    def find_recent(self, since: datetime, under: Under | None = None) -> Recent:
        self._refuse()

    def metrics(self, remote_ids: Sequence[str], films: Collection[str] = ()) -> dict[str, Figures]:
        self._refuse()

    def delete(self, remote_id: str) -> None:
        self._refuse()

    def refresh(self) -> Credentials | None:
        return None

    def limits(self) -> tuple[LimitReading, ...]:
        return ()

    def charges(self) -> tuple[Charge, ...]:
        return ()

    def close(self) -> None:
        """Nothing is open."""

    def _refuse(self) -> NoReturn:
        raise Unsupported(f"This channel has no connection to {self._network}: a person publishes here.")
