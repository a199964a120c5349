"""How far a preparation is: kept on the delivery's row, together with the heartbeat that keeps its claim alive."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, null, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Post, Workspace
from planner.services.publishing import guards
from planner.services.publishing.claim import Claimed
from planner.services.publishing.classify import ChannelEffect, classify_preparation
from planner.services.publishing.prepare import HandBack, NotReady
from planner.services.publishing.tables import DELIVERY, changed, row
from publishers.base import Progress, Refused

if TYPE_CHECKING:
    from planner.bootstrap import Platform

#: A preparation tells the database how far it is so often, however small its pieces are.
TELL = timedelta(seconds=2)
#: Who waits for the due time looks at the clock at least so often, in seconds.
NAP_SECONDS = 0.25
#: How it waits meanwhile.
nap = time.sleep

_log = logging.getLogger(__name__)


class Hearing:
    """Hears of one preparation. Ends it where it makes no sense any more: the claim is another's, something is paused,
    the process stops, or it takes too long."""

    def __init__(self, platform: Platform, work: Claimed, stopping: Callable[[], bool]) -> None:
        self._platform = platform
        self._work = work
        self._stopping = stopping
        self._since = self._told_at = platform.clock.now()
        self._stage: tuple[int, str] | None = None

    def __call__(self, progress: Progress) -> None:
        """Raises HandBack or NotReady to end the preparation."""
        now = self._platform.clock.now()
        if now - self._since > timedelta(seconds=self._platform.settings.prepare_timeout_seconds):
            raise self._too_long(now)
        stage = progress.medium, progress.stage.value
        if stage != self._stage or self._is_time(now):
            self._stage = stage
            self._tell(as_json(progress), now)

    def wait(self) -> None:
        """Return when the delivery's time has come: what was prepared ahead is held until then.

        Raises HandBack, also where the time is further off than anything is prepared ahead: the clock was put back.
        """
        longest = self._platform.settings.prepare_ahead_seconds
        while guards.is_early(self._work.try_at, now := self._platform.clock.now()):
            if self._stage is not None or self._is_time(now):
                self._stage = None
                self._tell(None, now)
            elif self._stopping():
                raise HandBack
            left = (self._work.try_at - now).total_seconds()
            if left > longest:
                raise HandBack
            nap(max(0.0, min(left, NAP_SECONDS)))

    def _is_time(self, now: datetime) -> bool:
        return not timedelta(0) <= now - self._told_at < TELL  # a clock may be put back

    def _tell(self, progress: dict[str, Any] | None, now: datetime) -> None:
        if self._stopping():
            raise HandBack
        self._told_at = now
        try:
            goes_on = self._platform.database.write_together(lambda session: self._beat(session, progress, now))
        except OperationalError as error:
            _log.warning("How far the preparation is could not be written: %s", error.orig)
            return
        if not goes_on:
            raise HandBack

    def _beat(self, session: Session, progress: dict[str, Any] | None, now: datetime) -> bool:
        """Whether the claim is still ours, and nothing is paused."""
        fence = {
            "delivery": self._work.ref.id,
            "old_owner": self._work.fence.owner,
            "old_epoch": self._work.fence.epoch,
        }
        until = now + timedelta(seconds=self._platform.settings.lease_seconds)
        if progress is None:
            is_ours = changed(session, _WAITS, {**fence, "until": until}) == 1
        else:
            is_ours = changed(session, _GOES_ON, {**fence, "until": until, "how_far": progress}) == 1
        standing = row(session, _STANDING, {"delivery": self._work.ref.id}) if is_ours else None
        return standing is not None and guards.hold(standing, now) is None

    def _too_long(self, now: datetime) -> NotReady:
        limit = self._platform.settings.prepare_timeout_seconds
        refused = Refused(f"The media were not with the network within {limit:.0f} seconds.")
        verdict = classify_preparation(refused, self._work.attempts + 1, now)
        return NotReady(replace(verdict, code="preparation_too_long", channel=ChannelEffect.NONE))


def as_json(progress: Progress) -> dict[str, Any]:
    """As the delivery's row keeps it. ``percent`` is None where the network does not tell."""
    percent = min(100, 100 * progress.done // progress.total) if progress.total else None
    return {"medium": progress.medium, "stage": progress.stage.value, "percent": percent}


_OURS = (
    DELIVERY.c.id == bindparam("delivery"),
    DELIVERY.c.state == DeliveryState.CLAIMED,
    DELIVERY.c.claim_owner == bindparam("old_owner"),
    DELIVERY.c.epoch == bindparam("old_epoch"),
)
_LEASE = bindparam("until", type_=DELIVERY.c.lease_until.type)
_GOES_ON = (
    update(DELIVERY)
    .where(*_OURS)
    .values(lease_until=_LEASE, progress=bindparam("how_far", type_=DELIVERY.c.progress.type))
)
_WAITS = update(DELIVERY).where(*_OURS).values(lease_until=_LEASE, progress=null())
_STANDING = (
    select(*guards.STANDING)
    .select_from(Delivery)
    .join(Post, Post.id == Delivery.post_id)
    .join(Channel, Channel.id == Delivery.channel_id)
    .join(Workspace, Workspace.id == Delivery.workspace_id)
    .where(Delivery.id == bindparam("delivery"))
)
