"""The contract between a planner and the networks.

A *network* is described by one :class:`Network` (what it takes, its rules, its credentials) and connected
through one :class:`Publisher` (one account, ready to talk). Nothing in here, and nothing in an adapter,
knows a database or a web framework: the package can be used by itself.

The one rule that every adapter keeps: **a call that may have become visible is never reported as refused.**
Where the answer does not say for sure, the adapter raises :class:`Uncertain`, and never sends again itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, runtime_checkable
from urllib.parse import urlsplit

from publishers.costs import Charge, Cost
from publishers.dialogue import DialogueRules
from publishers.failures import (
    Blocked,
    Duplicate,
    NetworkError,
    PaymentRequired,
    ReconnectNeeded,
    Refused,
    Rejected,
    Throttled,
    Uncertain,
    Unsupported,
    VersionOver,
)
from publishers.limits import LimitReading
from publishers.naming import NamingRules, Reference
from publishers.outgoing import (
    FollowUp,
    Heard,
    MediaKind,
    Medium,
    Mention,
    OutgoingPost,
    Poll,
    Prepared,
    Progress,
    Stage,
    ThreadPart,
    Under,
    nobody_hears,
)
from publishers.rules import CardRules, ContentRules, KindRules, MediaRules, PollRules, Problem, TextRules
from publishers.versions import ApiVersion

__all__ = [
    "BY_HAND",
    "Account",
    "Blocked",
    "Capabilities",
    "CardRules",
    "Connection",
    "ContentRules",
    "CredentialField",
    "Credentials",
    "DialogueRules",
    "Duplicate",
    "Figures",
    "FollowUp",
    "Heard",
    "KindRules",
    "MediaKind",
    "MediaRules",
    "Medium",
    "Mention",
    "NamingRules",
    "Network",
    "NetworkError",
    "OutgoingPost",
    "PaymentRequired",
    "Poll",
    "PollRules",
    "Prepared",
    "Problem",
    "Progress",
    "Published",
    "Publisher",
    "Recent",
    "ReconnectNeeded",
    "Reference",
    "Refused",
    "Rejected",
    "RemotePost",
    "Stage",
    "TextRules",
    "ThreadPart",
    "Throttled",
    "Uncertain",
    "Under",
    "Unsupported",
    "VersionOver",
    "Waiting",
    "nobody_hears",
]

if TYPE_CHECKING:
    from publishers.connecting import Consent

Credentials = Mapping[str, str]
"""What a channel was connected with: field name to value, all strings, times as RFC 3339."""


# --- what comes back -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Account:
    """Whose account the credentials open. ``missing`` names the permissions of a complete connection that are not
    granted. ``permissions_known``: whether anybody says what is granted; where not, empty ``missing`` proves nothing.
    """

    remote_id: str
    name: str
    url: str | None = None
    missing: tuple[str, ...] = ()
    permissions_known: bool = True


@dataclass(frozen=True, slots=True)
class Published:
    """The network's word that the post is visible."""

    remote_id: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class RemotePost:
    """A post as the network lists it.

    ``text`` has the network's shortened links expanded and its own additions (a trailing media link, escapes)
    removed, so that it can be held against :meth:`Network.expected_text`. ``created_at`` is aware, UTC.
    ``media_count`` is None where the network does not tell; ``links`` are the expanded addresses.
    """

    remote_id: str
    text: str
    created_at: datetime
    url: str | None = None
    media_count: int | None = None
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recent:
    """The posts of an account since a moment, newest first.

    ``complete`` is False where the listing was cut before it reached that moment: then the absence of a post
    proves nothing. ``network_time`` is the network's own clock at the answer (its ``Date`` header), where given.
    """

    posts: tuple[RemotePost, ...]
    complete: bool = True
    network_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one post at one moment, on the common scale. None: the network does not give it.

    ``extra`` holds what a network gives beyond the scale, under the network's own names; of a video ``video_views``,
    ``video_viewers`` and ``watch_seconds``, whatever the network calls them.
    """

    impressions: int | None = None
    reach: int | None = None
    reactions: int | None = None
    comments: int | None = None
    shares: int | None = None
    clicks: int | None = None
    extra: Mapping[str, int] = field(default_factory=dict)


# --- a network and its rules -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an adapter can do; the planner's behaviour follows these, never a network's name. ``can_edit``, ``can_look``
    and ``dialogue`` need the methods of :mod:`publishers.optional`. ``leaves_under``: what stands under a post stays
    there when the post is taken down; else it goes with it. ``figures_at_once``: posts to ask for in one call of
    ``metrics`` so that the network is asked the fewest times and all fit into one time-out. ``daily_figures`` are those
    of :data:`publishers.whole.DAILY` that the account as a whole has."""

    can_list: bool = True
    can_delete: bool = True
    has_metrics: bool = True
    idempotency_key: bool = False
    rejects_duplicates: bool = False
    two_phase: bool = False
    assisted_only: bool = False
    has_followers: bool = False
    daily_figures: tuple[str, ...] = ()
    reading_costs: bool = False
    can_edit: bool = False
    can_look: bool = False
    leaves_under: bool = False
    figures_at_once: int = 50
    dialogue: DialogueRules = field(default_factory=DialogueRules)


