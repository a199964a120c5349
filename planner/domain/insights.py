"""What the figures of a period say, in rules a person can check by hand.

Each rule looks at real figures only; where too few posts or figures are there, it stays silent. The sentences
belong to the web layer: a rule gives a code and what is to be put into it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from planner.domain.figures import change

#: A change below this is called "about the same".
NOTABLE_CHANGE = 0.05
#: A share of the interactions this many times the share of the posts is worth a word.
NOTABLE_FACTOR = 1.3
#: A change in the number of posts that makes sums hard to compare.
MUCH_MORE_POSTS = 0.25
#: Fewer posts than this prove nothing about a network or a topic.
ENOUGH_POSTS = 2
ENOUGH_IN_ALL = 4


@dataclass(frozen=True, slots=True)
class Part:
    """A network's or topic's share of a period. ``interactions`` None: no figure came back."""

    label: str
    posts: int
    interactions: int | None


@dataclass(frozen=True, slots=True)
class GoalStanding:
    """How a goal stands: ``share`` reached of its target, ``elapsed`` share of its period that is over."""

    name: str
    share: float | None
    elapsed: float
    on_track: bool | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rules look at. ``given`` of ``deliveries`` have figures; weeks are those that are over."""

    posts: int
    previous_posts: int
    interactions: int | None
    previous_interactions: int | None
    deliveries: int
    given: int
    networks: Sequence[Part] = ()
    topics: Sequence[Part] = ()
    goals: Sequence[GoalStanding] = ()
    weeks: int = 0
    weeks_without_posts: int = 0
    posts_without_goal: int = 0


@dataclass(frozen=True, slots=True)
class Insight:
    """``tone`` is success, warning, danger or info. Parameters named ``…share`` or ``change`` are fractions."""

    code: str
    tone: str = "info"
    params: Mapping[str, str | int | float] = field(default_factory=dict)


def verdict(standing: Standing) -> Insight:
    """Did it work? Goals speak first, then the comparison with the period before."""
    if standing.posts == 0:
        return Insight("nothing_published", "warning")
    if standing.given == 0:
        return Insight("no_figures_yet", "info", {"posts": standing.posts})
    judged = [g for g in standing.goals if g.on_track is not None]
    if judged:
        return _by_goals(judged)
    return _by_comparison(standing)


def observations(standing: Standing) -> list[Insight]:
    """What stands out, the most useful first."""
    if standing.given == 0:
        return []
    found: list[Insight] = []
    if standing.goals:
        found += [o for o in [_comparison_or_none(standing)] if o is not None]
    found += _per_post(standing)
    found += _behind(standing.goals)
    found += _uneven("network", standing.networks)
    found += _uneven("topic", standing.topics, weak=False)
    if standing.weeks > 1 and standing.weeks_without_posts:
        params = {"count": standing.weeks_without_posts, "all": standing.weeks}
        found.append(Insight("weeks_without_posts", "warning", params))
    if standing.goals and standing.posts_without_goal * 2 > standing.posts:
        params = {"count": standing.posts_without_goal, "all": standing.posts}
        found.append(Insight("posts_without_goal", "info", params))
    return found


def _by_goals(judged: Sequence[GoalStanding]) -> Insight:
    good = sum(g.on_track is True for g in judged)
    params: dict[str, str | int | float] = {"good": good, "all": len(judged), "name": judged[0].name}
    if good == len(judged):
        return Insight("goals_on_track" if good > 1 else "goal_on_track", "success", params)
    if good == 0:
        return Insight("goals_behind" if len(judged) > 1 else "goal_behind", "danger", params)
    return Insight("goals_mixed", "warning", params)


def _by_comparison(standing: Standing) -> Insight:
    found = _comparison_or_none(standing)
    if found is None:
        return Insight("first_figures", "info", {"interactions": standing.interactions or 0, "posts": standing.posts})
    return found


def _comparison_or_none(standing: Standing) -> Insight | None:
    difference = change(standing.interactions, standing.previous_interactions)
    if difference is None:
        return None
    params = {"change": abs(difference), "posts": standing.posts, "previous_posts": standing.previous_posts}
    if difference >= NOTABLE_CHANGE:
        return Insight("better", "success", params)
    if difference <= -NOTABLE_CHANGE:
        return Insight("worse", "warning", params)
    return Insight("same", "info", params)


def _per_post(standing: Standing) -> Iterator[Insight]:
    """More posts bring more: where their number changed much, the average says more than the sum."""
    posts, before = standing.posts, standing.previous_posts
    moved = change(posts, before)
    if moved is None or abs(moved) < MUCH_MORE_POSTS:
        return
    if standing.interactions is None or standing.previous_interactions is None:
        return
    now_each, before_each = standing.interactions / posts, standing.previous_interactions / before
    tone = "success" if now_each > before_each else "warning"
    yield Insight("per_post", tone, {"now_each": round(now_each), "before_each": round(before_each)})


def _behind(goals: Sequence[GoalStanding]) -> Iterator[Insight]:
    for goal in goals:
        if goal.on_track is False and goal.share is not None:
            params: dict[str, str | int | float] = {
                "name": goal.name,
                "share": goal.share,
                "elapsed_share": goal.elapsed,
            }
            yield Insight("goal_lags", "warning", params)


def _uneven(kind: str, parts: Sequence[Part], *, weak: bool = True) -> Iterator[Insight]:
    """The part that brings most for its posts, and the one that brings least."""
    known = [p for p in parts if p.interactions is not None and p.posts >= ENOUGH_POSTS]
    posts = sum(p.posts for p in known)
    interactions = sum(p.interactions or 0 for p in known)
    if len(known) < 2 or posts < ENOUGH_IN_ALL or interactions == 0:
        return
    ranked = sorted(known, key=lambda p: (p.interactions or 0) / p.posts)
    best, worst = ranked[-1], ranked[0]
    if _factor(best, posts, interactions) >= NOTABLE_FACTOR:
        yield _part(f"{kind}_strong", "success", best, posts, interactions)
    if weak and _factor(worst, posts, interactions) <= 1 / NOTABLE_FACTOR:
        yield _part(f"{kind}_weak", "warning", worst, posts, interactions)


def _factor(part: Part, posts: int, interactions: int) -> float:
    return ((part.interactions or 0) / interactions) / (part.posts / posts)


def _part(code: str, tone: str, part: Part, posts: int, interactions: int) -> Insight:
    params: dict[str, str | int | float] = {
        "name": part.label,
        "share": (part.interactions or 0) / interactions,
        "post_share": part.posts / posts,
        "count": part.posts,
    }
    return Insight(code, tone, params)
