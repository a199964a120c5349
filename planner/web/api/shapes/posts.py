"""Posts and deliveries."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from planner.domain.states import DeliveryState, Outcome, PostStatus
from planner.services.publishing.guards import Hold
from planner.services.publishing.resolutions import Choice
from planner.web.api.shapes.common import (
    ID_PATTERN,
    FieldProblem,
    Id,
    IdIn,
    Input,
    Limit,
    Moment,
    MomentIn,
    MomentOrDayIn,
    Output,
    PageQuery,
    PlainText,
    Query,
)
from planner.web.api.shapes.content import Ids, Mention, MentionIn, Part, PartIn, Poll, PollIn, Text
from publishers.base import FollowUp, Stage

Link = Annotated[PlainText, Field(max_length=2000)]
Title = Annotated[PlainText, Field(min_length=1, max_length=300)]
PLACE_PATTERN = "^[0-9]{1,17}-[1-9][0-9]{0,17}$"
Tag = Annotated[PlainText, Field(min_length=1, max_length=100)]


class VariantIn(Input):
    """What one channel gets instead of the base. What is missing or null is as the base."""

    text: Text | None = None
    media: Ids | None = None
    title: Title | None = Field(None, description="For networks that show one. Null: the first line of the text.")
    first_comment: Text | None = None


Variants = Annotated[
    dict[Annotated[str, Field(pattern=ID_PATTERN)], VariantIn],
    Field(max_length=100, json_schema_extra={"additionalProperties": False}),
]


class PostCreate(Input):
    """A post. Without a time or the queue it is a draft."""

    text: Text = ""
    link: Link | None = None
    media: Ids = Field(default_factory=list, description="Ids of uploaded files, in order.")
    poll: PollIn | None = Field(None, description="Refused for channels whose network has no polls.")
    thread: Annotated[list[PartIn], Field(max_length=50)] = Field(
        default_factory=list, description="What follows under the post; left out where a network has no threads."
    )
    first_comment: Text = Field("", description="Written under the post once it is live; left out where there is none.")
    languages: Annotated[list[Annotated[PlainText, Field(max_length=8)]], Field(max_length=50)] = Field(
        default_factory=list, description="ISO 639-1: who sees it, where a network can narrow that."
    )
    mentions: Annotated[list[MentionIn], Field(max_length=50)] = Field(default_factory=list)
    card: IdIn | None = Field(None, description="Id of an uploaded image: the picture of the link's card (LinkedIn).")
    card_title: Text = Field("", description="Title of the link's card (LinkedIn). Empty: host and path of the link.")
    card_description: Text = Field("", description="What stands under the title of the link's card (LinkedIn).")
    channels: Ids = Field(default_factory=list, description="Ids of the channels it goes to.")
    publish_at: MomentIn | None = Field(None, description="When it goes out. Null: not yet.")
    queue: bool = Field(False, description="Take the next free slot of each channel.")
    variants: Variants = Field(default_factory=dict, description="By channel id. Replaces all variants.")
    tags: Annotated[list[Tag], Field(max_length=50)] = Field(default_factory=list)
    note: Annotated[PlainText, Field(max_length=10_000)] = Field("", description="For colleagues; never published.")
    topic: IdIn | None = None
    campaign: IdIn | None = None
    goal: IdIn | None = None
    audience: IdIn | None = None
    category: IdIn | None = None
    format: IdIn | None = None
    owner: IdIn | None = None
    approved: bool = Field(False, description="Approve it at once. Needs the role approver or admin.")


class PostPatch(PostCreate):
    """What is to change; what is not named stays."""

    version: Annotated[int, Field(ge=1, le=1_000_000_000)] | None = Field(
        None, description="The version that the change began from: refused with 409 where it is not the newest."
    )


class DeliveryError(Output):
    """What went wrong last. ``network_message`` is what the network itself said."""

    code: str
    message: str
    network_message: str | None


class Progress(Output):
    """How far the media are on their way to the network. ``percent`` null: the network does not tell."""

    medium: int = Field(description="Which of them, from 0.")
    stage: Stage
    percent: int | None


class Delivery(Output):
    """A post on one channel at one time. ``held``: a pause, a limit of the network, a network that cannot be reached or
    an access that has ended keeps it back; ``waits_for`` names that, or that an approval is missing; ``held_until`` is
    when it goes on by itself, as far as that is known."""

    id: Id
    post: Id
    channel: Id
    network: str
    status: DeliveryState
    held: bool
    waits_for: Hold | None
    hold_reason: str | None = Field(description="What was said when it was paused.")
    held_until: Moment | None
    publish_at: Moment | None
    queued: bool
    published_at: Moment | None
    remote_id: str | None
    remote_url: str | None
    removed_at: Moment | None = Field(description="When it was taken down, by us or at the network itself.")
    error: DeliveryError | None
    attempts_made: int
    parent: Id | None = Field(description="The delivery under whose post this goes; null for a post itself.")
    progress: Progress | None = Field(description="While its media are being prepared.")
    rehearsed: bool = Field(description="It went to a played network, not to the real one.")
    cost_usd: float | None = Field(
        description="What the network asked for it by its price list, once it was prepared. Null: nothing."
    )
    taken_by: Id | None = Field(description="The user who has taken it on, to publish it by hand.")
    taken_at: Moment | None


class Step(Output):
    """What goes out under a post once it is live, by its own call: a part of its thread (``reply``), or its first
    comment. It is a delivery of its own, for its attempts and for decisions about it. ``id`` and ``status`` null: it
    waits until the one before it is live."""

    number: int = Field(description="From 1, in order.")
    kind: FollowUp
    text: str
    id: Id | None
    status: DeliveryState | None
    held: bool
    waits_for: Hold | None
    published_at: Moment | None
    remote_id: str | None
    remote_url: str | None
    removed_at: Moment | None = Field(description="When it was taken down, by us or at the network itself.")
    error: DeliveryError | None
    attempts_made: int
    cost_usd: float | None = Field(description="As of a delivery: each thing that follows is paid for by itself.")


class DeliveryWithSteps(Delivery):
    """A delivery, with what follows the post there."""

    steps: list[Step]


class Attempt(Output):
    """One try. ``outcome`` null: it has not ended."""

    number: int
    started_at: Moment
    deadline_at: Moment
    finished_at: Moment | None
    outcome: Outcome | None
    status: int | None = Field(description="The network's HTTP status.")
    error_code: str | None
    message: str | None
    remote_id: str | None


class DeliveryDetail(DeliveryWithSteps):
    """A delivery with its attempts."""

    attempts: list[Attempt]


class Variant(Output):
    """What one channel gets instead of the base; null: as the base."""

    text: str | None
    media: list[Id] | None
    title: str | None
    first_comment: str | None


class Approval(Output):
    """Whether a lead's yes is needed, was asked for, was given."""

    needed: bool
    asked_at: Moment | None
    approved_at: Moment | None


