"""Writing down what a network said about its limits: only where one is near, so that most deliveries write nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from planner.domain import limits
from planner.domain.limits import Standing
from planner.models import RateLimit
from planner.services.connections import ChannelAccess
from planner.services.limits import charges
from planner.services.observed import ObservedPublisher
from planner.services.publishing.again import write_again
from planner.services.publishing.tables import CHANNEL, changed, run
from publishers.base import NetworkError
from publishers.limits import Calls, LimitReading, Scope

if TYPE_CHECKING:
    from planner.bootstrap import Platform

PUBLISHING = (Calls.PUBLISH, Calls.ALL)
#: A limit that nobody has heard of for so long says nothing any more.
KEPT = timedelta(days=2)


def keep(platform: Platform, access: ChannelAccess, readings: Iterable[LimitReading]) -> None:
    """Write down what matters of ``readings``, in a transaction of its own; none where nothing does."""
    near = [reading for reading in readings if _is_near(reading)]
    if near and not access.rehearsing:
        app, now = app_of(platform, access.network), platform.clock.now()
        write_again(platform.database, lambda session: note(session, app, access, near, now))


@contextmanager
def watched(platform: Platform, access: ChannelAccess) -> Iterator[ObservedPublisher]:
    """Borrow a publisher of the channel to read with, and keep what its network says about limits meanwhile."""
    try:
        with platform.connections.publisher(access) as publisher:
            try:
                yield publisher
            finally:
                charges.keep(platform, access, publisher.charges())
            keep(platform, access, publisher.limits())
    except NetworkError as error:
        keep(platform, access, error.limits)
        raise


def note(session: Session, app: str, access: ChannelAccess, readings: Iterable[LimitReading], now: datetime) -> None:
    """As :func:`keep`, in a running transaction. A channel whose publishing is used up waits from now on.

    ``app`` is :func:`app_of` the network.
    """
    near = {} if access.rehearsing else {reading.key: reading for reading in readings if _is_near(reading)}
    for key in sorted(near):  # always in the same order: two that write the same limits must not wait in a circle
        standing = _merge(session, app, access, near[key], now)
        scope, calls, _ = key
        if scope is Scope.CHANNEL and calls in PUBLISHING and standing.held_until is not None:
            _hold_channel(session, access, standing.held_until)


def app_of(platform: Platform, network: str) -> str:
    """Whose limits the channels of a network share: the id of the developer app, "" where none is set."""
    return platform.settings.network(network).app.get("client_id", "")


def forget(platform: Platform) -> None:
    """Take out what is long past."""
    old = RateLimit.seen_at < platform.clock.now() - KEPT
    with platform.database.read() as session:
        if session.scalar(select(RateLimit.id).where(old).limit(1)) is None:
            return
    with platform.database.write() as session:
        session.execute(delete(RateLimit).where(old).execution_options(synchronize_session=False))


def forget_other_apps(platform: Platform) -> None:
    """Take out the limits of developer apps that the operator no longer uses."""
    with platform.database.read() as session:
        known = session.execute(select(RateLimit.network, RateLimit.app).distinct()).all()
    gone = [row for row in known if row.app != app_of(platform, row.network)]
    if gone:
        others = or_(*[(RateLimit.network == row.network) & (RateLimit.app == row.app) for row in gone])
        with platform.database.write() as session:
            session.execute(delete(RateLimit).where(others).execution_options(synchronize_session=False))


def _is_near(reading: LimitReading) -> bool:
    return reading.used_up or limits.is_near(reading.left, reading.share, shared=reading.calls is Calls.ALL)


def _merge(session: Session, app: str, access: ChannelAccess, reading: LimitReading, now: datetime) -> Standing:
    is_app = reading.scope is Scope.APP
    named = {
        "subject": f"app:{access.network}" if is_app else f"channel:{access.channel_id}",
        "calls": reading.calls.value,
        "window": reading.window,
    }
    told = (reading.left, reading.share, reading.resets_in)
    first = limits.merged(None, *told, now)
    values = {
        **named,
        "network": access.network,
        "app": app,
        "channel_id": None if is_app else access.channel_id,
        **_columns(first),
    }
    if changed(session, _insert(session).values(values).on_conflict_do_nothing()) == 1:
        return first
    row = run(session, _ROW, named).one()
    old = Standing(row.left, row.share, row.resets_at, row.held_until, row.strikes, row.since, row.seen_at)
    standing = limits.merged(old if row.app == app else None, *told, now)
    if standing != old:
        changed(session, update(_TABLE).where(_TABLE.c.id == row.id).values(app=app, **_columns(standing)))
    return standing


def _hold_channel(session: Session, access: ChannelAccess, until: datetime) -> None:
    waits_less = or_(CHANNEL.c.throttled_until.is_(None), CHANNEL.c.throttled_until < until)
    statement = update(CHANNEL).where(CHANNEL.c.id == access.channel_id, waits_less)
    changed(session, statement.values(throttled_until=until, throttle_reason="limit"))


def _columns(standing: Standing) -> dict[str, Any]:
    return {
        "left": standing.left,
        "share": standing.share,
        "resets_at": standing.resets_at,
        "held_until": standing.held_until,
        "strikes": standing.strikes,
        "since": standing.since,
        "seen_at": standing.seen_at,
    }


def _insert(session: Session) -> Any:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    return dialect.insert(_TABLE)


_TABLE: Any = RateLimit.__table__
_KEY = ("subject", "calls", "window")
_ROW = select(_TABLE).where(*[_TABLE.c[name] == bindparam(name) for name in _KEY]).with_for_update()
