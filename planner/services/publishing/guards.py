"""What keeps a delivery from going out now: each rule once in words of SQL, for the claim, and once over a row, for
the check in the transaction that begins the sending."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, func, or_, select

from planner.models import Campaign, Channel, Delivery, Post, RateLimit, Workspace
from planner.models.base import UtcDateTime

#: The present moment, a parameter of the statements that are built once.
NOW = bindparam("now", type_=UtcDateTime())


class Hold(StrEnum):
    """Why a delivery waits although its time may have come."""

    WORKSPACE_PAUSED = "workspace_paused"
    CAMPAIGN_PAUSED = "campaign_paused"
    CHANNEL_PAUSED = "channel_paused"
    APPROVAL_MISSING = "approval_missing"
    RECONNECT = "reconnect"
    THROTTLED = "throttled"
    APP_THROTTLED = "app_throttled"
    UNREACHABLE = "unreachable"


#: From when a delivery counts as late, selected from a delivery: what follows a post has no time of its own.
PROMISED = func.coalesce(Delivery.publish_at, Delivery.due_since).label("promised_at")

#: What holds nothing back where people publish.
OF_THE_CONNECTION = frozenset({Hold.RECONNECT, Hold.THROTTLED, Hold.APP_THROTTLED, Hold.UNREACHABLE})
#: What keeps a delivery back although everybody agreed to it.
AGAINST_THE_PLAN = frozenset(Hold) - {Hold.APPROVAL_MISSING}


class Standing(Protocol):
    """The facts that the rules look at, as :data:`STANDING` selects them."""

    @property
    def workspace_paused_at(self) -> datetime | None: ...
    @property
    def campaign_paused_at(self) -> datetime | None: ...
    @property
    def channel_paused_at(self) -> datetime | None: ...
    @property
    def needs_approval(self) -> bool: ...
    @property
    def approved_at(self) -> datetime | None: ...
    @property
    def by_hand_since(self) -> datetime | None: ...
    @property
    def reconnect_since(self) -> datetime | None: ...
    @property
    def throttled_until(self) -> datetime | None: ...
    @property
    def throttle_reason(self) -> str | None: ...
    @property
    def app_throttled_until(self) -> datetime | None: ...


#: SQL: the limits of the developer app that a channel shares with the others of its network.
_OF_THE_APP = (
    RateLimit.channel_id.is_(None),
    RateLimit.network == Channel.network,
    RateLimit.calls.in_(("publish", "all")),
)

#: SQL: since when the post's campaign is paused, NULL where it is not or there is none. A value, not a question of
#: EXISTS: PostgreSQL makes a join of that, takes it to leave nothing over, and begins a claim with every post there is.
_CAMPAIGN_PAUSED_AT = (
    select(Campaign.paused_at).where(Campaign.id == Post.campaign_id).correlate(Post).scalar_subquery()
)

#: To be selected from a delivery joined with post, channel and workspace.
STANDING = (
    Workspace.paused_at.label("workspace_paused_at"),
    _CAMPAIGN_PAUSED_AT.label("campaign_paused_at"),
    Channel.paused_at.label("channel_paused_at"),
    Post.needs_approval,
    Post.approved_at,
    Channel.by_hand_since,
    Channel.reconnect_since,
    Channel.throttled_until,
    Channel.throttle_reason,
    select(func.max(RateLimit.held_until))
    .where(*_OF_THE_APP)
    .correlate(Channel)
    .scalar_subquery()
    .label("app_throttled_until"),
)


def hold(standing: Standing, now: datetime) -> Hold | None:
    """The first thing that holds a delivery back, None where it may go."""
    reasons = (
        (Hold.WORKSPACE_PAUSED, standing.workspace_paused_at is not None),
        (Hold.CAMPAIGN_PAUSED, standing.campaign_paused_at is not None),
        (Hold.CHANNEL_PAUSED, standing.channel_paused_at is not None),
        (Hold.APPROVAL_MISSING, is_unapproved(standing)),
        (Hold.RECONNECT, standing.reconnect_since is not None),
        (Hold.UNREACHABLE, is_unreachable(standing, now)),
        (Hold.THROTTLED, is_throttled(standing.throttled_until, now)),
        (Hold.APP_THROTTLED, is_throttled(standing.app_throttled_until, now)),
    )
    first = next((reason for reason, applies in reasons if applies), None)
    return None if first in OF_THE_CONNECTION and standing.by_hand_since is not None else first


def hold_in_sql() -> ColumnElement[str | None]:
    """SQL: as :func:`hold`, NULL where nothing holds it. Takes :data:`NOW`."""
    return case(
        (Workspace.paused_at.is_not(None), Hold.WORKSPACE_PAUSED.value),
        (_CAMPAIGN_PAUSED_AT.is_not(None), Hold.CAMPAIGN_PAUSED.value),
        (Channel.paused_at.is_not(None), Hold.CHANNEL_PAUSED.value),
        (and_(Post.needs_approval.is_(True), Post.approved_at.is_(None)), Hold.APPROVAL_MISSING.value),
        (Channel.by_hand_since.is_not(None), None),
        (Channel.reconnect_since.is_not(None), Hold.RECONNECT.value),
        (and_(Channel.throttled_until > NOW, Channel.throttle_reason == "unreachable"), Hold.UNREACHABLE.value),
        (Channel.throttled_until > NOW, Hold.THROTTLED.value),
        (_app_waits(), Hold.APP_THROTTLED.value),
        else_=None,
    )


def ends_at(standing: Standing, reason: Hold | None) -> datetime | None:
    """When a wait ends by itself; None where a person has to act, or nothing is waited for."""
    if reason in (Hold.THROTTLED, Hold.UNREACHABLE):
        return standing.throttled_until
    return standing.app_throttled_until if reason is Hold.APP_THROTTLED else None


def is_unapproved(standing: Standing) -> bool:
    """Whether a lead's yes is needed and was not given, or was taken back."""
    return standing.needs_approval and standing.approved_at is None


