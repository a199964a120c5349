"""Conversations, their messages and our answers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from planner.domain.answers import AnswerState
from planner.web.api.shapes.common import Id, IdIn, Input, Moment, Output, PageQuery, PlainText

ConversationState = Literal["open", "answered", "closed"]
ConversationKind = Literal["comment", "mention"]


class ConversationQuery(PageQuery):
    """What the list is narrowed to."""

    state: ConversationState | None = None
    channel: IdIn | None = None
    kind: ConversationKind | None = None
    assignee: IdIn | None = None
    post: IdIn | None = None


class ConversationPatch(Input):
    """What is to change."""

    state: ConversationState = "open"
    assignee: IdIn | None = None


class Conversation(Output):
    """What somebody began by a comment or a mention. ``author`` and ``text`` are those of the remark that began it,
    empty once they were forgotten or where the network does not tell who it was."""

    id: Id
    channel: Id
    delivery: Id | None
    kind: str
    author: str
    text: str
    said_at: Moment
    last_at: Moment
    state: str
    assignee: Id | None


class Message(Output):
    """One remark as the network shows it. ``own``: ours. ``to_us``: said to the account. ``gone_at``: no longer there.
    Who said what is empty once it was forgotten."""

    id: Id
    conversation: Id
    kind: str
    author: str
    author_url: str | None
    text: str
    url: str | None
    said_at: Moment
    own: bool
    to_us: bool
    hidden: bool
    liked: bool
    gone_at: Moment | None
    forgotten: bool


class Answer(Output):
    """Something we say, on its way out."""

    id: Id
    conversation: Id
    message: Id
    text: str
    status: AnswerState
    created_by: str
    created_at: Moment
    approved_by: str | None
    answered_at: Moment | None
    remote_id: str | None
    remote_url: str | None
    error: str | None = Field(description="A code for what went wrong last.")
    network_message: str | None = Field(description="What the network itself said.")


class Possible(Output):
    """What can be done here by this channel's connection."""

    answer: bool
    hide: bool
    like: bool
    remove: bool
    answer_limit: int | None


class ConversationDetail(Conversation):
    """A conversation with all that was said, oldest first, and the answers that are not visible (yet)."""

    messages: list[Message]
    answers: list[Answer]
    possible: Possible


class AnswerIn(Input):
    """What to say. ``to`` is the message that is answered; without it, the last that somebody said to us."""

    text: Annotated[PlainText, Field(max_length=20_000)]
    to: IdIn | None = None


class AnswerResolution(Input):
    """Whether the answer stands there, as a person saw it."""

    live: bool
