"""Asking the networks for figures, when they are due, in batches per channel.

Several processes may do it at once: a delivery's ``metrics_due_at`` is moved ahead by compare-and-set before its
network is asked, and whoever could not move it leaves it alone. No session is open while a network is asked.

Several channels are asked side by side. Each looks at its limits before each batch, so that near the end of a limit
that they share, one batch of each may still go; publishing has a fifth of it kept free of figures (services/limits).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from planner import logs
from planner.domain.measuring import next_due
from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery
from planner.security.vault import VaultError
from planner.services import limits, live
from planner.services.connections import ChannelAccess
from planner.services.metrics import snapshots
from planner.services.one_of_many import OneOfMany
from planner.services.publishing import channel_effects, renewal
from planner.services.publishing.again import write_again
from planner.services.publishing.renewal import Renewal
from planner.services.publishing.tables import DELIVERY, changed
from planner.services.side_by_side import side_by_side
from publishers import registry
from publishers.base import Capabilities, Figures, NetworkError, ReconnectNeeded, Refused, Unsupported
from publishers.limits import Calls
from publishers.outgoing import MediaKind, kind_of
from publishers.registry import UnknownNetwork

if TYPE_CHECKING:
    from planner.bootstrap import Platform

#: Channels asked side by side, never more than there are sender threads.
CHANNELS_AT_ONCE = 4
#: Deliveries looked at in one call; what is left is due at the next tick.
AT_ONCE = 5_000
#: How long a claim keeps others away; a process that died meanwhile leaves its batch to the next tick after that.
CLAIM = timedelta(minutes=10)
#: After a failure, the channel is asked again so much later; where a permission is missing, a day later.
LATER, MUCH_LATER = timedelta(minutes=30), timedelta(days=1)

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Pulled:
    """What one call did: ``channels`` and ``posts`` asked for, ``snapshots`` stored, ``failed`` channels, and those
    left alone for now because of their network's limit (``waiting``)."""

    channels: int = 0
    posts: int = 0
    snapshots: int = 0
    failed: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery whose figures are wanted, and what its ``metrics_due_at`` said when it was read."""

    id: int
    remote_id: str
    published_at: datetime
    due_at: datetime | None


class Failed(Exception):
    """The channel gives no figures now; ``wait`` says how long to leave it alone."""

    def __init__(self, reason: str, wait: timedelta = LATER) -> None:
        super().__init__(reason)
        self.wait = wait


def pull_due(platform: Platform, *, all_due: bool = False) -> Pulled:
    """Ask for all figures that are due; ``all_due``: for those of everything that is published, due or not.

    A failure at one channel is noted, and the other channels go on.
    """
    wanted = list(_wanted(platform, all_due=all_due))
    at_once = min(CHANNELS_AT_ONCE, platform.settings.sender_threads)
    parts = side_by_side(lambda one: _pull_channel(platform, *one), wanted, at_once=at_once, name="figures")
    return Pulled(*(sum(getattr(part, one.name) for part in parts) for one in fields(Pulled)))


def _pull_channel(platform: Platform, access: ChannelAccess, due: Sequence[Due]) -> Pulled:
    """Batch after batch, until the channel gives nothing or its network's limit is near."""
    pulled = Pulled()
    if platform.stopping.is_set():
        return pulled
    with logs.about_channel(access.channel_id, access.network, access.workspace_id):
        with OneOfMany(_log, "The channel's figures could not be read") as one:
            able = _capabilities(platform, access)
            if able.has_metrics:
                _pull_batches(platform, access, due, able.figures_at_once, pulled)
            else:
                _postpone(platform, due, None)
        if one.failed:
            pulled.failed += 1
            _postpone(platform, due, platform.clock.now() + LATER)
    return pulled


