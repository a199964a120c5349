"""A backup that comes back, and what happens around it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete

from planner.domain.states import DeliveryState
from planner.models import Attempt, Channel, Delivery, Event
from planner.services import channels
from planner.services.publishing import pause
from planner.services.publishing.restored import after_restore
from tests.services.publishing.stage import Stage

S = DeliveryState


class Backup:
    """What a backup knows of some deliveries; :meth:`come_back` puts that in the place of what has become of them."""

    def __init__(self, stage: Stage, *deliveries: Delivery) -> None:
        self._stage, self._made_at = stage, stage.clock.now()
        self._rows = [columns(stage.read(delivery)) for delivery in deliveries]
        self._attempts = [columns(attempt) for delivery in deliveries for attempt in stage.attempts(delivery)]

    def come_back(self) -> int:
        with self._stage.platform.database.write() as session:
            known = [row["id"] for row in self._rows]
            session.execute(delete(Delivery).where(Delivery.parent_id.in_(known)))
            session.execute(delete(Attempt).where(Attempt.delivery_id.in_(known)))
            session.execute(delete(Event).where(Event.at > self._made_at))
            for row in self._rows:
                found = session.get_one(Delivery, row["id"])
                for name, value in row.items():
                    setattr(found, name, value)
            session.add_all(Attempt(**row) for row in self._attempts)
        return after_restore(self._stage.platform)


def columns(row: Any) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in row.__table__.columns}


def release(stage: Stage) -> None:
    with stage.platform.database.write() as session:
        pause.release_workspace(session, stage.company.bob, now=stage.clock.now())


def goes_out(stage: Stage, channel: Channel, text: str) -> None:
    """Between the backup and the restore."""
    stage.clock.advance(minutes=5)
    stage.sandbox.backfill(channel.network, channel.remote_account_id or "", text, stage.clock.now())
    stage.clock.advance(minutes=5)


def lost_access(stage: Stage, channel: Channel) -> None:
    """Right after the restore: nothing of it can be listed."""
    stage.change(channel, reconnect_since=stage.clock.now(), reconnect_reason="abgelaufen")
    stage.sandbox.faults.add("expired_token", channel.network, "list")


def give_access(stage: Stage, channel: Channel) -> None:
    stage.sandbox.faults.clear()
    vault = stage.platform.vault
    given = vault.open(stage.channel_now(channel).credentials or "")
    with stage.platform.database.write() as session:
        channels.reconnect(session, stage.company.alice, vault, channel.id, given, now=stage.clock.now())


def come_back_without_access(stage: Stage, channel: Channel, backup: Backup) -> None:
    """The channel cannot be listed any more; people lift the pause all the same."""
    lost_access(stage, channel)
    backup.come_back()
    stage.settle()
    release(stage)