class PostItem(Output):
    """A post in a list."""

    id: Id
    status: PostStatus
    text: str
    link: str | None
    media: list[Id]
    poll: Poll | None
    thread: list[Part]
    first_comment: str
    languages: list[str]
    mentions: list[Mention]
    card: Id | None
    card_title: str
    card_description: str
    channels: list[Id]
    variants: dict[str, Variant]
    deliveries: list[DeliveryWithSteps]
    tags: list[str]
    note: str
    topic: Id | None
    campaign: Id | None
    goal: Id | None
    audience: Id | None
    category: Id | None
    format: Id | None
    owner: Id | None
    approval: Approval
    version: int
    created_at: Moment
    updated_at: Moment


class Post(PostItem):
    """A post. ``warnings`` name what nothing forbids, but a person should know."""

    warnings: list[FieldProblem]


class PostQuery(PageQuery):
    """What the list is narrowed to."""

    from_: MomentOrDayIn | None = Field(None, alias="from", description="Published or planned at or after this.")
    to: MomentOrDayIn | None = Field(None, description="Before this moment, or until the end of this day.")
    status: list[PostStatus] = Field(default_factory=list, description="May be given several times.")
    channel: IdIn | None = None
    topic: IdIn | None = None
    campaign: IdIn | None = None
    q: Annotated[PlainText, Field(max_length=200)] = Field("", description="A part of the text.")


