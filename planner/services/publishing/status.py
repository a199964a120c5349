"""What a person sees: a post's status, in step with its deliveries, and whether a delivery is held."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Protocol

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from planner.domain.states import DeliveryState, PostStatus, post_status
from planner.models import Campaign, Channel, Delivery, Post, Workspace
from planner.services.limits.holds import AppLimit, app_limits
from planner.services.publishing import guards
from planner.services.publishing.tables import DELIVERY, POST, run


def refresh_status(session: Session, *post_ids: int) -> None:
    """Read the status of each post off its deliveries and store it. Call after every change of a state."""
    session.flush()
    ids = sorted(set(post_ids))
    lock_posts(session, ids)
    outdated = dict(_outdated(session, ids))
    if outdated:
        run(session, _STORE, [{"post_id": post_id, "new_status": status} for post_id, status in outdated.items()])
    for post_id, status in outdated.items():
        loaded = session.identity_map.get(identity_key(Post, post_id))
        if loaded is not None:
            set_committed_value(loaded, "status", status)


def lock_posts(session: Session, post_ids: Iterable[int]) -> None:
    """Make others wait who change a delivery of these posts, so that no status is read off half a change.

    Locked in the order of their ids. SQLite needs no lock: its writers come one at a time.
    """
    if session.get_bind().dialect.name != "sqlite":
        run(session, _LOCK, {"post_ids": list(post_ids)}).all()


def lock_channel(session: Session, channel_id: int) -> Channel:
    """The channel as it is now, held: whoever changes it at this moment is waited for, and the others wait. Where posts
    are locked too, they come first."""
    query = select(Channel).where(Channel.id == channel_id).with_for_update(key_share=True)
    return session.scalars(query.execution_options(populate_existing=True)).one()


#: What is due goes out within seconds: one that waits for longer waits for a reason.
SOON = timedelta(seconds=30)


class PostFacts(Protocol):
    """As much of a post as it takes to know what holds its deliveries."""

    @property
    def campaign_id(self) -> int | None: ...
    @property
    def needs_approval(self) -> bool: ...
    @property
    def approved_at(self) -> datetime | None: ...


class Waiting(Protocol):
    """As much of a delivery."""

    @property
    def state(self) -> DeliveryState: ...
    @property
    def try_at(self) -> datetime | None: ...
    @property
    def post(self) -> PostFacts: ...
    @property
    def channel(self) -> Channel: ...


@dataclass(frozen=True, slots=True)
class Holds:
    """What is paused in a workspace and why, read once for a whole page of deliveries."""

    workspace_paused_at: datetime | None
    campaigns_paused_at: dict[int, datetime]
    apps: dict[str, AppLimit]
    now: datetime
    workspace_reason: str | None = None
    campaign_reasons: dict[int, str | None] = field(default_factory=dict)

    @classmethod
    def read(cls, session: Session, workspace_id: int, now: datetime) -> Holds:
        """Three short queries."""
        place = select(Workspace.paused_at, Workspace.pause_reason).where(Workspace.id == workspace_id)
        paused = session.execute(place).one_or_none()
        campaigns = session.execute(
            select(Campaign.id, Campaign.paused_at, Campaign.pause_reason).where(
                Campaign.workspace_id == workspace_id, Campaign.paused_at.is_not(None)
            )
        ).all()
        since = {row.id: row.paused_at for row in campaigns}
        reasons = {row.id: row.pause_reason for row in campaigns}
        apps = app_limits(session, now)
        if paused is None:
            return cls(None, since, apps, now, None, reasons)
        return cls(paused.paused_at, since, apps, now, paused.pause_reason, reasons)

    def reason(self, delivery: Waiting) -> guards.Hold | None:
        """Why the delivery waits; None where nothing holds it. Reads its ``post`` and ``channel``."""
        if delivery.state not in (DeliveryState.SCHEDULED, DeliveryState.CLAIMED):
            return None
        return self.would_hold(delivery)

    def words(self, delivery: Delivery, hold: guards.Hold) -> str:
        """What the person (or the network) said who paused it; "" where nobody said anything."""
        campaign_id = delivery.post.campaign_id
        said = {
            guards.Hold.WORKSPACE_PAUSED: self.workspace_reason,
            guards.Hold.CAMPAIGN_PAUSED: self.campaign_reasons.get(campaign_id) if campaign_id is not None else None,
            guards.Hold.CHANNEL_PAUSED: delivery.channel.pause_reason,
            guards.Hold.RECONNECT: delivery.channel.reconnect_reason,
        }
        return said.get(hold) or ""

    def advice(self, delivery: Delivery, hold: guards.Hold) -> Mapping[str, Any]:
        """What to do about it, where a network's answer is the reason (``advising``); else empty."""
        said = {
            guards.Hold.CHANNEL_PAUSED: delivery.channel.pause_advice,
            guards.Hold.RECONNECT: delivery.channel.reconnect_advice,
        }
        return said.get(hold) or {}

    def would_hold(self, delivery: Waiting) -> guards.Hold | None:
        """What would hold the delivery if it were to go out now, whatever state it is in."""
        return guards.hold(self._facts(delivery), self.now)

    def goes_on_at(self, delivery: Waiting, hold: guards.Hold) -> datetime | None:
        """When what holds the delivery ends by itself; None where a person has to act."""
        return guards.ends_at(self._facts(delivery), hold)

    def _facts(self, delivery: Waiting) -> _Facts:
        post, channel = delivery.post, delivery.channel
        return _Facts(
            self.workspace_paused_at,
            self.campaigns_paused_at.get(post.campaign_id) if post.campaign_id is not None else None,
            channel.paused_at,
            post.needs_approval,
            post.approved_at,
            channel.by_hand_since,
            channel.reconnect_since,
            _concerning(delivery, channel.throttled_until),
            channel.throttle_reason,
            _concerning(delivery, self._app_waits_until(delivery)),
        )

    def _app_waits_until(self, delivery: Waiting) -> datetime | None:
        app = self.apps.get(delivery.channel.network)
        if app is None or app.held_until is not None:
            return app.held_until if app else None
        overdue = delivery.try_at is not None and delivery.try_at < self.now - SOON
        return app.shared_until if overdue and delivery.state is DeliveryState.SCHEDULED else None


