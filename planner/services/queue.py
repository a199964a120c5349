"""The queue: posts without a fixed time, each at the next free slot of its channel.

The order of a queue is the order of its times; there is no second one.

Whoever changes a queue holds the workspace's queue lock until the transaction ends, so that two people (or processes)
never take the same passing of a slot; that a channel has each passing at most once is also a constraint of the table.
Nobody waits for a delivery's row while holding that lock (hence ``skip_locked``), so no circle of waiting can arise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Integer, Select, and_, cast, func, or_, select
from sqlalchemy.orm import Session, joinedload

from planner.domain.roles import Permission
from planner.domain.slots import Occurrence, Taken, WeeklySlot, next_free, place
from planner.domain.states import FROZEN, DeliveryState
from planner.domain.walltime import resolve
from planner.models import Channel, Delivery, Post, Slot, Workspace
from planner.services import events
from planner.services.actor import Actor, machine
from planner.services.errors import Conflict, NotFound, Problems

MOVABLE = frozenset({DeliveryState.DRAFT, DeliveryState.SCHEDULED})

#: More than lies between the same time on two clocks of the world.
ZONES_APART = timedelta(days=2)

#: Tells this lock from other advisory locks of ours; any number nobody else uses.
_LOCK_KIND = 20_260_316


@dataclass(frozen=True, slots=True)
class Moved:
    """A delivery that got another time."""

    delivery_id: int
    old: datetime | None
    new: datetime


@dataclass(frozen=True, slots=True)
class Reflowed:
    """What happened to a queue. ``unplaced`` are deliveries that no slot fits: they keep the time they had."""

    moved: tuple[Moved, ...] = ()
    unplaced: tuple[int, ...] = ()

    def __add__(self, other: Reflowed) -> Reflowed:
        return Reflowed(self.moved + other.moved, self.unplaced + other.unplaced)


def next_free_slot(
    session: Session, channel: Channel, *, now: datetime, category_id: int | None = None
) -> Occurrence | None:
    """The passing that a post of this category would take now; None where no slot of the channel fits. Takes
    nothing."""
    return _next_free(session, channel, now, _taken(session, channel.id, now), category_id)


def enqueue(session: Session, delivery: Delivery, *, now: datetime) -> Occurrence:
    """Give the delivery the next free slot of its channel; the state stays as it is.

    A delivery that has a slot already gives it up for the next free one. Raises Invalid at ``channels``
    (``channel_has_no_slots``, ``channel_has_no_slot_for_category``), Conflict (``frozen``, ``published_already``).
    """
    return enqueue_all(session, [delivery], now=now)[delivery.id]


def enqueue_all(session: Session, deliveries: Iterable[Delivery], *, now: datetime) -> dict[int, Occurrence]:
    """As :func:`enqueue` for several, by delivery id. Raises Invalid with every channel that has no slot for it;
    the caller's transaction is to be rolled back then."""
    session.flush()
    wanted = sorted(deliveries, key=lambda d: (d.channel_id, d.id))
    _refuse_frozen(session, [delivery.id for delivery in wanted])
    problems = Problems()
    taken_by: dict[int, Occurrence] = {}
    for delivery in wanted:
        lock_queues(session, delivery.workspace_id)
        leave(session, delivery)
        session.flush()
        channel = session.get_one(Channel, delivery.channel_id)
        category = session.scalar(select(Post.category_id).where(Post.id == delivery.post_id))
        taken = _taken(session, channel.id, now, but=[delivery.id])
        occurrence = _next_free(session, channel, now, taken, category)
        if occurrence is None:
            problems.add("channels", _no_slot_code(session, channel), channel=channel.name)
            continue
        _take(delivery, occurrence, _zone(session, channel.workspace_id), now)
        session.flush()
        taken_by[delivery.id] = occurrence
    problems.raise_any()
    return taken_by


