"""All that the lead's page shows of a period, and what the rules make of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from planner.domain import walltime
from planner.domain.insights import GoalStanding, Insight, Part, Standing, observations, verdict
from planner.domain.periods import Period
from planner.domain.states import DeliveryState
from planner.domain.week import Week
from planner.models import Delivery, Goal, Media, PostMedia
from planner.services import reports
from planner.services.reports import PostScore, Progress, Row, Summary, measures


@dataclass(frozen=True, slots=True)
class GoalState:
    """A goal that was running in the period, and how far it has come by now."""

    goal: Goal
    progress: Progress


@dataclass(frozen=True, slots=True)
class Highlight:
    """One of the best or weakest posts. ``factor`` compares it with the period's average post that has the figure (2.0
    is twice as much), ``image`` is its first picture."""

    score: PostScore
    factor: float | None
    image: Media | None


@dataclass(frozen=True, slots=True)
class Board:
    """The page. Summaries hold the period's figures, each with those of the period before."""

    period: Period
    networks: Summary
    topics: Summary
    campaigns: Summary
    weeks: Sequence[Row]
    goals: Sequence[GoalState]
    best: Sequence[Highlight]
    weakest: Sequence[Highlight]
    verdict: Insight
    observations: Sequence[Insight]


def board(
    session: Session, workspace_id: int, period: Period, zone: str, *, now: datetime, metric: str = "interactions"
) -> Board:
    """Everything about a period; ``metric`` ranks the posts."""
    start, end = period.bounds(zone)
    today = walltime.to_wall(now, zone).date()
    networks, topics, campaigns, weeks, served = (
        reports.summary(session, workspace_id, start, end, group)
        for group in ("network", "topic", "campaign", "week", "goal")
    )
    goals = [GoalState(g, reports.goal_progress(session, g, now=now)) for g in _goals(session, workspace_id, period)]
    begun = [row for row in weeks.rows if Week.parse(row.key or "").monday <= today]
    over = [row for row in begun if Week.parse(row.key or "").sunday < today]
    standing = _standing(networks, topics, served, goals, over)
    ranking = reports.best_and_weakest(session, workspace_id, start, end, now=now, metric=metric)
    average = _average_post(session, workspace_id, start, end, metric)
    images = _first_images(session, [score.post_id for score in (*ranking.best, *ranking.weakest)])
    return Board(
        period,
        networks,
        topics,
        campaigns,
        begun,
        goals,
        _highlights(ranking.best, average, images),
        _highlights(ranking.weakest, average, images),
        verdict(standing),
        observations(standing),
    )


def is_new(session: Session, workspace_id: int, since: datetime) -> bool:
    """Whether all that was ever published went out after ``since``: then whole weeks before it say nothing."""
    first = select(func.min(Delivery.publish_at)).where(
        Delivery.workspace_id == workspace_id,
        Delivery.state == DeliveryState.PUBLISHED,
        Delivery.rehearsed.is_(False),
    )
    began = session.scalar(first)
    return began is not None and began >= since


def _goals(session: Session, workspace_id: int, period: Period) -> Sequence[Goal]:
    query = (
        select(Goal)
        .where(Goal.workspace_id == workspace_id, Goal.starts_on <= period.last, Goal.ends_on >= period.first)
        .order_by(Goal.ends_on, Goal.name, Goal.id)
    )
    return session.scalars(query).all()


def _highlights(scores: Sequence[PostScore], average: float | None, images: Mapping[int, Media]) -> list[Highlight]:
    return [Highlight(s, s.value / average if average else None, images.get(s.post_id)) for s in scores]


def _average_post(session: Session, workspace_id: int, start: datetime, end: datetime, metric: str) -> float | None:
    """What a post of the period brought on average, over the posts that have the figure."""
    has_it = measures.measure(metric).is_not(None)
    row = session.execute(measures.measured().where(measures.within(workspace_id, start, end), has_it)).one()
    value = measures.sums_of_row(row).value(metric)
    return value / row.posts if value is not None and row.posts else None


def _first_images(session: Session, post_ids: Sequence[int]) -> dict[int, Media]:
    query = (
        select(PostMedia)
        .where(PostMedia.post_id.in_(post_ids))
        .order_by(PostMedia.channel_id.is_not(None), PostMedia.position, PostMedia.id)
    )
    found: dict[int, Media] = {}
    for one in session.scalars(query):
        found.setdefault(one.post_id, one.medium)
    return found


def _standing(
    networks: Summary, topics: Summary, served: Summary, goals: Sequence[GoalState], over: Sequence[Row]
) -> Standing:
    total, previous = networks.total, networks.previous
    return Standing(
        posts=total.posts,
        previous_posts=previous.posts,
        interactions=total.sums.value("interactions"),
        previous_interactions=previous.sums.value("interactions"),
        deliveries=total.deliveries,
        given=total.sums.given("interactions"),
        networks=_parts(networks),
        topics=_parts(topics),
        goals=[GoalStanding(g.goal.name, g.progress.share, g.progress.elapsed, g.progress.on_track) for g in goals],
        weeks=len(over),
        weeks_without_posts=sum(row.posts == 0 for row in over),
        posts_without_goal=sum(row.posts for row in served.rows if row.key is None),
    )


def _parts(summary: Summary) -> list[Part]:
    return [
        Part(row.label or row.key, row.posts, row.sums.value("interactions"))
        for row in summary.rows
        if row.key is not None
    ]