#: What a connection can do that has no credentials: a person does it.
BY_HAND = Capabilities(can_list=False, can_delete=False, has_metrics=False, assisted_only=True)


@dataclass(frozen=True, slots=True)
class CredentialField:
    """One thing a connection needs. ``secret`` fields are never shown again. ``kind``: ``text`` or ``datetime``. One
    that is not ``typed`` comes with the network's answer, and no form asks for it.

    ``pattern`` is a regular expression that the whole value has to match, and ``example`` a value that does.
    """

    name: str
    required: bool = True
    secret: bool = False
    kind: str = "text"
    pattern: str = ""
    example: str = ""
    typed: bool = True


@dataclass(frozen=True, slots=True)
class Waiting:
    """How a publisher waits while a network processes what it was sent: ``now`` gives seconds that only grow, ``sleep``
    lets so many of them pass. A test gives others."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach a network: the operator's settings.

    ``api_url`` replaces every host of the network (API, upload, token) and keeps the paths; it may be on
    loopback. ``timeout`` is the total time in seconds that one call may take, from its start to the last byte
    of the answer. ``app`` holds the developer app's own secrets (``client_id``, ``client_secret``, …) and
    options such as ``api_version``. ``prepare_timeout`` is the total time in seconds of one preparation: all its
    uploads, and the waiting (by ``waiting``) for the network to process them.
    """

    api_url: str | None = None
    timeout: float = 30.0
    app: Mapping[str, str] = field(default_factory=dict)
    prepare_timeout: float = 900.0
    waiting: Waiting = field(default_factory=Waiting)


@runtime_checkable
class Publisher(Protocol):
    """One connected account. Used by one thread at a time.

    Every method may raise any :class:`NetworkError`, and raises nothing else for anything a network answers.
    Each call is bounded in total by ``Connection.timeout``, a preparation by ``Connection.prepare_timeout``.
    """

    def verify(self) -> Account:
        """Ask the network whose account this is and what is permitted."""

    def prepare(self, post: OutgoingPost, hear: Heard = nobody_hears) -> Prepared:
        """Upload media and wait until the network can use them, telling ``hear`` how far it is. Nothing is visible.

        ``hear`` is called at least after each piece that was sent and every few seconds of waiting; what it raises ends
        the preparation and passes as it is.
        """

    def publish(self, prepared: Prepared) -> Published:
        """The one call that makes the post visible. Never repeated in here, whatever happens."""

    def find_recent(self, since: datetime, under: Under | None = None) -> Recent:
        """The account's posts created at or after ``since`` (aware), or what it wrote ``under`` a post since then.

        Raises Unsupported without ``can_list``.
        """

    def metrics(self, remote_ids: Sequence[str], films: Collection[str] = ()) -> dict[str, Figures]:
        """Figures by remote id, in the fewest calls. Posts the network no longer knows are left out.

        ``films`` are those of the ids that show a video: some networks count it apart, and some take more for it.
        """

    def delete(self, remote_id: str) -> None:
        """Take a post down; taking down what is gone already is no error."""

    def refresh(self) -> Credentials | None:
        """A new full set of credentials, or None where this connection cannot be refreshed."""

    def limits(self) -> tuple[LimitReading, ...]:
        """What the network's answers said about limits since this was last asked, the latest of each limit."""

    def charges(self) -> tuple[Charge, ...]:
        """What reading cost since this was last asked; empty where it costs nothing."""

    def close(self) -> None:
        """Let go of connections."""