def places_for(
    session: Session,
    channel_id: int,
    deliveries: Sequence[Delivery],
    *,
    now: datetime,
    besides: Iterable[datetime] = (),
) -> list[datetime | None]:
    """When deliveries of a channel would go out if they were queued now, one after the other in this order; None where
    no slot fits. ``besides`` are moments that are about to be taken as well. Takes nothing."""
    channel = session.get_one(Channel, channel_id)
    taken = _taken(session, channel_id, now, but=[delivery.id for delivery in deliveries])
    taken = Taken(taken.keys, {*taken.moments, *besides})
    zone, slots = _zone(session, channel.workspace_id), weekly_slots(session, channel_id)
    found = place(slots, zone, now, taken, _categories(session, deliveries))
    return [occurrence.publish_at if occurrence else None for occurrence in found]


def leave(session: Session, delivery: Delivery) -> None:  # noqa: ARG001 - a service takes its session
    """Take the delivery out of the queue and free its slot. Its time stays: the caller sets another or clears it.

    To be called whenever a queued delivery gets a time of its own, loses its time, or is cancelled.
    """
    delivery.queued = False
    delivery.slot_id = None
    delivery.occurrence = None


def queue_of(session: Session, channel_id: int, *, now: datetime) -> list[Delivery]:
    """The queued deliveries that can still be moved, in the order in which they go out, with their posts."""
    query = _queue_query(channel_id, now).options(joinedload(Delivery.post))
    return list(session.scalars(query))


def reorder(session: Session, actor: Actor, channel_id: int, delivery_ids: Sequence[int], *, now: datetime) -> Reflowed:
    """Put the queue into another order: each delivery takes the first slot that fits it, in that order.

    Raises Forbidden, NotFound, and Conflict (``queue_changed``) where the ids are not those of the queue as it
    stands.
    """
    actor.require(Permission.EDIT)
    channel = locked_channel(session, channel_id, workspace_id=actor.workspace_id)
    queue = {delivery.id: delivery for delivery in _movable(session, _queue_query(channel_id, now))}
    if sorted(queue) != sorted(delivery_ids):
        raise Conflict("queue_changed")
    reflowed = _place(session, channel, [queue[i] for i in delivery_ids], now)
    events.record(session, actor, now, "channel", channel_id, "queue_reordered", moved=len(reflowed.moved))
    _record_moves(session, actor, now, reflowed)
    return reflowed


def reflow(session: Session, channel_id: int, *, now: datetime, actor: Actor | None = None) -> Reflowed:
    """Place the whole queue again in its order, after the slots or the zone changed.

    What is claimed, being sent, unconfirmed or published keeps its time, and so does what no slot fits any more.
    Raises NotFound.
    """
    channel = locked_channel(session, channel_id)
    reflowed = _place(session, channel, _movable(session, _queue_query(channel_id, now)), now)
    _record_moves(session, actor or machine(channel.workspace_id), now, reflowed)
    return reflowed


def follow_clock(session: Session, workspace_id: int, *, now: datetime, actor: Actor | None = None) -> Reflowed:
    """Keep the queues of all channels at their times on the clock, after the workspace's zone, or its rules, changed.

    Where one would be past by the new clock, or fall on a post with a time of its own, its channel's whole queue is
    placed again in its order.
    """
    ids = session.scalars(select(Channel.id).where(Channel.workspace_id == workspace_id).order_by(Channel.id)).all()
    return sum((_follow_clock(session, channel_id, now, actor) for channel_id in ids), Reflowed())


def times_by_clock(session: Session, channel_id: int, zone: str, *, now: datetime) -> list[tuple[Delivery, datetime]]:
    """The queue, and when each would go out if ``zone`` were the workspace's from now on. Changes nothing."""
    waiting = queue_of(session, channel_id, now=now)
    taken = _taken(session, channel_id, now, but=[delivery.id for delivery in waiting])
    times = _by_clock(waiting, zone, now, taken)
    if times is None:
        places = place(weekly_slots(session, channel_id), zone, now, taken, _categories(session, waiting))
        times = [o.publish_at if o else d.publish_at or now for d, o in zip(waiting, places, strict=True)]
    return list(zip(waiting, times, strict=True))


