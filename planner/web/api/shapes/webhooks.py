"""Webhooks and their calls."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from planner.domain.outbox import OutboxState
from planner.web.api.shapes.common import Id, Input, Moment, Output, PlainText

Event = Literal[
    "delivery.published",
    "delivery.failed",
    "delivery.needs_person",
    "delivery.missed",
    "channel.reconnect",
    "alert.raised",
    "alert.cleared",
]
Events = Annotated[list[Event], Field(min_length=1, max_length=20)]
Url = Annotated[PlainText, Field(min_length=1, max_length=2000)]
Description = Annotated[PlainText, Field(max_length=200)]


class WebhookCreate(Input):
    """An address to call."""

    url: Url = Field(description="It gets a POST for each event: https, on the public internet.")
    events: Events
    description: Description = ""
    active: bool = True


class WebhookPatch(Input):
    """What to change."""

    url: Url | None = None
    events: Events | None = None
    description: Description | None = None
    active: bool | None = None


class Webhook(Output):
    """An address that is called. Its secret is not given back; until ``former_until`` the one before signs as well."""

    id: Id
    url: str
    events: list[Event]
    description: str
    active: bool
    former_until: Moment | None
    created_at: Moment


class WebhookMade(Webhook):
    """A new webhook with its secret."""

    secret: str = Field(description="Signs the calls. It is never given again.")


class WebhookSecret(Output):
    """A new secret."""

    secret: str = Field(description="Signs the calls from now on. It is never given again.")
    former_until: Moment = Field(description="Until then the former secret signs as well.")


class WebhookCall(Output):
    """One call. ``key`` is what the receiver gets as ``webhook-id``."""

    id: Id
    key: str
    event: str
    state: OutboxState
    attempts: int
    status: int | None = Field(description="The last answer's HTTP status.")
    error: str | None = Field(description="Why the last attempt failed, as a code.")
    created_at: Moment
    due_at: Moment
    finished_at: Moment | None
