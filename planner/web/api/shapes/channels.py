"""Channels and their slots."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from planner.domain.states import ChannelHealth
from planner.services.verifying import Outcome
from planner.web.api.shapes.common import ClockIn, DayIn, Id, IdIn, Input, Moment, Output, PlainText, Query

Credentials = dict[Annotated[PlainText, Field(max_length=64)], Annotated[str, Field(max_length=8000)]]
CREDENTIALS = (
    "twitter: access_token, user_id, refresh_token?, expires_at?, scopes?; facebook: page_id, access_token; "
    "linkedin: author, access_token, refresh_token?, expires_at?, scopes?; "
    "xing: consumer_key, consumer_secret, token, token_secret, user_id?; "
    "empty for a channel that a person publishes on. Never given back."
)


class ChannelCreate(Input):
    """An account to connect."""

    network: Annotated[PlainText, Field(max_length=32)] = Field(description="facebook, twitter, linkedin, xing, …")
    name: Annotated[PlainText, Field(max_length=200)] = Field("", description="Empty: the account's own name.")
    credentials: Credentials = Field(default_factory=dict, description=CREDENTIALS)
    # "verify" shadows nothing of ours, and it is the API's word.
    verify: bool = Field(False, description="Ask the network whose account it is and what is permitted.")
    owner: IdIn | None = Field(None, description="The user who looks after it.")
    by_hand: bool = Field(False, description="People publish here, without credentials.")
    profile_url: Annotated[PlainText, Field(max_length=2000)] = Field("", description="Where the account is found.")


class ChannelPatch(Input):
    """Settings to change."""

    name: Annotated[PlainText, Field(max_length=200)] | None = None
    rhythm_per_week: Annotated[int, Field(ge=0, le=100)] | None = Field(None, description="0 or null: no rhythm.")
    missed_after_seconds: Annotated[int, Field(ge=60, le=604_800)] | None = Field(
        None, description="How late a delivery may still go out by itself. Null: as it is."
    )
    owner: IdIn | None = None
    profile_url: Annotated[PlainText, Field(max_length=2000)] | None = Field(None, description="Null: as it is.")


class CredentialsPut(Input):
    """New credentials for the same account."""

    credentials: Credentials = Field(description=CREDENTIALS)
    verify: bool = False


class PausePut(Input):
    """Why it is paused."""

    reason: Annotated[PlainText, Field(min_length=1, max_length=500)]


class SlotPut(Input):
    """A weekly publishing time, by the workspace's clock."""

    weekday: Annotated[int, Field(ge=0, le=6)] = Field(description="0 is Monday, 6 is Sunday.")
    time: ClockIn = Field(description="HH:MM, by the workspace's clock.")
    category: IdIn | None = Field(None, description="Only posts of this category take the slot.")


class SlotsPut(Input):
    """All slots of the channel; what is not in the list goes."""

    slots: Annotated[list[SlotPut], Field(max_length=168)]


class Slot(Output):
    """A weekly publishing time."""

    id: Id
    weekday: int
    time: str
    category: Id | None


class Pause(Output):
    """Since when and why nothing goes out, and who paused it (a member, or the name of a token)."""

    since: Moment
    reason: str | None
    by: str | None


class Capabilities(Output):
    """What this connection can do."""

    can_list: bool
    can_delete: bool
    has_metrics: bool
    assisted_only: bool
    idempotency_key: bool
    rejects_duplicates: bool
    two_phase: bool


class Channel(Output):
    """A connected account. ``account`` is the network's own id of it; ``limited_until`` is when publishing goes on
    where the network's limit, of the account or of the developer app, is reached."""

    id: Id
    network: str
    name: str
    account: str | None
    profile_url: str | None
    health: ChannelHealth
    limited_until: Moment | None
    rehearsing_since: Moment | None = Field(description="Since when posts go to a played network.")
    by_hand_since: Moment | None = Field(description="Since when people publish here by choice.")
    reconnect_reason: str | None
    paused: Pause | None
    capabilities: Capabilities | None
    slots: list[Slot]
    rhythm_per_week: int | None
    missed_after_seconds: int
    owner: Id | None
    token_expires_at: Moment | None
    verified_at: Moment | None = Field(description="When the network last said whose account it is.")
    missing_permissions: list[str] | None = Field(description="By the network's own names. Null: it does not say.")
    created_at: Moment


class MissingPermission(Output):
    """A permission that the access lacks, by the network's own name. Without a ``vital`` one nothing can be
    published; ``prevents`` says what each is wanted for."""

    name: str
    vital: bool
    prevents: str


class ConnectionCheck(Output):
    """What the network said of a channel's connection. ``outcome``: fine, lacking (some permission, but posts go out),
    unfit (a permission to publish is missing), ended, gone, other_account, denied (it does not let the connection
    look), refused, unreachable, unreadable. ``holds``: nothing goes out until the channel is reconnected. ``resumed``:
    it had been held, and goes on."""

    outcome: Outcome
    checked_at: Moment
    account: str | None
    said: str | None = Field(description="The network's own words, where it refused.")
    title: str
    detail: str
    permissions_known: bool
    missing: list[MissingPermission]
    holds: bool
    resumed: bool


class SlotNote(Output):
    """A day on which a clock change skips or repeats the slot's hour."""

    slot: Id
    date: str
    note: str
    publish_at: Moment


class Slots(Output):
    """The slots, what clock changes of the coming year do to them, and how much of the queue moved."""

    slots: list[Slot]
    notes: list[SlotNote]
    moved: list[Id]
    unplaced: list[Id]


class FollowerCount(Output):
    """How many followed a channel at one moment."""

    as_of: Moment
    followers: int


class DaysQuery(Query):
    """Which days, by the networks' own calendar."""

    from_: DayIn | None = Field(None, alias="from", description="The first day; without it 30 days in all.")
    to: DayIn | None = Field(None, description="The last day; yesterday if left out.")


class ChannelDay(Output):
    """The figures of a whole channel on one day, as the network last told them. Null: not given. ``parts`` are what
    they consist of, where the network tells it: ``follows``, ``unfollows``, ``organic_gain``, ``paid_gain``."""

    day: str
    as_of: Moment
    impressions: int | None
    page_views: int | None
    visitors: int | None
    engagements: int | None
    page_clicks: int | None
    follower_gain: int | None
    parts: dict[str, int]


class LackingFigure(Output):
    """Why the network does not tell a figure by days. ``reason``: by_hand (no connection), not_given, permission,
    failed (no answer lately), not_asked (not yet), no_days (none in this period)."""

    figure: str
    reason: str
    permissions: list[str] = Field(description="Those that are missing, by the network's own names.")


class ChannelFigures(Output):
    """A channel's days, oldest first, and why figures are in none of them. ``totals`` are as of the last answer:
    ``followers``, and at X ``posts`` and ``listed``."""

    items: list[ChannelDay]
    missing: list[LackingFigure]
    totals: dict[str, int]
    totals_as_of: Moment | None


class Followers(Output):
    """A channel's counts, oldest first."""

    items: list[FollowerCount]
