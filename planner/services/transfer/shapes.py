"""What stands in the file. Other entries are referred to by name, channels as ``network:name``, people by e-mail."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from planner.domain.states import TopicStage

FORMAT = 1
Name = Annotated[str, Field(min_length=1, max_length=200)]


class Entry(BaseModel):
    """The base of all: nothing unknown, nothing of a wrong kind."""

    model_config = ConfigDict(extra="forbid")


class AudienceEntry(Entry):
    """A target group."""

    name: Name
    description: str = ""
    networks: list[str] = []


class CategoryEntry(Entry):
    """A category."""

    name: Name
    color: str = "blue"


class CampaignEntry(Entry):
    """A campaign."""

    name: Name
    description: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    budget_cents: int | None = None
    spent_cents: int = 0


class FormatEntry(Entry):
    """A format."""

    name: Name
    description: str = ""
    rhythm: str = ""
    category: str | None = None


class GoalEntry(Entry):
    """A goal."""

    name: Name
    metric: str
    target: int
    starts_on: date
    ends_on: date
    network: str | None = None
    campaign: str | None = None


class SlotEntry(Entry):
    """A weekly slot; ``time`` is HH:MM."""

    weekday: int
    time: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    category: str | None = None


class ChannelEntry(Entry):
    """A channel without its connection."""

    name: Name
    network: str
    account: Annotated[str, Field(max_length=200)] | None = None
    rhythm_per_week: Annotated[int, Field(ge=0, le=100)] | None = None
    missed_after_seconds: Annotated[int, Field(ge=60, le=604_800)] = 7200
    slots: list[SlotEntry] = []


class TopicEntry(Entry):
    """A topic."""

    title: Name
    brief: str = ""
    stage: TopicStage = TopicStage.IDEA
    owner: str | None = None
    due_on: date | None = None
    audience: str | None = None
    campaign: str | None = None
    category: str | None = None
    format: str | None = None
    channels: list[str] = []


class PollEntry(Entry):
    """A poll of a post."""

    question: str = ""
    options: list[str]
    hours: int


class MentionEntry(Entry):
    """An account that a post's text names."""

    name: str
    network: str
    remote_id: str


class PostEntry(Entry):
    """A post. ``publish_at`` is when it was planned for; ``variants`` and ``titles`` hold texts by channel."""

    mark: Annotated[str, Field(pattern=r"^transfer-[0-9a-f]{32}$")]
    text: str = ""
    link: str | None = None
    tags: list[str] = []
    note: str = ""
    publish_at: datetime | None = None
    channels: list[str] = []
    variants: dict[str, str] = {}
    titles: dict[str, str] = {}
    first_comments: dict[str, str] = {}
    poll: PollEntry | None = None
    thread: list[str] = []
    first_comment: str = ""
    card_title: str = ""
    card_description: str = ""
    languages: list[str] = []
    mentions: list[MentionEntry] = []
    topic: str | None = None
    campaign: str | None = None
    goal: str | None = None
    audience: str | None = None
    category: str | None = None
    format: str | None = None
    owner: str | None = None


#: In the order in which entries refer to earlier ones.
KINDS: dict[str, type[Entry]] = {
    "audiences": AudienceEntry,
    "categories": CategoryEntry,
    "campaigns": CampaignEntry,
    "formats": FormatEntry,
    "goals": GoalEntry,
    "channels": ChannelEntry,
    "topics": TopicEntry,
    "posts": PostEntry,
}
