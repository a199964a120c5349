"""Pushes: whether the push services believe who sends, and what did not get through."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from planner.domain.outbox import OutboxState
from planner.models import PushMessage, PushSubscription
from planner.services.checkup.finding import Finding, Scene, notice, problem
from planner.services.push import NOT_VOUCHED


def given_up(scene: Scene, session: Session) -> Iterator[Finding]:
    """What was refused for good, or tried for long in vain, for devices that have taken nothing since."""
    query = (
        select(
            PushMessage.error_code, func.count(PushMessage.id).label("lost"), func.max(PushMessage.error).label("said")
        )
        .join(PushSubscription)
        .where(PushMessage.state == OutboxState.GIVEN_UP, PushSubscription.failures > 0)
        .where(scene.within(PushMessage.workspace_id))
        .group_by(PushMessage.error_code)
    )
    lost = {row.error_code: row for row in session.execute(query)}
    if (unbelieved := lost.pop(NOT_VOUCHED, None)) is not None:
        yield problem("push", "push_not_vouched", count=unbelieved.lost, said=unbelieved.said)
    if lost:
        yield notice("push", "push_given_up", count=sum(row.lost for row in lost.values()))
