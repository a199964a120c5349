"""Rehearsed deliveries, and what they become."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from planner.services.planning_anew import MOST, Choice
from planner.web.api.shapes.common import Id, IdIn, Input, Moment, Output
from planner.web.api.shapes.posts import Delivery


class RehearsedDelivery(Delivery):
    """A delivery that went to a played network alone. ``next_slot`` and ``same_time`` are when it would go out if all
    of them took free slots, or all kept their weekday and time."""

    next_slot: Moment | None
    same_time: Moment | None


class RehearsedDeliveries(Output):
    """What waits to be planned for real."""

    items: list[RehearsedDelivery]
    count: int = Field(description="How many wait in all.")
    next: None = Field(default=None, description="The others follow once these are planned.")


class PlanIn(Input):
    """When one rehearsed delivery goes out for real."""

    delivery: IdIn
    when: Choice = Field(description="slot: in the next free slot. same: on the same weekday and time by the clock.")


class PlansIn(Input):
    """Several rehearsed deliveries: all are planned, or none."""

    plans: Annotated[list[PlanIn], Field(min_length=1, max_length=MOST)]


class PlannedForReal(Output):
    """The deliveries that were made. ``id`` takes it back."""

    id: Id
    items: list[Delivery]
    next: None = Field(default=None, description="A plan has one page.")


class PlansTakenBack(Output):
    """How many posts were taken back, and how many stay because they were sent since."""

    taken: int
    left: int
