"""Adding up what reading costs, by channel and month."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from planner.models import ReadCost
from planner.services.connections import ChannelAccess
from planner.services.publishing.again import write_again
from publishers.costs import Charge

if TYPE_CHECKING:
    from planner.bootstrap import Platform


def keep(platform: Platform, access: ChannelAccess, charges: Iterable[Charge]) -> None:
    """Add what was read to the month, in a transaction of its own; none where nothing was."""
    paid = list(charges)
    if paid and not access.rehearsing:
        now = platform.clock.now()
        write_again(platform.database, lambda session: _add(session, access.channel_id, paid, now))


def _add(session: Session, channel_id: int, charges: Iterable[Charge], now: datetime) -> None:
    charges = list(charges)
    reads, micros = sum(c.reads for c in charges), sum(c.micros for c in charges)
    dialect: Any = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    added = dialect.insert(ReadCost).values(channel_id=channel_id, month=month_name(now), reads=reads, micros=micros)
    grown = {"reads": ReadCost.reads + reads, "micros": ReadCost.micros + micros}
    session.execute(added.on_conflict_do_update(index_elements=["channel_id", "month"], set_=grown))


def month_name(now: datetime) -> str:
    """``2026-11``, by UTC."""
    return f"{now.astimezone(UTC):%Y-%m}"
