"""Deliveries: how one stands, and what a person decides about it."""

from __future__ import annotations

from datetime import timedelta

from planner.domain.roles import Permission
from planner.models import Delivery, Workspace
from planner.services import metrics, posts, reports, taking
from planner.services.errors import FieldError, Invalid
from planner.services.posts import When
from planner.services.publishing import decide, resolutions
from planner.services.publishing.resolutions import Resolution
from planner.web.api import present
from planner.web.api.operations import Call, Router
from planner.web.api.shapes.common import Page
from planner.web.api.shapes.posts import (
    DeliveryDetail,
    DeliveryFigures,
    FiguresIn,
    MissedDelivery,
    MissedQuery,
    PostMetrics,
    ResolutionIn,
    Resolutions,
    ResolutionsIn,
    ResolutionsTakenBack,
    RetryIn,
    TakingIn,
)

router = Router("deliveries")

FIGURES = ("impressions", "reach", "reactions", "comments", "shares", "clicks")


@router.get("/deliveries/missed")
def list_missed(call: Call, query: MissedQuery) -> Page[MissedDelivery]:
    """What missed its time and waits for a decision, in the order in which it was promised."""
    workspace = call.session.get_one(Workspace, call.workspace_id)
    everything = resolutions.waiting(call.session, call.workspace_id, limit=None)
    rest = [d for d in everything if query.cursor is None or _place(d) > query.cursor]
    shown = rest[: query.limit]
    # The slots of a later page are those that the pages before it leave.
    so_far = everything[: len(everything) - len(rest) + len(shown)]
    slots = resolutions.slot_times(call.session, so_far, now=call.now)
    suggested = resolutions.suggestions(call.session, workspace, so_far, now=call.now)
    return Page[MissedDelivery](
        items=[
            MissedDelivery(**dict(item), suggestion=suggested[d.id], next_slot=slots[d.id])
            for d, item in zip(shown, present.deliveries(call, shown), strict=True)
        ],
        next="{}-{}".format(*_place(shown[-1])) if len(rest) > len(shown) else None,
    )


def _place(delivery: Delivery) -> tuple[int, int]:
    """Where it stands in the list, also after it was decided about: microseconds since 1970, and its id."""
    at = delivery.publish_at
    return (int(at.timestamp() * 1_000_000) if at else 0, delivery.id)


@router.post("/deliveries/resolutions", Permission.EDIT)
def resolve_missed(call: Call, body: ResolutionsIn) -> Resolutions:
    """Decide about missed deliveries, all at once.

    Those with `now` go out one after the other on each channel, in the order in which they were promised.
    """
    wanted = [Resolution(r.delivery, r.action) for r in body.resolutions]
    spacing = timedelta(minutes=body.spacing_minutes)
    event = resolutions.resolve(call.session, call.actor, wanted, spacing, now=call.now)
    call.session.expire_all()
    decided = resolutions.decided_deliveries(call.session, event)
    return Resolutions(id=str(event.id), items=present.deliveries(call, decided))


@router.delete("/deliveries/resolutions/{resolution_id}", Permission.EDIT)
def take_back_resolutions(call: Call, resolution_id: int) -> ResolutionsTakenBack:
    """Take a decision about missed deliveries back, as far as nothing was sent."""
    undone = resolutions.take_back(call.session, call.actor, resolution_id, now=call.now)
    return ResolutionsTakenBack(missed=[str(i) for i in undone.missed], left=[str(i) for i in undone.left])


@router.get("/deliveries/{delivery_id}")
def get_delivery(call: Call, delivery_id: int) -> DeliveryDetail:
    """One delivery, with its attempts."""
    return present.delivery(call, delivery_id)


@router.post("/deliveries/{delivery_id}/resolution", Permission.EDIT, status=200)
def resolve_delivery(call: Call, delivery_id: int, body: ResolutionIn) -> DeliveryDetail:
    """Say whether a delivery that needs a decision is live.

    Live: it is published, at `url`. Not live: it goes out again, or (`cancel`) not at all.
    """
    if body.live and body.cancel:
        raise Invalid(FieldError("cancel", "live_and_cancel"))
    if body.live:
        decide.is_live(call.session, call.actor, delivery_id, body.url, now=call.now)
    else:
        decide.is_not_live(call.session, call.actor, delivery_id, now=call.now, send=not body.cancel)
    return present.delivery(call, delivery_id)


