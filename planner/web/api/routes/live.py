"""What can be done with a delivery that is out. Each asks its network at once, before anything is written."""

from __future__ import annotations

from typing import Any

from planner.bootstrap import Platform
from planner.domain.roles import Permission
from planner.services import live, posts
from planner.services.actor import Actor
from planner.web.api.operations import Call, Router
from planner.web.api.shapes.live import Remote, RemotePatch, TakenDown, TakenDownList
from planner.web.messages import explain

router = Router("deliveries")


def _look(platform: Platform, actor: Actor, delivery_id: int) -> None:
    live.look(platform, actor, delivery_id)


def _edit(platform: Platform, actor: Actor, delivery_id: int, body: RemotePatch) -> None:
    live.edit(platform, actor, delivery_id, body.text)


def _take_down(platform: Platform, actor: Actor, delivery_id: int) -> None:
    live.take_down(platform, actor, delivery_id)


def _take_all_down(platform: Platform, actor: Actor, delivery_id: int) -> list[live.TakenDown]:
    return live.take_down_all(platform, actor, delivery_id)


def _take_over(platform: Platform, actor: Actor, delivery_id: int) -> None:
    live.take_over(platform, actor, delivery_id)


@router.get("/deliveries/{delivery_id}/remote")
def get_remote(call: Call, delivery_id: int) -> Remote:
    """How a live delivery stands at its network, as it was seen last."""
    return _remote(call, delivery_id)


@router.post("/deliveries/{delivery_id}/look", Permission.EDIT, status=200, prepare=_look)
def look_at_remote(call: Call, delivery_id: int) -> Remote:
    """See what the network shows now. One that is gone is marked as taken down."""
    return _remote(call, delivery_id)


@router.patch("/deliveries/{delivery_id}/remote", Permission.EDIT, prepare=_edit)
def edit_remote(call: Call, delivery_id: int, body: RemotePatch) -> Remote:  # noqa: ARG001 - it was sent before
    """Give the live post another text, at its network and with us. The same text may be sent again.

    409 `cannot_edit` where the network has no such call; `edit_unconfirmed` where it did not say whether it took it.
    """
    return _remote(call, delivery_id)


@router.delete("/deliveries/{delivery_id}/remote", Permission.EDIT, prepare=_take_down)
def take_down_remote(call: Call, delivery_id: int) -> Remote:
    """Take the live post, or what stands under one, down at its network. This cannot be undone; history and figures
    stay. What is live under it goes with it, on X it stays (`under_goes`, `under_stays`).
    """
    return _remote(call, delivery_id)


@router.delete("/deliveries/{delivery_id}/thread", Permission.EDIT, prepare=_take_all_down)
def take_down_thread(call: Call, delivery_id: int) -> TakenDownList:  # noqa: ARG001 - it was asked before
    """Take the live post down with all that would stay under it, the last part first. Each has a result of its own."""
    done: list[live.TakenDown] = call.prepared
    return TakenDownList(
        items=[
            TakenDown(
                delivery=str(one.delivery_id),
                part=one.step + 1,
                removed=one.problem is None,
                code=one.problem.code if one.problem else None,
                message=explain(one.problem) if one.problem else None,
            )
            for one in done
        ]
    )


@router.post("/deliveries/{delivery_id}/takeover", Permission.EDIT, status=200, prepare=_take_over)
def take_over_remote(call: Call, delivery_id: int) -> Remote:
    """Make the text that the network shows ours, where somebody changed it there."""
    return _remote(call, delivery_id)


def _remote(call: Call, delivery_id: int) -> Remote:
    call.session.expire_all()
    found = posts.delivery(call.session, call.workspace_id, delivery_id)
    stands = live.standing(call.session, call.platform, found)
    values: dict[str, Any] = {
        "can_look": stands.can_look,
        "can_edit": stands.can_edit,
        "can_remove": stands.can_remove,
        "text": stands.shown,
        "expected": stands.expected,
        "media_count": stands.media_count,
        "url": stands.url,
        "looked_at": stands.looked_at,
        "differs": stands.differs,
        "under_goes": stands.goes,
        "under_stays": stands.stays,
        "under_waits": stands.waits,
    }
    return Remote(delivery=str(found.id), removed_at=found.removed_at, removed_by=found.removed_by, **values)
