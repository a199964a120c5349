"""What a post holds beside its text: polls, parts of a thread, mentions."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from planner.web.api.shapes.common import Id, IdIn, Input, Output, PlainText

Text = Annotated[PlainText, Field(max_length=100_000)]
Ids = Annotated[list[IdIn], Field(max_length=100)]


class PollIn(Input):
    """A question with options to choose one of. Where a network has no place for the question, the text asks."""

    question: Annotated[PlainText, Field(max_length=1000)] = ""
    options: Annotated[list[Annotated[PlainText, Field(max_length=1000)]], Field(min_length=2, max_length=20)]
    hours: Annotated[int, Field(ge=1, le=8784)] = Field(24, description="How long it is open.")


class PartIn(Input):
    """A part of a thread."""

    text: Text = ""
    media: Ids = Field(default_factory=list, description="Ids of uploaded files, in order.")


class MentionIn(Input):
    """An account that the text names. ``name`` as it stands in the text, ``id`` the network's own for it, or the
    address of its page, which is looked up."""

    name: Annotated[PlainText, Field(min_length=1, max_length=200)]
    network: Annotated[PlainText, Field(min_length=1, max_length=32)]
    id: Annotated[PlainText, Field(min_length=1, max_length=200)]


class Poll(Output):
    """A question with options to choose one of, open for ``hours``."""

    question: str
    options: list[str]
    hours: int


class Part(Output):
    """A part of a thread."""

    text: str
    media: list[Id]


class Mention(Output):
    """An account that the text names, and the network's own id for it."""

    name: str
    network: str
    id: str
