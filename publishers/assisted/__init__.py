"""Publishing by a person: what they copy, download and open.

For a network without an API, and for any channel whose connection is broken.
"""

# ruff: noqa: ARG002 - whoever refuses everything reads none of what is asked

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn
from urllib.parse import quote

from publishers.base import (
    Account,
    Credentials,
    Figures,
    Heard,
    Medium,
    Network,
    OutgoingPost,
    Prepared,
    Published,
    Recent,
    Under,
    Unsupported,
    nobody_hears,
)
from publishers.limits import LimitReading


@dataclass(frozen=True, slots=True)
class AssistedTask:
    """What a person needs to publish one post.

    ``text`` is to be copied, with the link in it where that network has it there. ``share_url`` opens the network with
    the link filled in; None without a link, or where the network has no such address. ``home_url`` opens the network
    itself; None where it has none. ``media`` are to be attached, in this order.
    """

    text: str
    link: str | None
    share_url: str | None
    home_url: str | None
    media: tuple[Medium, ...]


def assist(network: Network, post: OutgoingPost, share_url: str | None = None) -> AssistedTask:
    """The task for one post on any network. ``share_url`` replaces the network's own (an operator's setting)."""
    address = share_url if share_url is not None else network.share_url
    shared = f"{address}{quote(post.link, safe='')}" if address and post.link else None
    text = network.expected_text(post) if network.text_rules.link_in_text else post.text.strip()
    return AssistedTask(text, post.link, shared, network.home_url, post.media)


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

    def metrics(self, remote_ids: Sequence[str]) -> dict[str, Figures]:
        self._refuse()

    def delete(self, remote_id: str) -> None:
        self._refuse()

    def refresh(self) -> Credentials | None:
        return None

    def limits(self) -> tuple[LimitReading, ...]:
        return ()

    def close(self) -> None:
        """Nothing is open."""

    def _refuse(self) -> NoReturn:
        raise Unsupported(f"This channel has no connection to {self._network}: a person publishes here.")
