"""Topics, campaigns, goals, audiences, categories and formats."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from planner.domain.states import TopicStage
from planner.web.api.shapes.channels import Pause
from planner.web.api.shapes.common import DayIn, Id, IdIn, Input, Moment, MomentIn, Output, PageQuery, PlainText

Name = Annotated[PlainText, Field(min_length=1, max_length=200)]
ShortName = Annotated[PlainText, Field(min_length=1, max_length=100)]
Prose = Annotated[PlainText, Field(max_length=10_000)]
Amount = Annotated[int, Field(ge=0, le=1_000_000_000)]
NetworkKey = Annotated[PlainText, Field(min_length=1, max_length=32)]
Version = Annotated[int, Field(ge=1, le=1_000_000_000)]
Metric = Literal["impressions", "reach", "reactions", "comments", "shares", "clicks", "interactions", "posts"]
Color = Literal["blue", "teal", "green", "yellow", "orange", "red", "pink", "purple", "gray"]


class TopicPatch(Input):
    """What is to change; what is not named stays."""

    title: Name = ""
    brief: Annotated[PlainText, Field(max_length=50_000)] = ""
    stage: TopicStage = TopicStage.IDEA
    owner: IdIn | None = None
    due_on: DayIn | None = None
    audience: IdIn | None = None
    campaign: IdIn | None = None
    category: IdIn | None = None
    format: IdIn | None = None
    channels: Annotated[list[IdIn], Field(max_length=100)] = Field(default_factory=list)
    version: Version | None = Field(None, description="The version that the change began from.")


class TopicCreate(TopicPatch):
    """A new topic."""

    title: Name


class TopicPost(Input):
    """The post that a topic becomes."""

    channels: Annotated[list[IdIn], Field(max_length=100)] | None = Field(None, description="Null: the topic's own.")
    publish_at: MomentIn | None = None
    queue: bool = False


class Topic(Output):
    """An entry of the topic plan."""

    id: Id
    title: str
    brief: str
    stage: TopicStage
    owner: Id | None
    due_on: str | None
    audience: Id | None
    campaign: Id | None
    category: Id | None
    format: Id | None
    channels: list[Id]
    version: int
    created_at: Moment
    updated_at: Moment


class TopicQuery(PageQuery):
    """What the list is narrowed to."""

    stage: TopicStage | None = None
    owner: IdIn | None = None
    campaign: IdIn | None = None


class CampaignPatch(Input):
    """What is to change. Amounts are euro cents."""

    name: Name = ""
    description: Prose = ""
    starts_on: DayIn | None = None
    ends_on: DayIn | None = None
    budget_cents: Amount | None = None
    spent_cents: Amount = 0


class CampaignCreate(CampaignPatch):
    """A new campaign."""

    name: Name


class Campaign(Output):
    """A communication measure."""

    id: Id
    name: str
    description: str
    starts_on: str | None
    ends_on: str | None
    budget_cents: int | None
    spent_cents: int
    paused: Pause | None


class GoalPatch(Input):
    """What is to change."""

    name: Name = ""
    metric: Metric = "impressions"
    target: Annotated[int, Field(ge=1, le=1_000_000_000)] = 1
    starts_on: DayIn = Field(default_factory=date.today)
    ends_on: DayIn = Field(default_factory=date.today)
    network: NetworkKey | None = None
    campaign: IdIn | None = None


class GoalCreate(Input):
    """A new goal."""

    name: Name
    metric: Metric
    target: Annotated[int, Field(ge=1, le=1_000_000_000)]
    starts_on: DayIn
    ends_on: DayIn
    network: NetworkKey | None = Field(None, description="Null: all networks.")
    campaign: IdIn | None = None


class Goal(Output):
    """A figure to reach in a period."""

    id: Id
    name: str
    metric: str
    target: int
    starts_on: str
    ends_on: str
    network: str | None
    campaign: Id | None


class GoalProgress(Output):
    """How far a goal has come. ``value`` null: no figure came yet."""

    value: int | None
    target: int
    share: float | None = Field(description="Of the target; 1 is reached.")
    elapsed: float = Field(description="Of the period, from 0 to 1.")
    on_track: bool | None
    posts: int
    as_of_oldest: Moment | None
    as_of_newest: Moment | None


class AudiencePatch(Input):
    """What is to change."""

    name: Name = ""
    description: Prose = ""
    networks: Annotated[list[NetworkKey], Field(max_length=50)] = Field(default_factory=list)


class AudienceCreate(AudiencePatch):
    """A new target group."""

    name: Name


class Audience(Output):
    """A described target group."""

    id: Id
    name: str
    description: str
    networks: list[str]


class CategoryPatch(Input):
    """What is to change."""

    name: ShortName = ""
    color: Color = "blue"


class CategoryCreate(CategoryPatch):
    """A new category."""

    name: ShortName


class Category(Output):
    """What a slot may be reserved for."""

    id: Id
    name: str
    color: str


class FormatPatch(Input):
    """What is to change."""

    name: ShortName = ""
    description: Prose = ""
    rhythm: Annotated[PlainText, Field(max_length=200)] = Field("", description="When it is due, in words.")
    category: IdIn | None = None


class FormatCreate(FormatPatch):
    """A new format."""

    name: ShortName


class Format(Output):
    """A recurring kind of post."""

    id: Id
    name: str
    description: str
    rhythm: str
    category: Id | None