def move_passed(session: Session, *, now: datetime) -> dict[int, int]:
    """Queued drafts whose slot passed while they waited for a yes take the next one.

    Returns how many moved by workspace id. What finds no slot any more keeps its time.
    """
    moved: dict[int, int] = {}
    waiting = select(Delivery).where(_passed(now)).order_by(Delivery.publish_at, Delivery.id)
    for channel_id in sorted({delivery.channel_id for delivery in session.scalars(waiting)}):
        channel = locked_channel(session, channel_id)
        passed = _movable(session, waiting.where(Delivery.channel_id == channel_id))
        reflowed = _place(session, channel, passed, now)
        _record_moves(session, machine(channel.workspace_id), now, reflowed)
        moved[channel.workspace_id] = moved.get(channel.workspace_id, 0) + len(reflowed.moved)
    return moved


def locked_channel(session: Session, channel_id: int, *, workspace_id: int | None = None) -> Channel:
    """The channel, with the lock on the queues of its workspace. Raises NotFound."""
    channel = session.get(Channel, channel_id)
    if channel is None or workspace_id not in {None, channel.workspace_id}:
        raise NotFound("not_found")
    lock_queues(session, channel.workspace_id)
    return channel


def weekly_slots(session: Session, channel_id: int) -> list[WeeklySlot]:
    """The channel's slots as the domain takes them."""
    slots = session.scalars(select(Slot).where(Slot.channel_id == channel_id).order_by(Slot.id))
    return [as_weekly(slot) for slot in slots]


def as_weekly(slot: Slot) -> WeeklySlot:
    """A stored slot as the domain takes it."""
    return WeeklySlot(slot.id, slot.weekday, slot.wall_time, slot.category_id)


def _next_free(
    session: Session, channel: Channel, now: datetime, taken: Taken, category_id: int | None
) -> Occurrence | None:
    slots = weekly_slots(session, channel.id)
    return next_free(slots, _zone(session, channel.workspace_id), now, taken, category_id)


def _place(session: Session, channel: Channel, queue: Sequence[Delivery], now: datetime) -> Reflowed:
    """Give each delivery, in this order, the first free slot that fits it."""
    zone, slots = _zone(session, channel.workspace_id), weekly_slots(session, channel.id)
    before = {delivery.id: delivery.publish_at for delivery in queue}
    # All passings are freed first: an exchange of two would break the constraint on the way.
    for delivery in queue:
        delivery.occurrence = delivery.slot_id = None
    session.flush()
    taken = _taken(session, channel.id, now, but=before.keys())
    places = place(slots, zone, now, taken, _categories(session, queue))
    moved, unplaced = [], []
    for delivery, occurrence in zip(queue, places, strict=True):
        if occurrence is None:
            unplaced.append(delivery.id)
            continue
        _take(delivery, occurrence, zone, now)
        if before[delivery.id] != occurrence.publish_at:
            delivery.version += 1
            moved.append(Moved(delivery.id, before[delivery.id], occurrence.publish_at))
    session.flush()
    return Reflowed(tuple(moved), tuple(unplaced))


def _follow_clock(session: Session, channel_id: int, now: datetime, actor: Actor | None) -> Reflowed:
    channel = locked_channel(session, channel_id)
    waiting = _movable(session, _queue_query(channel_id, now))
    zone = _zone(session, channel.workspace_id)
    times = _by_clock(waiting, zone, now, _taken(session, channel_id, now, but=[d.id for d in waiting]))
    if times is None:
        reflowed = _place(session, channel, waiting, now)
    else:
        moved = tuple(Moved(d.id, d.publish_at, at) for d, at in zip(waiting, times, strict=True) if d.publish_at != at)
        for delivery, at in zip(waiting, times, strict=True):
            delivery.version += delivery.publish_at != at
            delivery.publish_at = delivery.try_at = at
            delivery.zone = zone
            delivery.updated_at = now
        session.flush()
        reflowed = Reflowed(moved)
    _record_moves(session, actor or machine(channel.workspace_id), now, reflowed)
    return reflowed