def is_unreachable(standing: Standing, now: datetime) -> bool:
    """Whether the channel waits because no connection to its network could be opened."""
    return standing.throttle_reason == "unreachable" and is_throttled(standing.throttled_until, now)


def is_throttled(until: datetime | None, now: datetime) -> bool:
    """Whether the network asked to wait."""
    return until is not None and until > now


def is_late(promised_at: datetime | None, missed_after_seconds: int, now: datetime) -> bool:
    """Whether the promised moment lies further back than the channel's limit."""
    return promised_at is not None and now > promised_at + timedelta(seconds=missed_after_seconds)


def is_early(try_at: datetime | None, now: datetime) -> bool:
    """Whether the time to try has not come."""
    return try_at is None or try_at > now


def nobody_paused() -> ColumnElement[bool]:
    """SQL: neither workspace nor channel nor campaign is paused."""
    return and_(Workspace.paused_at.is_(None), Channel.paused_at.is_(None), _CAMPAIGN_PAUSED_AT.is_(None))


def channel_is_open() -> ColumnElement[bool]:
    """SQL: the workspace and the channel take part, and the network has not asked to wait. Takes :data:`NOW`."""
    return and_(
        Workspace.paused_at.is_(None),
        Channel.paused_at.is_(None),
        Channel.archived_at.is_(None),
        or_(Channel.by_hand_since.is_not(None), _connection_is_open()),
    )


def _connection_is_open() -> ColumnElement[bool]:
    return and_(
        Channel.reconnect_since.is_(None),
        or_(Channel.throttled_until.is_(None), Channel.throttled_until <= NOW),
        ~_app_waits(),
    )


def post_is_open() -> ColumnElement[bool]:
    """SQL: the post has the yes it needs, and its campaign is not paused."""
    return and_(or_(Post.needs_approval.is_(False), Post.approved_at.is_not(None)), _CAMPAIGN_PAUSED_AT.is_(None))


def _app_waits() -> ColumnElement[bool]:
    return exists().where(*_OF_THE_APP, RateLimit.held_until > NOW).correlate(Channel)
