"""How far a goal has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from planner.domain.week import day_bounds
from planner.models import Channel, Goal, Post, Workspace
from planner.services.reports.measures import measured, sums_of_row, within


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a goal stands.

    ``value`` is None while no post gives the figure; ``share`` is value by target (1.0: reached, may be more),
    ``elapsed`` how much of the period has passed (0.0 to 1.0). ``on_track`` compares the two, None before the
    period and without a value. ``posts`` were measured, ``given`` deliveries gave the figure.
    """

    goal_id: int
    metric: str
    value: int | None
    target: int
    share: float | None
    elapsed: float
    on_track: bool | None
    posts: int
    given: int
    as_of_oldest: datetime | None
    as_of_newest: datetime | None


def goal_progress(session: Session, goal: Goal, *, now: datetime) -> Progress:
    """Measure the posts that serve the goal, and those of its campaign that serve no other, within its period."""
    zone = session.scalars(select(Workspace.zone).where(Workspace.id == goal.workspace_id)).one()
    start, end = day_bounds(goal.starts_on, zone)[0], day_bounds(goal.ends_on, zone)[1]
    serves = or_(
        Post.goal_id == goal.id,
        and_(Post.goal_id.is_(None), Post.campaign_id.is_not(None), Post.campaign_id == goal.campaign_id),
    )
    query = measured().where(within(goal.workspace_id, start, end), serves)
    row = session.execute(query.where(Channel.network == goal.network) if goal.network else query).one()
    sums = sums_of_row(row)
    counts_posts = goal.metric == "posts"
    value = row.posts if counts_posts else sums.value(goal.metric)
    elapsed = min(1.0, max(0.0, (now - start) / (end - start)))
    return Progress(
        goal_id=goal.id,
        metric=goal.metric,
        value=value,
        target=goal.target,
        share=None if value is None or goal.target <= 0 else value / goal.target,
        elapsed=elapsed,
        on_track=None if value is None or now < start else value >= goal.target * elapsed,
        posts=row.posts,
        given=row.deliveries if counts_posts else sums.given(goal.metric),
        as_of_oldest=row.as_of_oldest,
        as_of_newest=row.as_of_newest,
    )
