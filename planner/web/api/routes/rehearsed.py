"""What was only rehearsed: planned for real, and taken back."""

from __future__ import annotations

from planner.domain.roles import Permission
from planner.models import Workspace
from planner.services import planning_anew
from planner.services.errors import FieldError, Invalid
from planner.services.planning_anew import Choice
from planner.web.api import present
from planner.web.api.operations import Call, Router
from planner.web.api.shapes.rehearsed import (
    PlannedForReal,
    PlansIn,
    PlansTakenBack,
    RehearsedDeliveries,
    RehearsedDelivery,
)

router = Router("rehearsed")


@router.get("/deliveries/rehearsed")
def list_rehearsed(call: Call) -> RehearsedDeliveries:
    """What was rehearsed on channels that publish for real again, and is not planned anew: those that wait the longest
    first. Once they are planned, the others follow."""
    zone = call.session.get_one(Workspace, call.workspace_id).zone
    waiting = planning_anew.waiting(call.session, call.workspace_id, now=call.now)
    slots, same = (
        planning_anew.times(call.session, zone, waiting, {d.id: choice for d in waiting}, now=call.now)
        for choice in (Choice.SLOT, Choice.SAME)
    )
    return RehearsedDeliveries(
        items=[
            RehearsedDelivery(**dict(item), next_slot=slots[d.id], same_time=same[d.id])
            for d, item in zip(waiting, present.deliveries(call, waiting), strict=True)
        ],
        count=planning_anew.count_waiting(call.session, call.workspace_id, now=call.now),
    )


@router.post("/deliveries/plans", Permission.EDIT)
def plan_rehearsed(call: Call, body: PlansIn) -> PlannedForReal:
    """Plan rehearsed deliveries for real, all at once, as new posts with the same content and approval.

    Those with `same` keep weekday and time by the clock and move by as many weeks, all alike; those with `slot` take
    the free slots that these leave.
    """
    wanted: dict[int, Choice] = {}
    for place, one in enumerate(body.plans):
        if one.delivery in wanted:
            raise Invalid(FieldError(f"plans.{place}.delivery", "delivery_twice"))
        wanted[one.delivery] = one.when
    folder = call.platform.settings.media_folder
    event = planning_anew.plan(call.session, call.actor, wanted, now=call.now, folder=folder)
    call.session.expire_all()
    made = planning_anew.planned(call.session, event)
    return PlannedForReal(id=str(event.id), items=present.deliveries(call, made))


@router.delete("/deliveries/plans/{plan_id}", Permission.EDIT)
def take_back_plans(call: Call, plan_id: int) -> PlansTakenBack:
    """Take such a plan back, as far as nothing was sent: its posts are deleted, and what was rehearsed waits again."""
    undone = planning_anew.take_back(call.session, call.actor, plan_id, now=call.now)
    return PlansTakenBack(taken=undone.taken, left=undone.left)