@router.post("/deliveries/{delivery_id}/taking", Permission.EDIT, status=200, optional_body=True)
def take_delivery(call: Call, delivery_id: int, body: TakingIn) -> DeliveryDetail:
    """Take on what waits to be published by hand. Refused with 409 where a colleague has it, unless `over`."""
    taking.take(call.session, call.actor, delivery_id, now=call.now, over=body.over)
    return present.delivery(call, delivery_id)


@router.post("/deliveries/{delivery_id}/by-hand", Permission.EDIT, status=200)
def publish_delivery_by_hand(call: Call, delivery_id: int) -> DeliveryDetail:
    """Let a person publish what surely did not go out: what failed, was missed, or waits for a connection."""
    folder = call.platform.settings.media_folder
    decide.hand_over(call.session, call.actor, delivery_id, now=call.now, folder=folder)
    return present.delivery(call, delivery_id)


@router.post("/deliveries/{delivery_id}/postponement", Permission.EDIT, status=200, optional_body=True)
def put_off_delivery(call: Call, delivery_id: int, body: RetryIn) -> DeliveryDetail:
    """Publish by hand later: at a time, or (without one) in the next free slot."""
    decide.put_off(call.session, call.actor, delivery_id, now=call.now, at=body.publish_at)
    return present.delivery(call, delivery_id)


@router.post("/deliveries/{delivery_id}/retry", Permission.EDIT, status=200, optional_body=True)
def retry_delivery(call: Call, delivery_id: int, body: RetryIn) -> DeliveryDetail:
    """Send a failed or missed delivery after all: now, at a time, or in the next free slot."""
    if body.queue and body.publish_at is not None:
        raise Invalid(FieldError("publish_at", "time_and_queue"))
    if body.queue:
        decide.send_in_next_slot(call.session, call.actor, delivery_id, now=call.now)
    else:
        decide.send_now(call.session, call.actor, delivery_id, now=call.now)
    if body.publish_at is not None:
        posts.move(
            call.session,
            call.actor,
            [delivery_id],
            When(at=body.publish_at),
            now=call.now,
            folder=call.platform.settings.media_folder,
        )
    return present.delivery(call, delivery_id)


@router.post("/deliveries/{delivery_id}/cancellation", Permission.EDIT, status=200)
def cancel_delivery(call: Call, delivery_id: int) -> DeliveryDetail:
    """Take one delivery out of the plan for good; the post's other channels stay."""
    posts.cancel(call.session, call.actor, [delivery_id], now=call.now)
    return present.delivery(call, delivery_id)


@router.post("/deliveries/{delivery_id}/metrics", Permission.EDIT)
def enter_figures(call: Call, delivery_id: int, body: FiguresIn) -> DeliveryFigures:
    """Enter figures by hand, where the network gives none to programs."""
    figures = {name: getattr(body, name) for name in FIGURES} | dict(body.extra)
    metrics.record_manual(call.session, call.actor, delivery_id, figures, now=call.now)
    call.session.flush()
    post_id = posts.delivery(call.session, call.workspace_id, delivery_id).post_id
    return next(_figures(f) for f in reports.post_metrics(call.session, post_id) if f.delivery_id == delivery_id)


@router.get("/posts/{post_id}/metrics")
def get_post_metrics(call: Call, post_id: int) -> PostMetrics:
    """The newest figures of each delivery of a post."""
    posts.view(call.session, call.workspace_id, post_id)
    return PostMetrics(deliveries=[_figures(f) for f in reports.post_metrics(call.session, post_id)])


def _figures(found: reports.DeliveryFigures) -> DeliveryFigures:
    return DeliveryFigures(
        id=str(found.delivery_id),
        channel=str(found.channel_id),
        network=found.network,
        as_of=found.as_of,
        source=found.source,
        extra=dict(found.extra),
        **{name: found.figures.get(name) for name in FIGURES},
    )