def _by_clock(waiting: Sequence[Delivery], zone: str, now: datetime, taken: Taken) -> list[datetime] | None:
    """When ``zone``'s clock shows the times that these have; None where one is past by then, or taken already."""
    times = [resolve(datetime.fromisoformat(d.wall_time), zone).utc for d in waiting if d.wall_time]
    alone = len(times) == len(waiting) == len(set(times))
    return times if alone and all(at > now and at not in taken.moments for at in times) else None


def _take(delivery: Delivery, occurrence: Occurrence, zone: str, now: datetime) -> None:
    delivery.queued = True
    delivery.slot_id = occurrence.slot_id
    delivery.occurrence = occurrence.key
    delivery.publish_at = delivery.try_at = occurrence.publish_at
    delivery.wall_time = f"{occurrence.wall:%Y-%m-%dT%H:%M}"
    delivery.zone = zone
    delivery.updated_at = now


def _taken(session: Session, channel_id: int, now: datetime, *, but: Iterable[int] = ()) -> Taken:
    """What the channel's deliveries hold from now on, but for those with the ids ``but``: also passings that were by
    the zone of before, and come once more by one further west."""
    skip = set(but)
    rows = session.execute(
        select(Delivery.id, Delivery.occurrence, Delivery.publish_at, Delivery.state).where(
            Delivery.channel_id == channel_id, Delivery.publish_at >= now - ZONES_APART
        )
    )
    kept = [row for row in rows if row.id not in skip]
    return Taken(
        {row.occurrence for row in kept if row.occurrence},
        {row.publish_at for row in kept if row.state is not DeliveryState.CANCELLED},
    )


def _queue_query(channel_id: int, now: datetime) -> Select[Delivery]:
    waiting = and_(Delivery.queued, Delivery.channel_id == channel_id, Delivery.state.in_(MOVABLE))
    # A scheduled one whose time has come is the sender's.
    ahead = or_(Delivery.publish_at > now, Delivery.state == DeliveryState.DRAFT)
    return select(Delivery).where(waiting, ahead).order_by(Delivery.publish_at, Delivery.id)


def _movable(session: Session, query: Select[Delivery]) -> list[Delivery]:
    """The deliveries, read anew and held against senders. What somebody else is changing at this moment (moving it,
    claiming it) is left out, and so keeps the time it has or gets there."""
    held = query.with_for_update(of=Delivery, skip_locked=True).execution_options(populate_existing=True)
    return list(session.scalars(held))


def lock_queues(session: Session, workspace_id: int) -> None:
    """Hold the queues of the workspace until the transaction ends. SQLite's writers come one at a time anyway."""
    if session.connection().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_LOCK_KIND, cast(workspace_id, Integer))))


def _passed(now: datetime) -> ColumnElement[bool]:
    # `try_at` has the index.
    return and_(Delivery.state == DeliveryState.DRAFT, Delivery.try_at <= now, Delivery.queued)


def _refuse_frozen(session: Session, delivery_ids: Sequence[int]) -> None:
    query = select(Delivery.state).where(Delivery.id.in_(delivery_ids)).order_by(Delivery.id).with_for_update()
    for state in session.scalars(query):
        if state in FROZEN:
            raise Conflict("frozen")
        if state is DeliveryState.PUBLISHED:
            raise Conflict("published_already")


def _no_slot_code(session: Session, channel: Channel) -> str:
    return "channel_has_no_slot_for_category" if weekly_slots(session, channel.id) else "channel_has_no_slots"


def _categories(session: Session, queue: Sequence[Delivery]) -> list[int | None]:
    ids = {delivery.post_id for delivery in queue}
    rows = session.execute(select(Post.id, Post.category_id).where(Post.id.in_(ids)))
    known = {row.id: row.category_id for row in rows}
    return [known[delivery.post_id] for delivery in queue]


def _zone(session: Session, workspace_id: int) -> str:
    return session.scalars(select(Workspace.zone).where(Workspace.id == workspace_id)).one()


def _record_moves(session: Session, actor: Actor, now: datetime, reflowed: Reflowed) -> None:
    for moved in reflowed.moved:
        old = moved.old.isoformat() if moved.old else None
        events.record(
            session, actor, now, "delivery", moved.delivery_id, "moved", before=old, after=moved.new.isoformat()
        )