def held(session: Session, delivery: Delivery, now: datetime) -> guards.Hold | None:
    """Why one delivery waits; None where nothing holds it."""
    return Holds.read(session, delivery.workspace_id, now).reason(delivery)


def _concerning(delivery: Waiting, until: datetime | None) -> datetime | None:
    """The end of a wait, where the delivery is due before it."""
    return until if until is not None and (delivery.try_at is None or delivery.try_at < until) else None


@dataclass(frozen=True, slots=True)
class _Facts:
    workspace_paused_at: datetime | None
    campaign_paused_at: datetime | None
    channel_paused_at: datetime | None
    needs_approval: bool
    approved_at: datetime | None
    by_hand_since: datetime | None
    reconnect_since: datetime | None
    throttled_until: datetime | None
    throttle_reason: str | None
    app_throttled_until: datetime | None


def _outdated(session: Session, post_ids: list[int]) -> Iterator[tuple[int, PostStatus]]:
    rows = run(session, _STATES, {"post_ids": post_ids}).all()
    for post_id, group in groupby(rows, key=lambda row: row.id):
        deliveries = list(group)
        post = deliveries[0]
        awaits = post.approval_asked_at is not None and post.approved_at is None
        there = [d for d in deliveries if d.state is not None]
        own, following = ([d.state for d in there if bool(d.step) is follows] for follows in (False, True))
        status = post_status(own, following=following, awaits_approval=awaits)
        if status is not post.status:
            yield post_id, status


_STATES = (
    select(POST.c.id, POST.c.status, POST.c.approval_asked_at, POST.c.approved_at, DELIVERY.c.state, DELIVERY.c.step)
    .select_from(POST.outerjoin(DELIVERY, DELIVERY.c.post_id == POST.c.id))
    .where(POST.c.id.in_(bindparam("post_ids", expanding=True)))
    .order_by(POST.c.id)
)
_LOCK = (
    select(POST.c.id)
    .where(POST.c.id.in_(bindparam("post_ids", expanding=True)))
    .order_by(POST.c.id)
    .with_for_update(key_share=True)
)
_STORE = update(POST).where(POST.c.id == bindparam("post_id")).values(status=bindparam("new_status"))
