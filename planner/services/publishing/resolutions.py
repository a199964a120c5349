"""One decision about everything that was missed: which goes out now, which in a later slot, which not at all.

What goes out now is spread: on each channel one after the other, in the order in which it was promised. Wake the
scheduler after the transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from planner.domain.roles import Permission
from planner.domain.states import DeliveryState
from planner.domain.walltime import to_wall
from planner.models import Campaign, Delivery, Event, Post, Workspace
from planner.services import events, queue
from planner.services.actor import Actor
from planner.services.errors import Conflict, FieldError, Invalid, NotFound, Problems
from planner.services.publishing import decide, notices
from planner.services.publishing.moves import Ref, move
from planner.services.publishing.status import lock_posts

#: So many are shown and decided about at a time, the longest missed first.
MOST = 200
SPACING = timedelta(minutes=10)
LONGEST_SPACING = timedelta(hours=24)

RESOLVED, TAKEN_BACK = "missed_resolved", "missed_taken_back"


class Choice(StrEnum):
    """What becomes of a missed delivery."""

    NOW = "now"
    SLOT = "slot"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Resolution:
    """A person's choice for one delivery."""

    delivery_id: int
    choice: Choice


@dataclass(frozen=True, slots=True)
class Undone:
    """What a decision that was taken back leaves: ``missed`` again, and what stays as it was decided because it is
    under way, or was changed since."""

    missed: tuple[int, ...]
    left: tuple[int, ...]


def waiting(session: Session, workspace_id: int, *, limit: int | None = MOST) -> list[Delivery]:
    """What was missed and waits for a decision, with posts and channels, in the order in which it was promised."""
    query = select(Delivery).where(*_missed_in(workspace_id)).join(Post, Post.id == Delivery.post_id)
    query = query.options(joinedload(Delivery.post), joinedload(Delivery.channel))
    return list(session.scalars(query.order_by(Delivery.publish_at, Delivery.id).limit(limit)))


def count_waiting(session: Session, workspace_id: int) -> int:
    """How many wait for a decision."""
    query = select(func.count()).select_from(Delivery).where(*_missed_in(workspace_id))
    return session.scalar(query) or 0


def suggestions(
    session: Session, workspace: Workspace, deliveries: Sequence[Delivery], *, now: datetime
) -> dict[int, Choice]:
    """A sensible choice for each: what was promised for today goes out now, older posts take the next slot (now, where
    there is none), and the posts of a campaign that is over are dropped."""
    today = to_wall(now, workspace.zone).date()
    over = set(
        session.scalars(select(Campaign.id).where(Campaign.workspace_id == workspace.id, Campaign.ends_on < today))
    )
    slots = slot_times(session, deliveries, now=now)
    found: dict[int, Choice] = {}
    for delivery in deliveries:
        promised = to_wall(delivery.publish_at, workspace.zone).date() if delivery.publish_at else today
        if delivery.post.campaign_id in over:
            found[delivery.id] = Choice.DROP
        else:
            found[delivery.id] = Choice.SLOT if promised < today and slots[delivery.id] else Choice.NOW
    return found


def slot_times(
    session: Session,
    deliveries: Sequence[Delivery],
    *,
    now: datetime,
    besides: Mapping[int, Collection[datetime]] | None = None,
) -> dict[int, datetime | None]:
    """When each would go out if all of these took the next free slots of their channels; None for what follows a post,
    which takes none. ``besides`` are moments, by channel, that are about to be taken as well."""
    times: dict[int, datetime | None] = {}
    times |= {delivery.id: None for delivery in deliveries if delivery.step}
    for channel_id, mine in _by_channel(d for d in deliveries if not d.step).items():
        found = queue.places_for(session, channel_id, mine, now=now, besides=(besides or {}).get(channel_id, ()))
        times |= {delivery.id: at for delivery, at in zip(mine, found, strict=True)}
    return times


def times(
    session: Session,
    deliveries: Sequence[Delivery],
    choices: Mapping[int, Choice],
    spacing: timedelta,
    *,
    now: datetime,
) -> dict[int, datetime | None]:
    """When each chosen one would go out: None for what is dropped, and for what no slot fits. Changes nothing."""
    chosen = [delivery for delivery in deliveries if delivery.id in choices]
    slotted = [delivery for delivery in chosen if choices[delivery.id] is Choice.SLOT]
    spread = _spread([d for d in chosen if choices[d.id] is Choice.NOW], spacing, now)
    return {**{delivery.id: None for delivery in chosen}, **slot_times(session, slotted, now=now), **spread}