def _pull_batches(platform: Platform, access: ChannelAccess, due: Sequence[Due], size: int, pulled: Pulled) -> None:
    for start in range(0, len(due), size):
        if platform.stopping.is_set():
            return
        until = _limit_ends(platform, access)
        if until is not None:
            _postpone(platform, due[start:], until)
            pulled.waiting += 1
            return
        pulled.channels += 1 if start == 0 else 0
        if not _pull_batch(platform, access, due[start : start + size], pulled):
            pulled.failed += 1
            return


def _limit_ends(platform: Platform, access: ChannelAccess) -> datetime | None:
    with platform.database.read() as session:
        return limits.reading_held_until(session, access, Calls.METRICS, platform.clock.now())


def _wanted(platform: Platform, *, all_due: bool) -> Iterator[tuple[ChannelAccess, list[Due]]]:
    """The deliveries to ask for, by channel. A channel that waits to be reconnected is left out."""
    now = platform.clock.now()
    query = (
        select(Delivery.channel_id, Delivery.id, Delivery.remote_id, Delivery.published_at, Delivery.metrics_due_at)
        .join(Channel, Channel.id == Delivery.channel_id)
        .where(
            Delivery.state == DeliveryState.PUBLISHED,
            Delivery.remote_id.is_not(None),
            Delivery.rehearsed.is_(False),
            Delivery.removed_at.is_(None),
            Channel.archived_at.is_(None),
            Channel.reconnect_since.is_(None),
        )
    )
    with platform.database.read() as session:
        rows = session.execute(query if all_due else _soonest(query, now)).all()
        found = sorted(rows, key=lambda row: (row.channel_id, row.id))
        ids = {row.channel_id for row in found}
        channels = {c.id: ChannelAccess.of(c) for c in session.scalars(select(Channel).where(Channel.id.in_(ids)))}
    for channel_id, mine in groupby(found, key=lambda row: row.channel_id):
        due = [Due(row.id, str(row.remote_id), row.published_at or now, row.metrics_due_at) for row in mine]
        yield channels[channel_id], due


def _soonest(
    query: Select[int, int, str | None, datetime | None, datetime | None], now: datetime
) -> Select[int, int, str | None, datetime | None, datetime | None]:
    return query.where(Delivery.metrics_due_at <= now).order_by(Delivery.metrics_due_at).limit(AT_ONCE)


def _capabilities(platform: Platform, access: ChannelAccess) -> Capabilities:
    try:
        return platform.connections.capabilities(access)
    except (VaultError, UnknownNetwork):
        return Capabilities()  # there is nothing to be had


def _pull_batch(platform: Platform, access: ChannelAccess, batch: Sequence[Due], pulled: Pulled) -> bool:
    """Claim, ask, store. Returns False where the channel gives nothing now."""
    mine = _claim(platform, batch)
    if not mine:
        return True
    with logs.about_delivery([due.id for due in mine]):
        return _pull(platform, access, mine, pulled)


def _pull(platform: Platform, access: ChannelAccess, mine: Sequence[Due], pulled: Pulled) -> bool:
    pulled.posts += len(mine)
    try:
        figures = _ask(platform, access, [due.remote_id for due in mine])
    except Failed as failure:
        _log.warning("The channel gives no figures: %s", failure)
        _postpone(platform, mine, platform.clock.now() + failure.wait)
        return False
    paid = registry.network(access.network).capabilities.reading_costs
    now = platform.clock.now()
    pulled.snapshots += write_again(platform.database, lambda s: _store(s, mine, figures, now, paid=paid))
    unknown = [due.id for due in mine if due.remote_id not in figures]
    if unknown:
        live.missing(platform, access, unknown)
    return True


def _claim(platform: Platform, batch: Sequence[Due]) -> list[Due]:
    """Those of the batch that nobody else took: their due time is still the one that was read."""
    until = platform.clock.now() + CLAIM
    with platform.database.write() as session:
        return [Due(due.id, due.remote_id, due.published_at, until) for due in batch if _move(session, due, until)]


