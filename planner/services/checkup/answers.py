"""Answers in the dialogue that do not go on: left behind, in doubt for long, undecided."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from planner.domain.answers import AnswerState
from planner.models import Answer
from planner.services.checkup.deliveries import LONG, STUCK, UNATTENDED
from planner.services.checkup.finding import Finding, Scene, notice, problem
from planner.services.dialogue.checking import unknown_since


def answers_left_behind(scene: Scene, session: Session) -> Iterator[Finding]:
    """In the hands of a process that is gone, and given up for unconfirmed by nobody."""
    query = select(func.count(), func.min(Answer.deadline_at)).where(
        Answer.state == AnswerState.SENDING,
        Answer.deadline_at < scene.now - STUCK,
        scene.within(Answer.workspace_id),
    )
    count, oldest = session.execute(query).one()
    if oldest is not None:
        yield problem("answers", "answers_left_behind", count=count, since=oldest)


def answers_unconfirmed(scene: Scene, session: Session) -> Iterator[Finding]:
    """In doubt for longer than looking for them takes."""
    settle = timedelta(seconds=scene.platform.settings.reconcile_settle_seconds)
    query = select(func.count(), func.min(unknown_since())).where(
        Answer.state == AnswerState.UNKNOWN,
        unknown_since() < scene.now - 2 * settle - LONG,
        scene.within(Answer.workspace_id),
    )
    count, oldest = session.execute(query).one()
    if oldest is not None:
        yield problem("answers", "answers_unconfirmed_long", count=count, since=oldest)


def answers_undecided(scene: Scene, session: Session) -> Iterator[Finding]:
    """Waiting for a person to say whether they are live: worth knowing, and after a day in doubt a problem."""
    query = select(func.count(), func.min(Answer.doubt_since)).where(
        Answer.state == AnswerState.NEEDS_PERSON, scene.within(Answer.workspace_id)
    )
    count, oldest = session.execute(query).one()
    if oldest is not None and oldest < scene.now - UNATTENDED:
        yield problem("answers", "answers_undecided_long", count=count, since=oldest)
    elif count:
        yield notice("answers", "answers_undecided", count=count)