@dataclass(frozen=True, slots=True)
class Network:
    """A network as the planner sees it.

    ``check`` finds what the network would not take; ``expected_text`` is the text as the network will list it;
    ``length`` counts a post's text by the network's rules, link included where it travels in the text.
    ``account_id`` reads the account out of credentials without asking the network (None where they do not say).
    ``check_connection`` finds what only the API cannot do (take an image, which a person could attach); ask
    both through :meth:`problems`. ``renews`` says whether access given by these credentials renews itself (by
    :meth:`Publisher.refresh`) with this developer app. ``cost`` is what one post costs by the price list, None where
    it is free. ``version`` reads the API's version, where it has one, off the app options. ``content_rules`` are the
    network's, ``narrowed_rules`` those of one account by its id, where accounts differ (ask by
    :meth:`content_rules_of`).
    ``narrowed_capabilities`` are the same for what a connection can do (:meth:`capabilities_of`).
    ``share_url`` is what a link, percent-encoded, is appended to; ``home_url`` is where a person starts who publishes
    by hand. ``hosts`` are where its pages are, with all hosts below them (empty: not known); :meth:`is_at_home` asks.
    ``further_figures`` are what a person can read off the network beyond the common scale (``views``, ``saves``,
    ``watch_minutes``).
    ``consent`` is how a person connects by consenting in the browser, where the network has that.
    """

    key: str
    title: str
    default_api_url: str
    capabilities: Capabilities
    text_rules: TextRules
    media_rules: MediaRules
    credential_fields: tuple[CredentialField, ...]
    connect: Callable[[Credentials, Connection], Publisher]
    check: Callable[[OutgoingPost], list[Problem]]
    expected_text: Callable[[OutgoingPost], str]
    length: Callable[[OutgoingPost], int]
    account_id: Callable[[Credentials], str | None]
    profile_url: Callable[[Credentials], str | None]
    share_url: str | None = None
    home_url: str | None = None
    hosts: tuple[str, ...] = ()
    further_figures: tuple[str, ...] = ()
    assisted_without_credentials: bool = False
    check_connection: Callable[[OutgoingPost], list[Problem]] | None = None
    renews: Callable[[Credentials, Mapping[str, str]], bool] = lambda _credentials, _app: False
    cost: Callable[[OutgoingPost], Cost | None] = lambda _post: None
    version: Callable[[Mapping[str, str]], ApiVersion] | None = None
    content_rules: ContentRules = field(default_factory=ContentRules)
    narrowed_rules: Callable[[str], ContentRules] | None = None
    narrowed_capabilities: Callable[[Credentials], Capabilities] | None = None
    consent: Consent | None = None

    def problems(self, post: OutgoingPost, *, assisted: bool) -> list[Problem]:
        """What the network would not take, and what a connection by API (not ``assisted``) cannot do besides."""
        found = self.check(post)
        if self.check_connection is not None and not assisted:
            found = [*found, *self.check_connection(post)]
        return found

    def content_rules_of(self, credentials: Credentials) -> ContentRules:
        """What the posts of one connection can hold: some accounts of a network have less than others."""
        return self.content_rules_for(self.account_id(credentials))

    def content_rules_for(self, account_id: str | None) -> ContentRules:
        """What the posts of one account can hold; what the network's can, where the account is not known."""
        return self.narrowed_rules(account_id) if self.narrowed_rules and account_id else self.content_rules

    def is_at_home(self, address: str) -> bool:
        """Whether a web address is one of this network's pages. Yes where it has not said where they are."""
        try:
            host = (urlsplit(address).hostname or "").rstrip(".").lower()
        except ValueError:
            return False
        return not self.hosts or any(host == one or host.endswith(f".{one}") for one in self.hosts)

    def capabilities_of(self, credentials: Credentials) -> Capabilities:
        """Capabilities of one connection: without credentials, a network that allows it is assisted only."""
        if not credentials and self.assisted_without_credentials:
            return BY_HAND
        return self.narrowed_capabilities(credentials) if self.narrowed_capabilities else self.capabilities
