"""Audiences, campaigns, goals, categories and formats: what each holds, and what is wrong with one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from planner.models import Audience, Campaign, Category, Format, Goal
from planner.services.errors import Problems
from planner.services.plan.collection import Collection, check_known, check_name, check_text, check_title
from publishers import registry

METRICS = ("impressions", "reach", "reactions", "comments", "shares", "clicks", "interactions", "posts")
COLORS = ("blue", "teal", "green", "yellow", "orange", "red", "pink", "purple", "gray")
HIGHEST = 1_000_000_000


@dataclass(frozen=True, slots=True)
class AudienceInput:
    """A described target group. ``networks`` are keys of networks it uses."""

    name: str
    description: str = ""
    networks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CampaignInput:
    """A measure with a period and a budget. Amounts are euro cents."""

    name: str
    description: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    budget_cents: int | None = None
    spent_cents: int = 0


@dataclass(frozen=True, slots=True)
class GoalInput:
    """A figure to reach in a period. ``metric`` is one of :data:`METRICS`; ``network`` None counts all."""

    name: str
    metric: str
    target: int
    starts_on: date
    ends_on: date
    network: str | None = None
    campaign_id: int | None = None


@dataclass(frozen=True, slots=True)
class CategoryInput:
    """What a slot may be reserved for. ``color`` is one of :data:`COLORS`."""

    name: str
    color: str = "blue"


@dataclass(frozen=True, slots=True)
class FormatInput:
    """A recurring kind of post; ``rhythm`` in words."""

    name: str
    description: str = ""
    rhythm: str = ""
    category_id: int | None = None


def _check_audience(
    session: Session, workspace_id: int, row: Audience | None, given: AudienceInput, problems: Problems
) -> None:
    check_name(session, Audience, workspace_id, row, given.name, problems)
    check_text(given.description, problems, "description")
    for index, key in enumerate(given.networks):
        _check_network(key, problems, f"networks.{index}")


def _check_campaign(
    session: Session, workspace_id: int, row: Campaign | None, given: CampaignInput, problems: Problems
) -> None:
    check_name(session, Campaign, workspace_id, row, given.name, problems)
    check_text(given.description, problems, "description")
    _check_period(given.starts_on, given.ends_on, problems)
    for field in ("budget_cents", "spent_cents"):
        _check_number(getattr(given, field), problems, field)


def _check_goal(session: Session, workspace_id: int, _row: Goal | None, given: GoalInput, problems: Problems) -> None:
    check_title(given.name, problems)
    if given.metric not in METRICS:
        problems.add("metric", "metric_unknown", known=", ".join(METRICS))
    _check_number(given.target, problems, "target", low=1)
    _check_period(given.starts_on, given.ends_on, problems)
    if given.network is not None:
        _check_network(given.network, problems, "network")
    check_known(session, Campaign, workspace_id, given.campaign_id, problems, "campaign")


def _check_category(
    session: Session, workspace_id: int, row: Category | None, given: CategoryInput, problems: Problems
) -> None:
    check_name(session, Category, workspace_id, row, given.name, problems, limit=100)
    if given.color not in COLORS:
        problems.add("color", "color_unknown", known=", ".join(COLORS))


def _check_format(
    session: Session, workspace_id: int, row: Format | None, given: FormatInput, problems: Problems
) -> None:
    check_name(session, Format, workspace_id, row, given.name, problems, limit=100)
    check_text(given.description, problems, "description")
    check_text(given.rhythm, problems, "rhythm", 200)
    check_known(session, Category, workspace_id, given.category_id, problems, "category")


def _check_period(start: date | None, end: date | None, problems: Problems) -> None:
    if start is not None and end is not None and end < start:
        problems.add("ends_on", "period_backwards")


def _check_number(value: int | None, problems: Problems, field: str, *, low: int = 0) -> None:
    if value is not None and not low <= value <= HIGHEST:
        problems.add(field, "number_between", low=low, high=HIGHEST)


def _check_network(key: str, problems: Problems, field: str) -> None:
    known = registry.networks()
    if key not in known:
        problems.add(field, "network_unknown", network=key, known=", ".join(known))


audiences = Collection(Audience, "audience", AudienceInput, _check_audience)
campaigns = Collection(Campaign, "campaign", CampaignInput, _check_campaign)
goals = Collection(Goal, "goal", GoalInput, _check_goal)
categories = Collection(Category, "category", CategoryInput, _check_category)
formats = Collection(Format, "format", FormatInput, _check_format)