def _move(session: Session, due: Due, to: datetime | None) -> bool:
    """Settles the race of two processes for one delivery, and keeps a late one from writing over a newer claim."""
    unmoved = DELIVERY.c.metrics_due_at.is_not_distinct_from(due.due_at)
    return changed(session, update(DELIVERY).where(DELIVERY.c.id == due.id, unmoved).values(metrics_due_at=to)) == 1


def _postpone(platform: Platform, batch: Sequence[Due], to: datetime | None) -> None:
    with platform.database.write() as session:
        for due in batch:
            _move(session, due, to)


def _store(session: Session, batch: Sequence[Due], figures: Mapping[str, Figures], now: datetime, *, paid: bool) -> int:
    """Add what came. A post that the network no longer knows gets no snapshot, and is asked for as before."""
    before = snapshots.latest(session, [due.id for due in batch])
    stored = 0
    for due in batch:
        given = figures.get(due.remote_id)
        if _move(session, due, next_due(due.published_at, now, paid=paid)) and given is not None:
            snapshots.add(session, due.id, now, snapshots.figures_now(given, before.get(due.id)))
            stored += 1
    return stored


def _ask(platform: Platform, access: ChannelAccess, remote_ids: Sequence[str]) -> dict[str, Figures]:
    """The figures by remote id. Access that has ended is renewed once. Raises Failed."""
    try:
        return _call(platform, access, remote_ids)
    except ReconnectNeeded as error:
        return _ask_again(platform, access, remote_ids, error)
    except Refused as error:
        raise Failed(str(error), max(LATER, timedelta(seconds=error.retry_after or 0))) from error
    except Unsupported as error:
        raise Failed(str(error), MUCH_LATER) from error
    except (NetworkError, VaultError) as error:
        raise Failed(str(error)) from error


def _ask_again(
    platform: Platform, access: ChannelAccess, remote_ids: Sequence[str], error: ReconnectNeeded
) -> dict[str, Figures]:
    # A permission that only reading needs may be missing while the channel publishes all the same; whether publishing
    # is allowed shows when something is published.
    if error.missing or error.status == 403:
        raise Failed(str(error), MUCH_LATER) from error
    renewed = renewal.renew(platform, access)
    if not renewed.differs_from(access):
        if renewed.renewal is Renewal.IMPOSSIBLE:
            _mark(platform, access, str(error))
        raise Failed(str(error)) from error
    try:
        return _call(platform, renewed.access, remote_ids)
    except ReconnectNeeded as again:
        _mark(platform, renewed.access, str(again))
        raise Failed(str(again)) from again
    except (NetworkError, VaultError) as other:
        raise Failed(str(other)) from other


def _call(platform: Platform, access: ChannelAccess, remote_ids: Sequence[str]) -> dict[str, Figures]:
    films = _films(platform, access, remote_ids)
    with limits.watched(platform, access) as publisher:
        return publisher.metrics(remote_ids, films) if films else publisher.metrics(remote_ids)


def _films(platform: Platform, access: ChannelAccess, remote_ids: Sequence[str]) -> frozenset[str]:
    """Those that went out with a video, by what was frozen for them."""
    query = select(Delivery.remote_id, Delivery.payload).where(
        Delivery.channel_id == access.channel_id, Delivery.remote_id.in_(remote_ids), Delivery.payload.is_not(None)
    )
    with platform.database.read() as session:
        rows = session.execute(query).all()
    return frozenset(str(remote_id) for remote_id, payload in rows if _shows_film(payload or {}))


def _shows_film(payload: Mapping[str, Any]) -> bool:
    return any(kind_of(str(medium["mime"])) is MediaKind.VIDEO for medium in payload.get("media", []))


def _mark(platform: Platform, access: ChannelAccess, reason: str) -> None:
    now = platform.clock.now()
    write_again(platform.database, lambda s: channel_effects.ask_to_reconnect(s, access, now, reason))