def resolve(
    session: Session, actor: Actor, resolutions: Sequence[Resolution], spacing: timedelta = SPACING, *, now: datetime
) -> Event:
    """Decide about several at once: all of it, or nothing. The event that is returned says what became of each, and is
    what :func:`take_back` takes.

    Raises Forbidden, and Invalid at ``spacing_minutes`` (``number_between``), ``resolutions`` (``nothing_chosen``),
    ``resolutions.N.delivery`` (``delivery_unknown``, ``delivery_twice``, ``cannot_decide``), ``resolutions.N.action``
    (``channel_has_no_slots``, ``channel_has_no_slot_for_category``).
    """
    actor.require(Permission.EDIT)
    _check(resolutions, spacing)
    deliveries = _locked(session, actor, [r.delivery_id for r in resolutions])
    _refuse_decided(resolutions, deliveries)
    # Before the notices are touched, as whoever decides about a single one does.
    queue.lock_queues(session, actor.workspace_id)
    notices.hold(session, list(deliveries))
    choices = {r.delivery_id: _choice(deliveries[r.delivery_id], r.choice) for r in resolutions}
    order = sorted(deliveries.values(), key=lambda d: (d.publish_at or now, d.id))
    at = _spread([d for d in order if choices[d.id] is Choice.NOW], spacing, now)
    problems, items = Problems(), []
    for delivery in order:
        was = _standing(delivery)
        try:
            decided = _apply(session, actor, delivery.id, choices[delivery.id], at.get(delivery.id), now)
        except Invalid as error:
            place = next(n for n, r in enumerate(resolutions) if r.delivery_id == delivery.id)
            problems.errors += [FieldError(f"resolutions.{place}.action", one.code, one.params) for one in error.errors]
            continue
        items.append(
            {
                "delivery": delivery.id,
                "choice": choices[delivery.id].value,
                "at": _iso(None if choices[delivery.id] is Choice.DROP else decided.publish_at),
                "was": was,
            }
        )
    problems.raise_any()
    return _record(session, actor, now, RESOLVED, spacing_minutes=int(spacing.total_seconds() // 60), items=items)


def take_back(session: Session, actor: Actor, event_id: int, *, now: datetime) -> Undone:
    """Undo a decision, as far as nothing was sent: what waits for its new time, and what was dropped, is missed again,
    and its people are told again: the decision has settled what they had been told.

    Raises Forbidden, NotFound, Conflict ``nothing_to_take_back``.
    """
    actor.require(Permission.EDIT)
    decided = decision(session, actor.workspace_id, event_id)
    items = {int(item["delivery"]): item for item in decided.data["items"]}
    deliveries = _locked(session, actor, list(items))
    missed: list[int] = []
    left: list[int] = []
    for delivery_id, item in items.items():
        delivery = deliveries.get(delivery_id)
        undone = (
            delivery is not None
            and stands_as_decided(delivery, item)
            and _miss_again(session, actor, delivery, item, now)
        )
        (missed if undone else left).append(delivery_id)
    if not missed:
        raise Conflict("nothing_to_take_back")
    _record(session, actor, now, TAKEN_BACK, of=event_id, deliveries=missed)
    notices.about_missed(session, [Ref.of(deliveries[delivery_id]) for delivery_id in missed], now)
    return Undone(tuple(missed), tuple(left))


def decision(session: Session, workspace_id: int, event_id: int) -> Event:
    """A decision that was made. Raises NotFound."""
    query = select(Event).where(Event.id == event_id, Event.workspace_id == workspace_id, Event.kind == RESOLVED)
    found = session.scalar(query)
    if found is None:
        raise NotFound("not_found")
    return found


def stands_as_decided(delivery: Delivery, item: Mapping[str, Any]) -> bool:
    """Whether nothing has happened to it since the decision, and nothing was sent."""
    if item["choice"] == Choice.DROP:
        return delivery.state is DeliveryState.CANCELLED and delivery.post.deleted_at is None
    untouched = _iso(delivery.publish_at) == item["at"] and delivery.attempt_count == item["was"]["attempt_count"]
    return delivery.state is DeliveryState.SCHEDULED and untouched


def decided_deliveries(session: Session, event: Event) -> list[Delivery]:
    """The deliveries of a decision as they stand now, with posts and channels, in the order of the decision."""
    ids = [int(item["delivery"]) for item in event.data["items"]]
    query = select(Delivery).where(Delivery.id.in_(ids), Delivery.workspace_id == event.workspace_id)
    query = query.options(joinedload(Delivery.post), joinedload(Delivery.channel))
    found = {delivery.id: delivery for delivery in session.scalars(query)}
    return [found[i] for i in ids if i in found]


# --- how it is done --------------------------------------------------------------------------------------------


def _check(resolutions: Sequence[Resolution], spacing: timedelta) -> None:
    problems = Problems()
    if not timedelta() <= spacing <= LONGEST_SPACING:
        problems.add("spacing_minutes", "number_between", low=0, high=int(LONGEST_SPACING.total_seconds() // 60))
    if not resolutions:
        problems.add("resolutions", "nothing_chosen")
    seen: set[int] = set()
    for number, resolution in enumerate(resolutions):
        if resolution.delivery_id in seen:
            problems.add(f"resolutions.{number}.delivery", "delivery_twice")
        seen.add(resolution.delivery_id)
    problems.raise_any()


def _refuse_decided(resolutions: Sequence[Resolution], deliveries: Mapping[int, Delivery]) -> None:
    problems = Problems()
    for number, resolution in enumerate(resolutions):
        delivery = deliveries.get(resolution.delivery_id)
        if delivery is None:
            problems.add(f"resolutions.{number}.delivery", "delivery_unknown", id=resolution.delivery_id)
        elif delivery.state is not DeliveryState.MISSED:
            problems.add(f"resolutions.{number}.delivery", "cannot_decide", state=delivery.state.value)
    problems.raise_any()


def _locked(session: Session, actor: Actor, ids: Sequence[int]) -> dict[int, Delivery]:
    """The deliveries, locked after their posts: publishing locks in the same order, so nobody waits in a circle."""
    mine = Delivery.id.in_(ids), Delivery.workspace_id == actor.workspace_id
    lock_posts(session, sorted(session.scalars(select(Delivery.post_id).where(*mine))))
    query = select(Delivery).where(*mine).order_by(Delivery.id).with_for_update(of=Delivery)
    query = query.options(joinedload(Delivery.post, innerjoin=True)).execution_options(populate_existing=True)
    return {delivery.id: delivery for delivery in session.scalars(query)}


def _apply(
    session: Session, actor: Actor, delivery_id: int, choice: Choice, at: datetime | None, now: datetime
) -> Delivery:
    if choice is Choice.NOW:
        return decide.send_now(session, actor, delivery_id, now=now, at=at)
    if choice is Choice.SLOT:
        return decide.send_in_next_slot(session, actor, delivery_id, now=now)
    return decide.drop(session, actor, delivery_id, now=now)


def _choice(delivery: Delivery, choice: Choice) -> Choice:
    """What follows a post takes no slot: it goes out now."""
    return Choice.NOW if choice is Choice.SLOT and delivery.step else choice


def _spread(deliveries: Iterable[Delivery], spacing: timedelta, now: datetime) -> dict[int, datetime]:
    """On each channel one after the other, the first at once."""
    channels = _by_channel(deliveries).values()
    return {delivery.id: now + n * spacing for mine in channels for n, delivery in enumerate(mine)}


def _by_channel(deliveries: Iterable[Delivery]) -> dict[int, list[Delivery]]:
    channels: dict[int, list[Delivery]] = {}
    for delivery in deliveries:
        channels.setdefault(delivery.channel_id, []).append(delivery)
    return channels


def _standing(delivery: Delivery) -> dict[str, Any]:
    """How a missed delivery stood, as JSON."""
    return {
        "publish_at": _iso(delivery.publish_at),
        "wall_time": delivery.wall_time,
        "zone": delivery.zone,
        "queued": delivery.queued,
        "occurrence": delivery.occurrence,
        "attempt_count": delivery.attempt_count,
    }


def _miss_again(session: Session, actor: Actor, delivery: Delivery, item: Mapping[str, Any], now: datetime) -> bool:
    was = dict(item["was"])
    promised = datetime.fromisoformat(was["publish_at"]) if was["publish_at"] else None
    values = {name: was[name] for name in ("wall_time", "zone", "queued", "occurrence")}
    values |= {"publish_at": promised, "try_at": promised, "error_code": "missed"}
    ref, old = Ref.of(delivery), delivery.state
    session.flush()
    done = move(session, ref, old, DeliveryState.MISSED, now, actor=actor, values=values, data={"taken_back": True})
    session.expire(delivery)
    return done


def _record(session: Session, actor: Actor, now: datetime, kind: str, /, **data: Any) -> Event:
    event = events.record(session, actor, now, "workspace", actor.workspace_id, kind, **data)
    session.flush()
    return event


def _missed_in(workspace_id: int) -> Any:
    return Delivery.workspace_id == workspace_id, Delivery.state == DeliveryState.MISSED


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
