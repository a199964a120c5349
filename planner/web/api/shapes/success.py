"""Figures, the calendar, the workspace and its people, images."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from planner.domain.roles import Role
from planner.domain.states import DeliveryState, PostStatus
from planner.services.publishing.guards import Hold
from planner.web.api.shapes.channels import Pause
from planner.web.api.shapes.common import Id, Moment, MomentOrDayIn, Output, PlainText, Query

Group = Literal["network", "topic", "campaign", "goal", "week", "channel"]


class RangeQuery(Query):
    """From when to when."""

    from_: MomentOrDayIn = Field(alias="from", description="From this moment, or the start of this day.")
    to: MomentOrDayIn = Field(description="Before this moment, or until the end of this day.")


class SummaryQuery(RangeQuery):
    """What is summed up, and by what."""

    group: Group = "network"


class Rehearsed(Output):
    """How one planned delivery went. ``waits_for``: what keeps it from going out as things stand."""

    delivery: Id
    post: Id
    channel: Id
    outcome: str = Field(description="accepted, refused, by_hand")
    message: str | None = Field(description="The network's words, where it refused.")
    problems: list[str]
    waits_for: Hold | None
    shown: str | None = Field(description="The text as the network would show it.")
    follow_ups: int


class Rehearsal(Output):
    """A week, played through."""

    items: list[Rehearsed]


class ChannelCosts(Output):
    """What a channel cost this month by its network's price list: its posts, with all parts of threads, its answers in
    conversations, and the things read there."""

    channel: Id
    posts: int
    posts_usd: float
    answers: int
    answers_usd: float = Field(description="Reckoned from their texts by the price list as it stands now.")
    reads: int
    reads_usd: float


class Costs(Output):
    """What the networks ask for the month so far, in US dollars. Channels that cost nothing are left out."""

    month: str = Field(description="YYYY-MM, by UTC.")
    items: list[ChannelCosts]
    total_usd: float


class Sums(Output):
    """Sums over deliveries. Null: no delivery of the group has the figure."""

    posts: int
    deliveries: int
    impressions: int | None
    reach: int | None
    reactions: int | None
    comments: int | None
    shares: int | None
    clicks: int | None
    interactions: int | None = Field(description="Reactions, comments and shares together.")
    engagement_rate: float | None = Field(description="Interactions per impression.")
    given: dict[str, int] = Field(description="How many deliveries gave each figure.")
    as_of_oldest: Moment | None
    as_of_newest: Moment | None


class SummaryRow(Sums):
    """One group. ``key`` is an id, a network or a week; null: posts that have none."""

    key: str | None
    label: str | None


class MetricsSummary(Output):
    """A period by groups, in all, and the period of the same length before it."""

    group: Group
    start: Moment
    end: Moment
    items: list[SummaryRow]
    total: Sums
    previous: Sums
    previous_start: Moment
    next: None = Field(default=None, description="A summary has one page.")


class CalendarDelivery(Output):
    """A delivery at its moment."""

    id: Id
    channel: Id
    status: DeliveryState
    queued: bool
    remote_url: str | None


class CalendarEntry(Output):
    """A post on those of its channels that go out (or went out) at this moment. ``waits_for`` says why it is ``held``,
    and ``held_until`` when it goes on by itself, as for a delivery."""

    post: Id
    publish_at: Moment
    text: str
    status: PostStatus
    held: bool
    waits_for: Hold | None
    held_until: Moment | None
    topic: Id | None
    campaign: Id | None
    category: Id | None
    owner: Id | None
    deliveries: list[CalendarDelivery]


class Gap(Output):
    """A weekly slot that nothing takes."""

    channel: Id
    publish_at: Moment


class Calendar(Output):
    """What goes out and what is missing between two moments."""

    items: list[CalendarEntry]
    gaps: list[Gap]
    next: None = Field(default=None, description="A calendar has one page.")


class Media(Output):
    """An uploaded file; size in bytes, width and height in pixels (0 for a document), a video's length in seconds."""

    id: Id
    filename: str
    mime: str
    size: int
    width: int
    height: int
    alt: str
    seconds: float | None
    pages: int | None
    title: str | None
    created_at: Moment


class Workspace(Output):
    """The company or brand that the token is of."""

    id: Id
    name: str
    zone: str
    language: str
    approval_required: bool
    paused: Pause | None


class Me(Output):
    """What the token is."""

    token: str = Field(description="Its name.")
    role: Role
    workspace: Id


class Member(Output):
    """A person in the workspace. ``user`` is the id by which posts and topics name their owner."""

    id: Id
    user: Id
    name: str
    email: str
    role: Role


class WorkspacePause(Output):
    """Whether the crisis switch is pulled."""

    paused: bool
    since: Moment | None
    reason: str | None
    by: str | None = Field(description="Who pulled it: a member, or the name of a token.")


class FeedQuery(Query):
    """The key of a calendar feed."""

    token: Annotated[PlainText, Field(max_length=200)]
