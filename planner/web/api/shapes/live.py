"""Live deliveries, as their network shows them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from planner.web.api.shapes.common import Id, Input, Moment, Output, PlainText


class Remote(Output):
    """A live delivery and what its network showed last. ``differs``: the text there is not ours.

    Where it is taken down, so many of what stands under it and is live go with it (``under_goes``) or stay there
    (``under_stays``), and so many that wait do not go out any more (``under_waits``).
    """

    delivery: Id
    can_look: bool
    can_edit: bool
    can_remove: bool
    text: str | None = Field(description="As the network showed it; null where nobody looked.")
    expected: str = Field(description="Our text, as the network would show it.")
    media_count: int | None
    url: str | None
    looked_at: Moment | None
    differs: bool
    under_goes: int
    under_stays: int
    under_waits: int
    removed_at: Moment | None
    removed_by: str | None = Field(description="Who took it down; null where it was somebody at the network itself.")


class RemotePatch(Input):
    """The text that the live post is to have."""

    text: Annotated[PlainText, Field(max_length=100_000)]


class TakenDown(Output):
    """What became of one delivery that was to be taken down."""

    delivery: Id
    part: int = Field(description="1 is the post itself.")
    removed: bool
    code: str | None = Field(description="Why it is still live; null where it is not.")
    message: str | None


class TakenDownList(Output):
    """What became of each, in the order in which the network was asked: the last part first."""

    items: list[TakenDown]
