"""Live deliveries, as their network shows them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from planner.web.api.shapes.common import Id, Input, Moment, Output, PlainText


class Remote(Output):
    """A live delivery and what its network showed last. ``differs``: the text there is not ours."""

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
    removed_at: Moment | None
    removed_by: str | None = Field(description="Who took it down; null where it was somebody at the network itself.")


class RemotePatch(Input):
    """The text that the live post is to have."""

    text: Annotated[PlainText, Field(max_length=100_000)]