class ApprovalIn(Input):
    """Which version the lead saw."""

    version: Annotated[int, Field(ge=1, le=1_000_000_000)] | None = None


class ResolutionIn(Input):
    """Whether the post is live on the network, as a person saw it."""

    live: bool
    url: Link | None = Field(None, description="Where it is seen.")
    cancel: bool = Field(False, description="It is not live, and shall not be tried again.")


class MissedDelivery(Delivery):
    """A delivery that missed its time. ``suggestion`` is what Sendeplan would do with it, ``next_slot`` when it would
    go out if everything missed on its channel took the next free slots."""

    suggestion: Choice
    next_slot: Moment | None


def _read_place(value: Any) -> tuple[int, int]:
    if not isinstance(value, str) or not re.fullmatch(PLACE_PATTERN, value, re.ASCII):
        raise PydanticCustomError("cursor_invalid", "cursor_invalid")
    at, _, key = value.partition("-")
    return int(at), int(key)


class MissedQuery(Query):
    """Which part of the list. A page goes on where the one before ended, whatever was decided meanwhile."""

    cursor: (
        Annotated[
            tuple[int, int],
            PlainValidator(_read_place),
            WithJsonSchema({"type": "string", "pattern": PLACE_PATTERN}),
        ]
        | None
    ) = Field(None, description="`next` of the page before.")
    limit: Limit = Field(50, description="How many at most.")


class MissedResolution(Input):
    """What becomes of one missed delivery."""

    delivery: IdIn
    action: Choice = Field(description="now: it goes out. slot: it takes the next free slot. drop: it is cancelled.")


class ResolutionsIn(Input):
    """What becomes of several missed deliveries: all of it is done, or nothing."""

    resolutions: Annotated[list[MissedResolution], Field(min_length=1, max_length=200)]
    spacing_minutes: Annotated[int, Field(ge=0, le=1440)] = Field(
        10, description="How long after one another those with `now` go out on the same channel."
    )


class Resolutions(Output):
    """A decision and its deliveries as they stand now. ``id`` takes it back."""

    id: Id
    items: list[Delivery]
    next: None = Field(default=None, description="A decision has one page.")


class ResolutionsTakenBack(Output):
    """``missed`` wait for a decision again; ``left`` were sent, or changed since, and stay as they are."""

    missed: list[Id]
    left: list[Id]


class TakingIn(Input):
    """Whether it is taken from a colleague too."""

    over: bool = False


class RetryIn(Input):
    """When a failed or missed delivery is tried again. Without both: now."""

    publish_at: MomentIn | None = None
    queue: bool = False


Figure = Annotated[int, Field(ge=0, le=9_000_000_000_000)]


class FiguresIn(Input):
    """Figures as a person read them off the network. What is missing or null is unknown, not 0."""

    impressions: Figure | None = None
    reach: Figure | None = None
    reactions: Figure | None = None
    comments: Figure | None = None
    shares: Figure | None = None
    clicks: Figure | None = None
    extra: dict[Annotated[PlainText, Field(max_length=40)], Figure] = Field(
        default_factory=dict, description="What the network shows besides, such as views or saves."
    )


class DeliveryFigures(Output):
    """The newest figures of a delivery. Null: the network does not give it (or nothing came yet)."""

    id: Id = Field(description="The delivery's.")
    channel: Id
    network: str
    as_of: Moment | None
    source: str | None
    impressions: int | None
    reach: int | None
    reactions: int | None
    comments: int | None
    shares: int | None
    clicks: int | None
    extra: dict[str, int] = Field(description="What the network gives besides, under its own names.")


class PostMetrics(Output):
    """The newest figures of a post."""

    deliveries: list[DeliveryFigures]
